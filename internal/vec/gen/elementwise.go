package main

import (
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise is a kernel that computes every element of its outputs from the
// same element of its inputs, all of four bytes. Vector by vector, all inputs
// are loaded before an output is stored, so an output may be an input.
type elementwise struct {
	name, doc string
	in, out   []string // parameters
	scalars   []string // parameters of type float32, or uint32 if named threshold
	update    bool     // parameters are those of an update, with the scalars in an array
	unroll    int      // vectors per turn of the loop
	// start loads what stays in registers and returns the function that
	// computes a vector of each output from one of each input.
	start func(v *isa, scalars []Op) func(in []Op) (out []Op)
}

// pointers returns the parameters that are slices, each once.
func (e elementwise) pointers() []string {
	all := e.out
	for _, p := range e.in {
		if !strings.Contains(" "+strings.Join(all, " ")+" ", " "+p+" ") {
			all = append(all[:len(all):len(all)], p)
		}
	}
	return all
}

// updateSignature is updateFunc of package vec. The assembler takes g for a
// register.
const updateSignature = "func(w, dw, m, v *float32, n int, s [8]float32)"

func (e elementwise) signature(element string) string {
	if e.update {
		return updateSignature
	}
	s := "func(" + strings.Join(e.pointers(), ", ") + " *" + element + ", n int"
	for _, name := range e.scalars {
		if name == "threshold" {
			s += ", threshold uint32"
		} else {
			s += ", " + name + " float32"
		}
	}
	return s + ")"
}

// write writes the kernel: turns of whole vectors, then what is left by masks.
func (e elementwise) write(v *isa, element string) {
	begin(v, e.name, e.doc, e.signature(element))
	base := map[string]GPVirtual{}
	for _, p := range e.pointers() {
		base[p] = GP64()
		Load(Param(p), base[p])
	}
	n, i := GP64(), GP64()
	Load(Param("n"), n)
	XORQ(i, i)
	var scalars []Op
	for i, s := range e.scalars {
		if e.update {
			scalars = append(scalars, v.broadcast(Param("s").Index(i)))
		} else {
			scalars = append(scalars, v.broadcast(Param(s)))
		}
	}
	compute := e.start(v, scalars)
	vector := func(disp int, mask Op) {
		at := func(p string) Mem { return Mem{Base: base[p], Index: i, Scale: 4, Disp: disp} }
		var in []Op
		for _, p := range e.in {
			in = append(in, v.load(at(p), mask))
		}
		for j, result := range compute(in) {
			v.store(result, mask, at(e.out[j]))
		}
	}
	turn := e.unroll * v.lanes
	CMPQ(n, I32(turn))
	JLT(LabelRef("rest"))
	Label("turn")
	for k := range e.unroll {
		vector(k*v.width(), nil)
	}
	ADDQ(I32(turn), i)
	SUBQ(I32(turn), n)
	CMPQ(n, I32(turn))
	JGE(LabelRef("turn"))

	Label("rest")
	CMPQ(n, I32(0))
	JLE(LabelRef("done"))
	vector(0, v.mask(n))
	ADDQ(I32(v.lanes), i)
	SUBQ(I32(v.lanes), n)
	JMP(LabelRef("rest"))

	Label("done")
	end()
}

// begin and end frame a kernel.
func begin(v *isa, name, doc, signature string) {
	v.written = append(v.written, name)
	v.registers = map[uint32]VecVirtual{}
	TEXT(name+v.name, NOSPLIT, signature)
	Doc(name + v.name + " " + doc)
	Pragma("noescape")
}

func end() {
	VZEROUPPER()
	RET()
}
