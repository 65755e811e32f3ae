// Command gen writes the assembly of package vec. Run it by go generate in that
// package's folder.
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	ConstraintExpr("!purego")
	for _, v := range []*isa{avx512(), avx2()} {
		sgd(v)
		momentum(v)
		nesterov(v)
		rmsprop(v)
		adam(v)
		relu(v)
		reluGrad(v)
		tanh(v)
		tanhGrad(v)
		mul(v)
		scale(v)
		dropout(v)
		pixels(v)
		twist(v)
		temper(v)
		addRows(v)
		softmaxRow(v)
	}
	prefetch()
	Generate()
}
