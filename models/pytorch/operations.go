package pytorch

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// operations are those of pickle protocols 2 to 5 that torch.save emits for
// state dicts and checkpoints, by their names in Python's pickletools.
var operations = [256]func(*unpickler) error{
	0x80: (*unpickler).proto,                                                 // PROTO
	0x95: (*unpickler).frame,                                                 // FRAME
	'.':  func(u *unpickler) error { u.done = true; return nil },             // STOP
	'(':  (*unpickler).mark,                                                  // MARK
	'N':  func(u *unpickler) error { return u.push(nil) },                    // NONE
	0x88: func(u *unpickler) error { return u.push(true) },                   // NEWTRUE
	0x89: func(u *unpickler) error { return u.push(false) },                  // NEWFALSE
	'K':  func(u *unpickler) error { return u.integer(1) },                   // BININT1
	'M':  func(u *unpickler) error { return u.integer(2) },                   // BININT2
	'J':  func(u *unpickler) error { return u.integer(4) },                   // BININT
	0x8a: (*unpickler).long,                                                  // LONG1
	'G':  (*unpickler).float,                                                 // BINFLOAT
	'X':  func(u *unpickler) error { return u.text(4) },                      // BINUNICODE
	0x8c: func(u *unpickler) error { return u.text(1) },                      // SHORT_BINUNICODE
	')':  func(u *unpickler) error { return u.push(tuple(nil)) },             // EMPTY_TUPLE
	0x85: func(u *unpickler) error { return u.tuple(u.popN(1)) },             // TUPLE1
	0x86: func(u *unpickler) error { return u.tuple(u.popN(2)) },             // TUPLE2
	0x87: func(u *unpickler) error { return u.tuple(u.popN(3)) },             // TUPLE3
	't':  func(u *unpickler) error { return u.tuple(u.popMark()) },           // TUPLE
	']':  func(u *unpickler) error { return u.push(new(sequence)) },          // EMPTY_LIST
	'a':  func(u *unpickler) error { return u.appendItems(u.popN(1)) },       // APPEND
	'e':  func(u *unpickler) error { return u.appendItems(u.popMark()) },     // APPENDS
	'}':  func(u *unpickler) error { return u.push(new(dict)) },              // EMPTY_DICT
	's':  func(u *unpickler) error { return u.setItems(u.popN(2)) },          // SETITEM
	'u':  func(u *unpickler) error { return u.setItems(u.popMark()) },        // SETITEMS
	'q':  func(u *unpickler) error { return u.put(1) },                       // BINPUT
	'r':  func(u *unpickler) error { return u.put(4) },                       // LONG_BINPUT
	0x94: func(u *unpickler) error { return u.memoize(uint64(len(u.memo))) }, // MEMOIZE
	'h':  func(u *unpickler) error { return u.get(1) },                       // BINGET
	'j':  func(u *unpickler) error { return u.get(4) },                       // LONG_BINGET
	'c':  (*unpickler).globalLines,                                           // GLOBAL
	0x93: (*unpickler).globalStack,                                           // STACK_GLOBAL
	'R':  (*unpickler).reduce,                                                // REDUCE
	'b':  (*unpickler).build,                                                 // BUILD
	'Q':  (*unpickler).persistentID,                                          // BINPERSID
}

func (u *unpickler) proto() error {
	version, err := u.uint(1)
	if err == nil && (version < 2 || version > 5) {
		return errors.Errorf("pickle protocol %d, want 2 to 5", version)
	}
	return err
}

// frame checks only that the frame is all there; where it ends does not matter.
func (u *unpickler) frame() error {
	length, err := u.uint(8)
	if left := len(u.data) - u.pos; err == nil && length > uint64(left) {
		return errors.Errorf("is truncated: a frame of %d bytes, %d left", length, left)
	}
	return err
}

func (u *unpickler) mark() error {
	u.marks = append(u.marks, len(u.stack))
	return nil
}

