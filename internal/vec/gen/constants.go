package main

import (
	"math"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// scalar returns the address of a constant, wide that of eight times the
// constant. scalarDouble and wideDouble are the same for float64, four times.

func scalar(bits uint32) Mem     { return constant("s", U32(bits), 1) }
func wide(bits uint32) Mem       { return constant("w", U32(bits), 8) }
func scalarDouble(x float64) Mem { return constant("s", U64(math.Float64bits(x)), 1) }
func wideDouble(x float64) Mem   { return constant("w", U64(math.Float64bits(x)), 4) }

var constantsSoFar = map[string]Mem{}

func constant(prefix string, value Constant, times int) Mem {
	name := prefix + strings.TrimLeft(value.Asm(), "$")
	m, ok := constantsSoFar[name]
	if !ok {
		m = GLOBL(name, RODATA|NOPTR)
		for i := range times {
			DATA(i*value.Bytes(), value)
		}
		constantsSoFar[name] = m
	}
	return m
}
