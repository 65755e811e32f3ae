package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set as the kernels see it: vectors of so many float32
// or uint32, masks that choose a vector's first elements, and what is written
// differently in each set. The operands stand in Go's order, the result last.
type isa struct {
	name            string // ends the names of its kernels
	variable, title string // of its table
	lanes           int
	written         []string              // names of kernels so far
	registers       map[uint32]VecVirtual // of constants, in the kernel being written

	vector    func() VecVirtual
	mask      func(count GPVirtual) Op    // of min(count, lanes) elements; 0 < count < 256
	loadPart  func(from Mem, mask, to Op) // what is masked out becomes 0
	loadOr    func(from Mem, mask, to Op) // what is masked out stays
	storePart func(from, mask Op, to Mem) // what is masked out stays

	and, or, xor  func(x, y, to Op)
	round         func(x, to Op)
	flush         func(x Op)               // sets x to 0 where its exponent is, in denormals
	ifNotPositive func(y, x, to Op)        // to = 0 where y ≤ 0, x elsewhere
	ifBelow       func(x, bound, y, to Op) // to = 0 where x < bound, y elsewhere; unsigned
	ifPositive    func(y, x, to Op)        // to = x where y > 0; stays elsewhere
	power         func(n, to Op)           // to = 2ⁿ; n is integral and from −126 to 127
	scale         func(n Op) func(x Op)    // x = x·2ⁿ, perhaps a denormal; n is integral and from −250 to 250

	adamStep func(rate Op) func(w, m, d Op) // w = w − rate·m/d

	constants func(bits uint32) Op // of every lane, as a first operand

	// Of float64 a vector has half as many.
	doubles     func(x float64) Op        // of every lane, as a first operand
	split       func(x Op) (low, high Op) // to float64
	join        func(low, high, to Op)    // to float32
	roundDouble func(x, to Op)
	scaleDouble func(x, n Op) // x = x·2ⁿ; n is integral and 2ⁿ a normal number
}

// width is the bytes of a vector.
func (v *isa) width() int { return 4 * v.lanes }

// number is a constant as a first operand: a register where there are many,
// else memory.
func (v *isa) number(x float64) Op { return v.constants(math.Float32bits(float32(x))) }

// register is a constant in a register, the same one within a kernel.
func (v *isa) register(bits uint32) Op {
	r, ok := v.registers[bits]
	if !ok {
		r = v.vector()
		VBROADCASTSS(scalar(bits), r)
		v.registers[bits] = r
	}
	return r
}

func (v *isa) numberRegister(x float64) Op { return v.register(math.Float32bits(float32(x))) }

// broadcast is a parameter of the kernel in every lane.
func (v *isa) broadcast(parameter gotypes.Component) Op {
	r := v.vector()
	VBROADCASTSS(address(parameter), r)
	return r
}

// address returns where a parameter or a result is.
func address(c gotypes.Component) Mem {
	a, err := c.Resolve()
	if err != nil {
		panic(err)
	}
	return a.Addr
}

// load and store move a whole vector, or what the mask chooses.
func (v *isa) load(from Mem, mask Op) Op {
	to := v.vector()
	if mask == nil {
		VMOVUPS(from, to)
	} else {
		v.loadPart(from, mask, to)
	}
	return to
}

func (v *isa) store(from Op, mask Op, to Mem) {
	if mask == nil {
		VMOVUPS(from, to)
	} else {
		v.storePart(from, mask, to)
	}
}

const (
	exponentBits = 0x7f800000
	signBit      = 1 << 31
)

var one = math.Float32bits(1)

