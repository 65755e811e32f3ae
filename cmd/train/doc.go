// Command train trains one of the lab's two networks on MNIST, FashionMNIST or
// a folder in their format, and ends with the accuracy on the test set.
//
//	go run ./cmd/train
//	go run ./cmd/train -h
//
// The experiment itself is package experiment's. options.go makes its
// configuration of flags, run.go runs it, report.go prints.
package main
