// Command runs lists all runs below a folder in a table, and compares two of
// them.
//
//	go run ./cmd/runs
//	go run ./cmd/runs -sort test -reverse
//	go run ./cmd/runs diff runs/slow runs/fast
//	go run ./cmd/runs -h
//
// options.go has the flags, run.go looks at the runs, columns.go says what a
// table can have, table.go prints one, json.go all, diff.go compares.
package main
