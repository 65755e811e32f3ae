package blas

// kernels is the assembly for one instruction set. Row and column strides are
// in float32. The functions check nothing; each call is short, since Go cannot
// pre-empt it.
type kernels struct {
	name      string
	lanes     int // float32 in a vector; a panel of B has two vectors' columns
	tiles     []tileFunc
	packed    []packedFunc
	transpose moveFunc // dst[j*ldd+i] = src[i*lds+j] for rows × cols elements of src
	copyRows  moveFunc // dst[i*ldd+j] = src[i*lds+j]; cols is rounded up to vectors, with zeros, and at most two
}

// panel is the number of columns of a panel of B.
func (kern *kernels) panel() int { return 2 * kern.lanes }

// A tileFunc computes n columns of C, in as many rows as its index in
// kernels.tiles:
//
//	C = alpha·A·B + plus
//
// with k > 0 terms per element, added up in order by fused multiply-add. The
// rows of plus are plusRow apart: 0 for one row that is added to all. It may be
// nil for zeros, or C itself. The elements of A are aRow and aK apart. B
// consists of panels, bPanel apart, whose rows are bK apart.
type tileFunc func(k, n int, alpha float32, a *float32, aRow, aK int, b *float32, bK, bPanel int, plus *float32, plusRow int, c *float32, ldc int)

// A packedFunc does the same as a tileFunc of as many rows, its index in
// kernels.packed, where both matrices are packed: the elements of A are 1 and
// kernels.lanes apart; the rows of B a panel's width, and the panels k rows.
// The lower indices are nil.
//
// While it computes panel p, it has what will be packed next fetched into the
// L2 cache: from next on, elements (2p+r)·nextRow + l·nextK for r = 0, 1 and
// every fourth l below k. They need not exist.
type packedFunc func(k, n int, alpha float32, a, b, plus *float32, plusRow int, c *float32, ldc int, next *float32, nextRow, nextK int)

// A moveFunc copies a matrix of rows × cols elements, both positive.
type moveFunc func(dst *float32, ldd int, src *float32, lds, rows, cols int)

// active is what Sgemm uses: nil is gonum. Only tests change it.
var active = detect()
