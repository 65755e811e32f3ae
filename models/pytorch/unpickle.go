package pytorch

import (
	"slices"

	"github.com/pkg/errors"
)

// What a pickle can make: nil, bool, int64, bigInt, float64, string, and these.
// Values may hold each other and themselves, so nothing here walks them.
type (
	bigInt   string                       // an integer of more than eight bytes, as in the file
	tuple    []any                        // immutable in Python
	sequence struct{ items []any }        // a list
	dict     struct{ keys, values []any } // dict or OrderedDict, in order, keys not checked
	global   string                       // a function or class that may be named
)

// kindOf says what v is, in an error.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "None"
	case bool, int64, bigInt, float64:
		return "a number"
	case string:
		return "a text"
	case tuple:
		return "a tuple"
	case *sequence:
		return "a list"
	case *dict:
		return "a dict"
	case *tensorRef:
		return "a tensor"
	case view:
		return "a storage"
	}
	return "a function or class"
}

// maxOperations bounds the work for one pickle, and with it the memory that a
// large hostile file can take for values of one byte each. A state dict takes
// about 40 operations a tensor.
const maxOperations = 1 << 20

// unpickler is the machine that a pickle is a program for: a stack of values,
// marks on it, and a memo of values to use again.
type unpickler struct {
	data  []byte
	pos   int
	stack []any
	marks []int // heights of the stack, ascending
	memo  []any
	done  bool // after STOP
	// persistent makes the value that a persistent id stands for; nil: none can
	// occur.
	persistent func(id any) (any, error)
}

// unpickle runs the pickle that starts at data[pos] and returns its value and
// the position behind it.
func unpickle(data []byte, pos int, persistent func(id any) (any, error)) (value any, end int, err error) {
	u := &unpickler{data: data, pos: pos, persistent: persistent}
	for range maxOperations {
		at := u.pos
		if err := u.step(); err != nil {
			return nil, at, errors.Wrapf(err, "byte %d", at)
		}
		if u.done {
			if len(u.stack) != 1 || len(u.marks) != 0 {
				return nil, at, errors.Errorf("byte %d: the pickle ends with %d values, want 1", at, len(u.stack))
			}
			return u.stack[0], u.pos, nil
		}
	}
	return nil, u.pos, errors.Errorf("byte %d: more than %d operations: save model.state_dict() alone", u.pos, maxOperations)
}

// step runs one operation.
func (u *unpickler) step() error {
	code, err := u.next(1)
	if err != nil {
		return err
	}
	operation := operations[code[0]]
	if operation == nil {
		return errors.Errorf("operation 0x%02x is none that torch.save writes for a state dict", code[0])
	}
	return operation(u)
}

// next returns the next n bytes.
func (u *unpickler) next(n uint64) ([]byte, error) {
	rest := u.data[u.pos:]
	if n > uint64(len(rest)) {
		return nil, errors.Errorf("is truncated: %d bytes wanted, %d left", n, len(rest))
	}
	u.pos += int(n)
	return rest[:n], nil
}

// uint returns the next n bytes, at most 8, as a number, little-endian.
func (u *unpickler) uint(n uint64) (uint64, error) {
	digits, err := u.next(n)
	var x uint64
	for i, d := range digits {
		x |= uint64(d) << (8 * i)
	}
	return x, err
}

// counted returns as many bytes as a length of n bytes before them says.
func (u *unpickler) counted(n uint64) ([]byte, error) {
	length, err := u.uint(n)
	if err != nil {
		return nil, err
	}
	return u.next(length)
}

func (u *unpickler) push(v any) error {
	u.stack = append(u.stack, v)
	return nil
}

// fence is the height of the stack that only an operation on a mark goes below.
func (u *unpickler) fence() int {
	if len(u.marks) == 0 {
		return 0
	}
	return u.marks[len(u.marks)-1]
}

var errUnderflow = errors.New("the pickle is damaged: a value is missing")

func (u *unpickler) pop() (any, error) {
	n := len(u.stack) - 1
	if n < u.fence() {
		return nil, errUnderflow
	}
	v := u.stack[n]
	u.stack = u.stack[:n]
	return v, nil
}

// top returns the value on top, which stays there.
func (u *unpickler) top() (any, error) {
	if len(u.stack) <= u.fence() {
		return nil, errUnderflow
	}
	return u.stack[len(u.stack)-1], nil
}

// popN takes the n values on top.
func (u *unpickler) popN(n int) ([]any, error) {
	if len(u.stack)-n < u.fence() {
		return nil, errUnderflow
	}
	values := slices.Clone(u.stack[len(u.stack)-n:])
	u.stack = u.stack[:len(u.stack)-n]
	return values, nil
}

// popMark takes the values above the last mark, and the mark.
func (u *unpickler) popMark() ([]any, error) {
	if len(u.marks) == 0 {
		return nil, errors.New("the pickle is damaged: a mark is missing")
	}
	values, err := u.popN(len(u.stack) - u.fence())
	u.marks = u.marks[:len(u.marks)-1]
	return values, err
}