func avx512() *isa {
	v := &isa{name: "AVX512", variable: "avx512", title: "AVX-512", lanes: 16}
	v.vector = ZMM
	v.mask = func(count GPVirtual) Op {
		ones, k := GP32(), K()
		MOVL(U32(0xffff), ones)
		BZHIL(count.As32(), ones, ones)
		KMOVW(ones, k)
		return k
	}
	v.loadPart = func(from Mem, mask, to Op) { VMOVUPS_Z(from, mask, to) }
	v.loadOr = func(from Mem, mask, to Op) { VMOVUPS(from, mask, to) }
	v.storePart = func(from, mask Op, to Mem) { VMOVUPS(from, mask, to) }
	v.and = func(x, y, to Op) { VPANDD(x, y, to) }
	v.or = func(x, y, to Op) { VPORD(x, y, to) }
	v.xor = func(x, y, to Op) { VPXORD(x, y, to) }
	v.round = func(x, to Op) { VRNDSCALEPS(U8(8), x, to) }
	v.flush = func(x Op) {
		k := K()
		VPTESTMD_BCST(scalar(exponentBits), x, k)
		VMOVAPS_Z(x, k, x)
	}
	v.ifNotPositive = func(y, x, to Op) {
		k := K()
		VCMPPS_BCST(U8(notLessOrEqual), scalar(0), y, k)
		VMOVAPS_Z(x, k, to)
	}
	v.ifPositive = func(y, x, to Op) {
		k := K()
		VCMPPS_BCST(U8(greater), scalar(0), y, k)
		VMOVAPS(x, k, to)
	}
	v.ifBelow = func(x, bound, y, to Op) {
		k := K()
		VPCMPUD(U8(notLess), bound, x, k)
		VMOVAPS_Z(y, k, to)
	}
	v.power = func(n, to Op) {
		VBROADCASTSS(scalar(one), to)
		VSCALEFPS(n, to, to)
	}
	v.scale = func(n Op) func(x Op) {
		return func(x Op) { VSCALEFPS(n, x, x) }
	}
	v.adamStep = func(rate Op) func(w, m, d Op) { return adamStep512(v, rate) }
	v.constants = v.register
	doubles512(v)
	return v
}

// Predicates of comparisons. The last three hold for NaN too.
const (
	greater        = 0x1e
	unordered      = 3
	notLess        = 5
	notLessOrEqual = 0x16
)

func avx2() *isa {
	v := &isa{name: "AVX2", variable: "avx2", title: "AVX2", lanes: 8}
	indices := GLOBL("indices", RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(i))
	}
	v.vector = YMM
	v.mask = func(count GPVirtual) Op {
		x, mask := XMM(), YMM()
		VMOVD(count.As32(), x)
		VPBROADCASTD(x, mask)
		VPCMPGTD(indices, mask, mask)
		return mask
	}
	v.loadPart = func(from Mem, mask, to Op) { VMASKMOVPS(from, mask, to) }
	v.loadOr = func(from Mem, mask, to Op) {
		loaded := YMM()
		VMASKMOVPS(from, mask, loaded)
		VBLENDVPS(mask, loaded, to, to)
	}
	v.storePart = func(from, mask Op, to Mem) { VMASKMOVPS(from, mask, to) }
	v.and = func(x, y, to Op) { VPAND(x, y, to) }
	v.or = func(x, y, to Op) { VPOR(x, y, to) }
	v.xor = func(x, y, to Op) { VPXOR(x, y, to) }
	v.round = func(x, to Op) { VROUNDPS(U8(8), x, to) }
	v.flush = func(x Op) {
		exponent := YMM()
		VPAND(wide(exponentBits), x, exponent)
		VPCMPEQD(wide(0), exponent, exponent)
		VPANDN(x, exponent, x)
	}
	v.ifNotPositive = func(y, x, to Op) {
		keep := YMM()
		VCMPPS(U8(notLessOrEqual), wide(0), y, keep)
		VANDPS(x, keep, to)
	}
	v.ifPositive = func(y, x, to Op) {
		choose := YMM()
		VCMPPS(U8(greater), wide(0), y, choose)
		VBLENDVPS(choose, x, to, to)
	}
	v.ifBelow = func(x, bound, y, to Op) {
		// There is no unsigned comparison; the greater of both is x if x ≥
		// bound.
		keep := YMM()
		VPMAXUD(x, bound, keep)
		VPCMPEQD(x, keep, keep)
		VPAND(y, keep, to)
	}
	v.power = func(n, to Op) {
		VCVTPS2DQ(n, to)
		VPSLLD(U8(23), to, to)
		VPADDD(wide(one), to, to)
	}
	v.scale = func(n Op) func(x Op) { return scaleAVX2(n) }
	v.adamStep = func(rate Op) func(w, m, d Op) { return adamStepDivided(v, rate) }
	doublesAVX2(v)
	v.constants = func(bits uint32) Op { return wide(bits) }
	return v
}

// scaleAVX2 multiplies by 2ⁿ in two halves, since it may be no normal number.
// Only the second product may be rounded.
func scaleAVX2(n Op) func(x Op) {
	half, rest := YMM(), YMM()
	VCVTPS2DQ(n, rest)
	VPSRAD(U8(1), rest, half)
	VPSUBD(half, rest, rest)
	for _, power := range []Op{half, rest} {
		VPSLLD(U8(23), power, power)
		VPADDD(wide(one), power, power)
	}
	return func(x Op) {
		VMULPS(half, x, x)
		VMULPS(rest, x, x)
	}
}
