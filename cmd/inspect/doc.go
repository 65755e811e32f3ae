// Command inspect says what is in a file of tensors, or in the model of a run,
// and where two of them differ.
//
//	go run ./cmd/inspect runs/mnist-784-128-10-sgd
//	go run ./cmd/inspect our_model.tar
//	go run ./cmd/inspect runs/slow runs/fast
//	go run ./cmd/inspect -h
//
// options.go has the arguments, open.go finds and reads the file, report.go
// prints, flags.go says what loads it.
package main
