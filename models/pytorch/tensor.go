package pytorch

import (
	"encoding/binary"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"
)

// maxDimensions is more than any layer's weights have: five, of a 3-D
// convolution. PyTorch's own is 64.
const maxDimensions = 8

// tensorRef describes a tensor: element (i, j, …) is the storage's number
// start + i·stride[0] + j·stride[1] + …
type tensorRef struct {
	view
	start        int64
	size, stride []int64
}

// builder makes tensors as long as they stay in proportion to the file.
type builder struct {
	fileSize int64
	// left is how many elements may still be made, of at first one for each
	// byte of a small file. A file has four bytes for an element, but tied
	// weights have one storage, and a stride of 0 repeats one number as often
	// as the size says; of a large file at most mostRepeated may do so.
	left int64
	load loader
}

// mostRepeated elements take 64 MiB.
const mostRepeated = 1 << 24

func (b *builder) tensor(t *tensorRef) (*tensor.Dense, error) {
	if t.storage.element != float32Element {
		return nil, errors.Errorf("is %s, want float32: save model.float().state_dict()", t.storage.element.name)
	}
	total := int64(1)
	for _, n := range t.size {
		if n < 1 {
			return nil, errors.Errorf("has size %v, want sizes of at least 1", t.size)
		}
		if n > b.left/total { // never total · n: it may overflow
			return nil, errors.Errorf("has size %v: the tensors are out of proportion to a file of %d bytes: save tensor.clone() of each", t.size, b.fileSize)
		}
		total *= n
	}
	if total > b.left {
		return nil, errors.Errorf("is out of proportion to a file of %d bytes: save tensor.clone() of each", b.fileSize)
	}
	b.left -= total
	if err := t.check(); err != nil {
		return nil, err
	}
	data, err := b.load(t.storage)
	if err != nil {
		return nil, err
	}
	values := t.gather(data, total)
	if len(t.size) == 0 {
		return tensor.New(tensor.FromScalar(values[0])), nil
	}
	shape := make(tensor.Shape, len(t.size))
	for i, n := range t.size {
		shape[i] = int(n)
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values)), nil
}

// check returns an error unless all elements, of which there are some, are
// inside the storage.
func (t *tensorRef) check() error {
	outside := func() error {
		return errors.Errorf("size %v, stride %v and offset %d reach outside its storage of %d elements", t.size, t.stride, t.start, t.count)
	}
	if t.start < 0 || t.start >= t.count {
		return outside()
	}
	room := t.count - 1 - t.start // for the steps to the last element
	for i, stride := range t.stride {
		steps := t.size[i] - 1
		if stride < 0 || steps > 0 && stride > room/steps {
			return outside()
		}
		if steps > 0 {
			room -= steps * stride
		}
	}
	return nil
}

// gather returns the total elements of a checked tensor in row-major order, out
// of the bytes of its storage.
func (t *tensorRef) gather(data []byte, total int64) []float32 {
	size, stride := t.size, t.stride
	rowSize, rowStride := int64(1), int64(1) // a scalar is a row
	if last := len(size) - 1; last >= 0 {
		rowSize, rowStride = size[last], stride[last]
		size, stride = size[:last], stride[:last]
	}
	values := make([]float32, 0, total)
	index := make([]int64, len(size))
	row := t.first + t.start
	for {
		for i := range rowSize {
			values = append(values, math.Float32frombits(binary.LittleEndian.Uint32(data[4*(row+i*rowStride):])))
		}
		// The next row, as an odometer counts. A dimension of size 1 may have
		// any stride, as what it adds is taken back at once, overflow or not.
		k := len(size) - 1
		for ; k >= 0; k-- {
			row += stride[k]
			if index[k]++; index[k] < size[k] {
				break
			}
			row -= stride[k] * size[k]
			index[k] = 0
		}
		if k < 0 {
			return values
		}
	}
}
