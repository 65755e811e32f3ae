package main

import (
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// isa is an instruction set as the kernels see it: vectors of so many float32,
// and masks that choose a vector's first elements.
type isa struct {
	name  string
	lanes int // float32 in a vector
	rows  int // the most rows of a tile

	embeds    bool // fmaMem is one instruction
	vector    func() VecVirtual
	zero      func(v Op)
	broadcast func(from Mem, to Op)
	fma       func(x, y, sum Op)             // sum += x·y
	fmaMem    func(x Mem, y, sum, spare Op)  // sum += x·y with a scalar x
	mask      func(count GPVirtual) Op       // of min(count, lanes) elements
	loadPart  func(from Mem, mask, to Op)    // what is masked out becomes 0
	storePart func(from Op, mask Op, to Mem) // what is masked out stays
	transpose func(rows []VecVirtual) []Op   // of lanes × lanes elements
}

// width is the bytes of a vector.
func (v *isa) width() int { return 4 * v.lanes }

func (v *isa) vectors(n int) []VecVirtual {
	all := make([]VecVirtual, n)
	for i := range all {
		all[i] = v.vector()
	}
	return all
}

func avx512() *isa {
	return &isa{
		name: "AVX512", lanes: 16, rows: 14, embeds: true,
		vector:    ZMM,
		zero:      zero512,
		broadcast: func(from Mem, to Op) { VBROADCASTSS(from, to) },
		fma:       func(x, y, sum Op) { VFMADD231PS(x, y, sum) },
		fmaMem:    func(x Mem, y, sum, _ Op) { VFMADD231PS_BCST(x, y, sum) },
		mask:      mask512,
		loadPart:  func(from Mem, mask, to Op) { VMOVUPS_Z(from, mask, to) },
		storePart: func(from, mask Op, to Mem) { VMOVUPS(from, mask, to) },
		transpose: transpose16,
	}
}

func avx2() *isa {
	return &isa{
		name: "AVX2", lanes: 8, rows: 6,
		vector:    YMM,
		zero:      func(v Op) { VXORPS(v, v, v) },
		broadcast: func(from Mem, to Op) { VBROADCASTSS(from, to) },
		fma:       func(x, y, sum Op) { VFMADD231PS(x, y, sum) },
		fmaMem: func(x Mem, y, sum, spare Op) {
			VBROADCASTSS(x, spare)
			VFMADD231PS(spare, y, sum)
		},
		mask:      maskAVX2(),
		loadPart:  func(from Mem, mask, to Op) { VMASKMOVPS(from, mask, to) },
		storePart: func(from, mask Op, to Mem) { VMASKMOVPS(from, mask, to) },
		transpose: transpose8,
	}
}

// zero512 tells avo what it does not know of VPXORD: that the old value does
// not matter, so the register is free before.
func zero512(v Op) {
	clear, err := x86.VPXORD(v, v, v)
	if err != nil {
		panic(err)
	}
	clear.CancellingInputs = true
	Instruction(clear)
}

// clamp returns min(count, most).
func clamp(count GPVirtual, most int) GPVirtual {
	n, limit := GP64(), GP64()
	MOVQ(count, n)
	MOVQ(I32(most), limit)
	CMPQ(n, limit)
	CMOVQGT(limit, n)
	return n
}

func mask512(count GPVirtual) Op {
	n := clamp(count, 16)
	ones := GP32()
	MOVL(U32(0xffff), ones)
	shift := GP64()
	MOVQ(I32(16), shift)
	SUBQ(n, shift)
	MOVQ(shift, RCX)
	SHRL(CL, ones)
	k := K()
	KMOVW(ones, k)
	return k
}

// maskAVX2 reads the mask from a table of 8 times −1 and 8 times 0.
func maskAVX2() func(GPVirtual) Op {
	table := GLOBL("ones", RODATA|NOPTR)
	for i := range 16 {
		bits := U32(0)
		if i < 8 {
			bits = ^bits
		}
		DATA(4*i, bits)
	}
	return func(count GPVirtual) Op {
		n := clamp(count, 8)
		from, mask := GP64(), YMM()
		LEAQ(table.Offset(4*8), from)
		SHLQ(U8(2), n)
		SUBQ(n, from)
		VMOVUPS(Mem{Base: from}, mask)
		return mask
	}
}

// transpose16 transposes 16 × 16 elements: pairs of elements, then pairs of
// pairs within the 128-bit lanes, then the lanes.
func transpose16(r []VecVirtual) []Op {
	q := quads(r, ZMM)
	out := make([]Op, 16)
	for c := range 4 {
		even01, odd01, even23, odd23 := ZMM(), ZMM(), ZMM(), ZMM()
		VSHUFF32X4(U8(0x88), q[4+c], q[c], even01)
		VSHUFF32X4(U8(0xdd), q[4+c], q[c], odd01)
		VSHUFF32X4(U8(0x88), q[12+c], q[8+c], even23)
		VSHUFF32X4(U8(0xdd), q[12+c], q[8+c], odd23)
		for lane, pair := range [][2]Op{{even01, even23}, {odd01, odd23}} {
			low, high := ZMM(), ZMM()
			VSHUFF32X4(U8(0x88), pair[1], pair[0], low)
			VSHUFF32X4(U8(0xdd), pair[1], pair[0], high)
			out[4*lane+c], out[4*lane+8+c] = low, high
		}
	}
	return out
}

// transpose8 is the same for 8 × 8.
func transpose8(r []VecVirtual) []Op {
	q := quads(r, YMM)
	out := make([]Op, 8)
	for c := range 4 {
		low, high := YMM(), YMM()
		VPERM2F128(U8(0x20), q[4+c], q[c], low)
		VPERM2F128(U8(0x31), q[4+c], q[c], high)
		out[c], out[4+c] = low, high
	}
	return out
}

// quads transposes 4 × 4 elements in every lane of every 4 rows: lane l of
// result 4g+c is column 4l+c of rows 4g … 4g+3.
func quads(r []VecVirtual, vector func() VecVirtual) []Op {
	q := make([]Op, 0, len(r))
	for g := 0; g < len(r); g += 4 {
		low01, high01, low23, high23 := vector(), vector(), vector(), vector()
		VUNPCKLPS(r[g+1], r[g], low01)
		VUNPCKHPS(r[g+1], r[g], high01)
		VUNPCKLPS(r[g+3], r[g+2], low23)
		VUNPCKHPS(r[g+3], r[g+2], high23)
		for _, pair := range [][2]VecVirtual{{low01, low23}, {high01, high23}} {
			even, odd := vector(), vector()
			VUNPCKLPD(pair[1], pair[0], even)
			VUNPCKHPD(pair[1], pair[0], odd)
			q = append(q, even, odd)
		}
	}
	return q
}

// log2 of a power of two.
func log2(n int) int { return bits.TrailingZeros(uint(n)) }
