package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tile writes the kernel for so many rows of C. It goes over the panels of B;
// the sums of a panel of two vectors stay in registers while k runs. What is
// left of the columns is done one masked vector at a time.
func tile(v *isa, rows int) {
	TEXT(fmt.Sprintf("tile%d%s", rows, v.name), NOSPLIT,
		"func(k, n int, alpha float32, a *float32, aRow, aK int, b *float32, bK, bPanel int, plus *float32, plusRow int, c *float32, ldc int)")
	Doc(fmt.Sprintf("tile%d%s is a tileFunc of %d rows with panels of %d columns.", rows, v.name, rows, 2*v.lanes))
	Pragma("noescape")
	t := &tiler{isa: v, rows: rows, n: GP64(), b: GP64(), plus: GP64(), c: GP64()}
	Load(Param("n"), t.n)
	Load(Param("b"), t.b)
	Load(Param("plus"), t.plus)
	Load(Param("c"), t.c)
	t.strides()

	Label("panel")
	CMPQ(t.n, I32(2*v.lanes))
	JLT(LabelRef("narrow"))
	t.block("wide", 2, nil)
	t.addParam("bPanel", t.b)
	t.nextColumns(2)
	JMP(LabelRef("panel"))

	Label("narrow")
	CMPQ(t.n, I32(0))
	JLE(LabelRef("done"))
	t.block("one", 1, v.mask(t.n))
	ADDQ(I32(v.width()), t.b)
	t.nextColumns(1)
	JMP(LabelRef("narrow"))

	Label("done")
	VZEROUPPER()
	RET()
}

// tiler holds what lasts for the whole of a kernel. Strides are in bytes.
type tiler struct {
	*isa
	rows          int
	n, b, plus, c GPVirtual // columns left; the current panel of B and columns of what is added and of C
	aRow          map[int]GPVirtual
	aK, bK        GPVirtual
}

// nextColumns moves on by so many vectors; plus is 0 if nothing is added, and
// stays. The flags are those of the columns that are left.
func (t *tiler) nextColumns(vectors int) {
	moved := GP64()
	LEAQ(Mem{Base: t.plus, Disp: vectors * t.width()}, moved)
	TESTQ(t.plus, t.plus)
	CMOVQNE(moved, t.plus)
	ADDQ(I32(vectors*t.width()), t.c)
	SUBQ(I32(vectors*t.lanes), t.n)
}

// upper is the first row that is addressed from a second pointer: the strides
// 1, 2, 3, 4, 5, 6, 7, 8 reach no further from the first.
const upper = 9

// strides loads the strides; those of rows that share a base register are
// multiples of aRow by 1, 3, 5 and 7, scaled by 1, 2, 4 or 8.
func (t *tiler) strides() {
	t.aRow = map[int]GPVirtual{}
	for _, times := range []int{1, 3, 5, 7} {
		if times >= t.rows {
			break
		}
		t.aRow[times] = GP64()
		if times == 1 {
			t.stride("aRow", t.aRow[1])
		} else {
			LEAQ(Mem{Base: t.aRow[times-2], Index: t.aRow[1], Scale: 2}, t.aRow[times])
		}
	}
	t.aK, t.bK = GP64(), GP64()
	t.stride("aK", t.aK)
	t.stride("bK", t.bK)
}

// stride loads a stride in bytes.
func (t *tiler) stride(name string, to GPVirtual) {
	Load(Param(name), to)
	SHLQ(U8(2), to)
}

// addParam advances a pointer by a stride.
func (t *tiler) addParam(name string, pointer GPVirtual) {
	step := GP64()
	t.stride(name, step)
	ADDQ(step, pointer)
}

// row is where row r of A has its current element.
func (t *tiler) row(r int, lower, high GPVirtual) Mem {
	base := lower
	if r >= upper {
		base, r = high, r-upper
	}
	if r == 0 {
		return Mem{Base: base}
	}
	scale := 1
	for r%2 == 0 {
		r, scale = r/2, scale*2
	}
	return Mem{Base: base, Index: t.aRow[r], Scale: uint8(scale)}
}

