// Command pathological shows how optimizers descend a loss surface of two
// parameters: by default SGD, momentum and Adam, the lab's ravine.
//
//	go run ./cmd/pathological
//	go run ./cmd/pathological -surface rosenbrock -updates 500
//	go run ./cmd/pathological -h
//
// options.go turns flags into a validated descent, calculation.go says what its
// files depend on and where they go, run.go carries it out, report.go prints
// and draws.
package main
