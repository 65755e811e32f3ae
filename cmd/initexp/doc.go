// Command initexp shows what an initialization does to the weights, gradients
// and activations of every layer of the lab's base network, in pictures and
// numbers.
//
//	go run ./cmd/initexp -scheme equalvar
//	go run ./cmd/initexp -scheme all -depth 20
//	go run ./cmd/initexp -h
//
// options.go turns flags into a validated experiment, calculation.go says what
// its files depend on and where they go, run.go carries it out, report.go
// prints and draws.
package main