// block computes the rows of C for so many vectors of columns, of which a mask
// may leave out a part.
func (t *tiler) block(name string, vectors int, mask Op) {
	sums := t.vectors(t.rows * vectors)
	for _, s := range sums {
		t.zero(s)
	}
	lower, high, b, k := GP64(), GP64(), GP64(), GP64()
	Load(Param("a"), lower)
	if t.rows > upper {
		LEAQ(Mem{Base: lower, Index: t.aRow[1], Scale: 8}, high)
		ADDQ(t.aRow[1], high)
	}
	MOVQ(t.b, b)
	Load(Param("k"), k)

	columns, x := t.vectors(vectors), t.vector()
	sum := func(label string, load func(from Mem, to Op)) {
		Label(label)
		for i, to := range columns {
			load(Mem{Base: b, Disp: i * t.width()}, to)
		}
		t.multiply(lower, high, columns, x, sums)
		ADDQ(t.aK, lower)
		if t.rows > upper {
			ADDQ(t.aK, high)
		}
		ADDQ(t.bK, b)
		DECQ(k)
		JNZ(LabelRef(label))
	}
	if mask != nil { // a masked load takes one of the multipliers' ports, so only if needed
		CMPQ(t.n, I32(t.lanes))
		JGE(LabelRef(name + "Full"))
		sum(name+"Part", func(from Mem, to Op) { t.loadPart(from, mask, to) })
		JMP(LabelRef(name + "Summed"))
	}
	sum(name+"Full", func(from Mem, to Op) { VMOVUPS(from, to) })
	Label(name + "Summed")
	t.scale(name, sums)
	t.store(name, sums, vectors, mask)
}

// multiply adds the current column of A times the current row of B to the sums.
func (t *tiler) multiply(lower, high GPVirtual, columns []VecVirtual, x VecVirtual, sums []VecVirtual) {
	for r := range t.rows {
		if len(columns) == 1 {
			t.fmaMem(t.row(r, lower, high), columns[0], sums[r], x)
			continue
		}
		t.broadcast(t.row(r, lower, high), x)
		for i, y := range columns {
			t.fma(x, y, sums[r*len(columns)+i])
		}
	}
}

// scale multiplies the sums by alpha, unless it is 1.
func (t *tiler) scale(name string, sums []VecVirtual) {
	alpha, err := Param("alpha").Resolve()
	if err != nil {
		panic(err)
	}
	bits, x := GP32(), t.vector()
	MOVL(alpha.Addr, bits)
	CMPL(bits, U32(0x3f800000))
	JE(LabelRef(name + "Scaled"))
	t.broadcast(alpha.Addr, x)
	for _, s := range sums {
		VMULPS(x, s, s)
	}
	Label(name + "Scaled")
}

// store sets C to the sums, plus what is added to them. The last vector of a
// row may be masked.
func (t *tiler) store(name string, sums []VecVirtual, vectors int, mask Op) {
	each := func(pointer GPVirtual, param string, do func(at Mem, sum Op, masked bool)) {
		row, stride := GP64(), GP64()
		MOVQ(pointer, row)
		t.stride(param, stride)
		for i, sum := range sums {
			v := i % vectors
			do(Mem{Base: row, Disp: v * t.width()}, sum, mask != nil && v == vectors-1)
			if v == vectors-1 && i < len(sums)-1 {
				ADDQ(stride, row)
			}
		}
	}
	TESTQ(t.plus, t.plus)
	JZ(LabelRef(name + "Store"))
	old := t.vector()
	each(t.plus, "plusRow", func(at Mem, sum Op, masked bool) {
		if masked {
			t.loadPart(at, mask, old)
			VADDPS(old, sum, sum)
		} else {
			VADDPS(at, sum, sum)
		}
	})
	Label(name + "Store")
	each(t.c, "ldc", func(at Mem, sum Op, masked bool) {
		if masked {
			t.storePart(sum, mask, at)
		} else {
			VMOVUPS(sum, at)
		}
	})
}
