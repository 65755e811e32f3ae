package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// unroll is how many k a loop of a packed kernel does.
const unroll = 4

// packedTile writes the kernel for so many rows of C where A and B are packed.
// As all strides are known, several k take no arithmetic for addresses, and a
// multiplication can broadcast its factor itself: a fifth fewer instructions
// than those of tile. That is worth some 10 % where a virtual CPU shares its
// core with another, and little elsewhere.
func packedTile(v *isa, rows int) {
	name := fmt.Sprintf("packedTile%d%s", rows, v.name)
	TEXT(name, NOSPLIT, "func(k, n int, alpha float32, a, b, plus *float32, plusRow int, c *float32, ldc int, next *float32, nextRow, nextK int)")
	Doc(fmt.Sprintf("%s is a packedFunc of %d rows.", name, rows))
	Pragma("noescape")
	p := &packedTiler{tiler: tiler{isa: v, rows: rows, n: GP64(), b: GP64(), plus: GP64(), c: GP64()}, next: GP64(), nextRow: GP64(), nextK: GP64()}
	Load(Param("n"), p.n)
	Load(Param("b"), p.b)
	Load(Param("plus"), p.plus)
	Load(Param("c"), p.c)
	Load(Param("next"), p.next)
	p.stride("nextRow", p.nextRow)
	p.stride("nextK", p.nextK)
	SHLQ(U8(log2(unroll)), p.nextK)

	Label("panel")
	CMPQ(p.n, I32(v.lanes))
	JLE(LabelRef("narrow"))
	p.block("wide", 2)
	LEAQ(Mem{Base: p.next, Index: p.nextRow, Scale: 2}, p.next)
	p.nextColumns(2)
	JG(LabelRef("panel"))
	JMP(LabelRef("done"))

	Label("narrow")
	p.block("one", 1)

	Label("done")
	VZEROUPPER()
	RET()
}

// packedTiler is what lasts for the whole of a packed kernel.
type packedTiler struct {
	tiler
	next, nextRow, nextK GPVirtual // next moves on by two rows with every panel
}

// block computes the rows of C for a panel, or for its first vector, and moves
// t.b to the next panel.
func (t *packedTiler) block(name string, vectors int) {
	sums := t.vectors(t.rows * vectors)
	for _, s := range sums {
		t.zero(s)
	}
	a, rest, fours, next := GP64(), GP64(), GP64(), GP64()
	Load(Param("a"), a)
	Load(Param("k"), rest)
	MOVQ(t.next, next)
	columns, x := t.vectors(vectors), t.vector()
	loop := func(label string, count GPVirtual, times int) {
		Label(label)
		for u := range times {
			for i, to := range columns {
				VMOVUPS(Mem{Base: t.b, Disp: (2*u + i) * t.width()}, to)
			}
			t.multiply(Mem{Base: a, Disp: u * t.width()}, columns, x, sums)
		}
		if times > 1 && vectors > 1 {
			PREFETCHT1(Mem{Base: next})
			PREFETCHT1(Mem{Base: next, Index: t.nextRow, Scale: 1})
			ADDQ(t.nextK, next)
		}
		ADDQ(I32(times*t.width()), a)
		ADDQ(I32(times*2*t.width()), t.b)
		DECQ(count)
		JNZ(LabelRef(label))
	}
	MOVQ(rest, fours)
	SHRQ(U8(log2(unroll)), fours)
	JZ(LabelRef(name + "Rest"))
	loop(name+"Fours", fours, unroll)
	Label(name + "Rest")
	ANDQ(I32(unroll-1), rest)
	JZ(LabelRef(name + "Summed"))
	loop(name+"Ones", rest, 1)
	Label(name + "Summed")
	t.scale(name, sums)

	last := GP64() // columns in the last vector
	MOVQ(t.n, last)
	if vectors > 1 {
		SUBQ(I32((vectors-1)*t.lanes), last)
	}
	t.store(name, sums, vectors, t.mask(last))
}

// multiply adds a column of A times a row of B to the sums. A row in two is
// broadcast by the multiplication itself, if that can: an instruction less, a
// load more, and neither becomes the bottleneck.
func (t *packedTiler) multiply(a Mem, columns []VecVirtual, x VecVirtual, sums []VecVirtual) {
	for r := range t.rows {
		element := Mem{Base: a.Base, Disp: a.Disp + 4*r}
		embed := t.embeds && r%2 == 1 || len(columns) == 1
		if !embed {
			t.broadcast(element, x)
		}
		for i, y := range columns {
			if embed {
				t.fmaMem(element, y, sums[r*len(columns)+i], x)
			} else {
				t.fma(x, y, sums[r*len(columns)+i])
			}
		}
	}
}
