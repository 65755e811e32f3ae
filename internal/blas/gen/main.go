// Command gen writes the assembly of package blas. Run it by go generate in
// that package's folder.
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	ConstraintExpr("!purego")
	for _, v := range []*isa{avx512(), avx2()} {
		for rows := 1; rows <= v.rows; rows++ {
			tile(v, rows)
			if rows >= v.rows/2 {
				packedTile(v, rows)
			}
		}
		transpose(v)
		copyRows(v)
	}
	Generate()
}
