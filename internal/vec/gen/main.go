// Command gen writes the assembly of package vec. Run it by go generate in that
// package's folder.
package main

import (
	"flag"
	"log"
	"os"

	. "github.com/mmcloughlin/avo/build"
)

// all are the kernels that there are for each instruction set.
var all = []func(*isa){
	sgd, momentum, nesterov, rmsprop, adam, adamW,
	relu, reluGrad, leakyReLU, leakyReLUGrad, tanh, tanhGrad, sigmoid, sigmoidGrad,
	elu, eluGrad, silu, siluGrad, gelu, geluGrad,
	mul, scale, dropout, pixels, twist, temper, addRows, softmaxRow,
}

func main() {
	tables := flag.String("tables", "", "go file of the tables of kernels")
	flag.Parse()
	ConstraintExpr("!purego")
	sets := []*isa{avx512(), avx2()}
	for _, v := range sets {
		for _, kernel := range all {
			kernel(v)
		}
	}
	prefetch()
	Generate()
	if err := os.WriteFile(*tables, tablesOf(sets), 0o666); err != nil {
		log.Fatal(err)
	}
}