// integer pushes a number of n bytes: four have a sign, fewer have none.
func (u *unpickler) integer(n uint64) error {
	x, err := u.uint(n)
	if err != nil {
		return err
	}
	if n == 4 {
		return u.push(int64(int32(x)))
	}
	return u.push(int64(x))
}

// long pushes a number of any length, with a sign.
func (u *unpickler) long() error {
	digits, err := u.counted(1)
	if err != nil {
		return err
	}
	if len(digits) > 8 {
		return u.push(bigInt(digits))
	}
	var x int64
	for i, d := range digits {
		x |= int64(d) << (8 * i)
	}
	unused := 64 - 8*len(digits)
	return u.push(x << unused >> unused)
}

func (u *unpickler) float() error {
	bits, err := u.next(8)
	if err != nil {
		return err
	}
	return u.push(math.Float64frombits(binary.BigEndian.Uint64(bits)))
}

// text pushes a text whose length has n bytes.
func (u *unpickler) text(n uint64) error {
	s, err := u.counted(n)
	if err != nil {
		return err
	}
	if !utf8.Valid(s) {
		return errors.New("the pickle is damaged: a text is not UTF-8")
	}
	return u.push(string(s))
}

func (u *unpickler) tuple(items []any, err error) error {
	if err != nil {
		return err
	}
	return u.push(tuple(items))
}

// appendItems adds items to the list below them.
func (u *unpickler) appendItems(items []any, err error) error {
	if err != nil {
		return err
	}
	v, err := u.top()
	if err != nil {
		return err
	}
	s, ok := v.(*sequence)
	if !ok {
		return errors.Errorf("the pickle is damaged: it appends to %s", kindOf(v))
	}
	s.items = append(s.items, items...)
	return nil
}

// setItems adds keys and values, in turn, to the dict below them.
func (u *unpickler) setItems(items []any, err error) error {
	if err != nil {
		return err
	}
	v, err := u.top()
	if err != nil {
		return err
	}
	d, ok := v.(*dict)
	if !ok || len(items)%2 != 0 {
		return errors.Errorf("the pickle is damaged: it sets %d keys and values of %s", len(items), kindOf(v))
	}
	for i := 0; i < len(items); i += 2 {
		d.keys = append(d.keys, items[i])
		d.values = append(d.values, items[i+1])
	}
	return nil
}

func (u *unpickler) put(n uint64) error {
	i, err := u.uint(n)
	if err != nil {
		return err
	}
	return u.memoize(i)
}

// memoize keeps the value on top as number i. Picklers number from 0 without
// gaps, so the memo is a slice that no number can blow up.
func (u *unpickler) memoize(i uint64) error {
	v, err := u.top()
	if err != nil {
		return err
	}
	switch size := uint64(len(u.memo)); {
	case i < size:
		u.memo[i] = v
	case i == size:
		u.memo = append(u.memo, v)
	default:
		return errors.Errorf("the pickle is damaged: memo %d follows %d others", i, size)
	}
	return nil
}

func (u *unpickler) get(n uint64) error {
	i, err := u.uint(n)
	if err != nil {
		return err
	}
	if i >= uint64(len(u.memo)) {
		return errors.Errorf("the pickle is damaged: memo %d of %d is wanted", i, len(u.memo))
	}
	return u.push(u.memo[i])
}

// globalLines pushes the global that two lines name: module and name.
func (u *unpickler) globalLines() error {
	var parts [2]string
	for i := range parts {
		n := bytes.IndexByte(u.data[u.pos:], '\n')
		if n < 0 {
			return errors.New("is truncated in the name of a class")
		}
		parts[i] = string(u.data[u.pos : u.pos+n])
		u.pos += n + 1
	}
	return u.pushGlobal(parts[0], parts[1])
}

// globalStack pushes the global that two texts on the stack name.
func (u *unpickler) globalStack() error {
	parts, err := u.popN(2)
	if err != nil {
		return err
	}
	module, ok := parts[0].(string)
	name, named := parts[1].(string)
	if !ok || !named {
		return errors.New("the pickle is damaged: the name of a class is no text")
	}
	return u.pushGlobal(module, name)
}
