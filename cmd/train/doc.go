// Command train trains one of the lab's two networks on MNIST, FashionMNIST or a
// folder in their format, and ends with the accuracy on the test set.
//
//	go run ./cmd/train
//	go run ./cmd/train -h
//
// options.go turns flags into a validated run, run.go carries it out, report.go
// prints, files.go writes what stays.
package main
