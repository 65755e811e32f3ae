package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transpose writes the kernel that transposes a matrix, in square blocks of a
// vector's length.
func transpose(v *isa) {
	TEXT("transpose"+v.name, NOSPLIT, "func(dst *float32, ldd int, src *float32, lds, rows, cols int)")
	Doc("transpose" + v.name + " is a transposeFunc.")
	Pragma("noescape")
	dst, ldd, src, lds, rows := GP64(), GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("ldd"), ldd)
	Load(Param("src"), src)
	Load(Param("lds"), lds)
	Load(Param("rows"), rows)
	SHLQ(U8(2), ldd)
	SHLQ(U8(2), lds)

	Label("rowBlock")
	from, to, cols := GP64(), GP64(), GP64()
	MOVQ(src, from)
	MOVQ(dst, to)
	Load(Param("cols"), cols)

	Label("block")
	loaded := loadRows(v, from, lds, rows, v.mask(cols))
	storeRows(v, v.transpose(loaded), to, ldd, cols, v.mask(rows))
	ADDQ(I32(v.width()), from)
	advance(to, ldd, v.lanes)
	SUBQ(I32(v.lanes), cols)
	JG(LabelRef("block"))

	ADDQ(I32(v.width()), dst)
	advance(src, lds, v.lanes)
	SUBQ(I32(v.lanes), rows)
	JG(LabelRef("rowBlock"))
	VZEROUPPER()
	RET()
}

// advance adds times·stride to a pointer; times is a power of two.
func advance(pointer, stride GPVirtual, times int) {
	step := GP64()
	MOVQ(stride, step)
	SHLQ(U8(log2(times)), step)
	ADDQ(step, pointer)
}

// loadRows loads a vector from each row. Past the last it loads that again,
// which needs no branch; the mask of the store leaves it out.
func loadRows(v *isa, from, stride, rows GPVirtual, mask Op) []VecVirtual {
	loaded := v.vectors(v.lanes)
	at, next := GP64(), GP64()
	MOVQ(from, at)
	for i, to := range loaded {
		v.loadPart(Mem{Base: at}, mask, to)
		if i == v.lanes-1 {
			break
		}
		LEAQ(Mem{Base: at, Index: stride, Scale: 1}, next)
		CMPQ(rows, I32(i+2))
		CMOVQGE(next, at)
	}
	return loaded
}

// storeRows stores a vector to each row, from the last to the first. What is
// too much goes to the last row, which is then written over.
func storeRows(v *isa, vectors []Op, to, stride, rows GPVirtual, mask Op) {
	last, at, next := clamp(rows, v.lanes), GP64(), GP64()
	DECQ(last)
	MOVQ(stride, at)
	IMULQ(last, at)
	ADDQ(to, at)
	for i := v.lanes - 1; i >= 0; i-- {
		v.storePart(vectors[i], mask, Mem{Base: at})
		if i == 0 {
			break
		}
		MOVQ(at, next)
		SUBQ(stride, next)
		CMPQ(rows, I32(i+1))
		CMOVQGE(next, at)
	}
}

// copyRows writes the kernel that packs rows of up to two vectors.
func copyRows(v *isa) {
	TEXT("copyRows"+v.name, NOSPLIT, "func(dst *float32, ldd int, src *float32, lds, rows, cols int)")
	Doc("copyRows" + v.name + " is a copyRowsFunc.")
	Pragma("noescape")
	dst, ldd, src, lds, rows, cols := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("ldd"), ldd)
	Load(Param("src"), src)
	Load(Param("lds"), lds)
	Load(Param("rows"), rows)
	Load(Param("cols"), cols)
	SHLQ(U8(2), ldd)
	SHLQ(U8(2), lds)
	step := func(label string) {
		ADDQ(lds, src)
		ADDQ(ldd, dst)
		DECQ(rows)
		JNZ(LabelRef(label))
		VZEROUPPER()
		RET()
	}
	first, second := v.vector(), v.vector()
	CMPQ(cols, I32(v.lanes))
	JLE(LabelRef("one"))
	SUBQ(I32(v.lanes), cols)
	rest := v.mask(cols)
	Label("two")
	VMOVUPS(Mem{Base: src}, first)
	v.loadPart(Mem{Base: src, Disp: v.width()}, rest, second)
	VMOVUPS(first, Mem{Base: dst})
	VMOVUPS(second, Mem{Base: dst, Disp: v.width()})
	step("two")

	Label("one")
	part := v.mask(cols)
	Label("oneRow")
	v.loadPart(Mem{Base: src}, part, first)
	VMOVUPS(first, Mem{Base: dst})
	step("oneRow")
}
