package vec

// Mul sets dst = a·b, element by element.
func Mul(dst, a, b []float32) {
	sameLength("Mul", len(dst), len(a), len(b))
	for i, v := range a {
		dst[i] = v * b[i]
	}
}

// RepeatRow sets every row of the matrix dst to row: the bias, before a matrix
// product is added to it. dst has a whole number of rows of len(row).
func RepeatRow(dst, row []float32) {
	wholeRows("RepeatRow", len(dst), len(row))
	for len(dst) > 0 {
		copy(dst, row)
		dst = dst[len(row):]
	}
}

// SumRows sets dst to the sum of the rows of the matrix src: the gradient of a
// bias. src has a whole number of rows of len(dst).
func SumRows(dst, src []float32) {
	wholeRows("SumRows", len(src), len(dst))
	clear(dst)
	for len(src) > 0 {
		for i, v := range src[:len(dst)] {
			dst[i] += v
		}
		src = src[len(dst):]
	}
}

// Lookup sets dst[i] = table[src[i]]: pixels, normalised.
func Lookup(dst []float32, src []byte, table *[256]float32) {
	sameLength("Lookup", len(dst), len(src))
	for i, v := range src {
		dst[i] = table[v]
	}
}

// ArgMax returns the index of the largest element of x, the first of equals, and
// 0 for an empty x. A NaN is never the largest; of nothing but NaNs it is 0.
func ArgMax(x []float32) int {
	best := 0
	for i, v := range x {
		if v > x[best] || x[best] != x[best] && v == v {
			best = i
		}
	}
	return best
}

func sameLength(kernel string, lengths ...int) {
	for _, n := range lengths[1:] {
		if n != lengths[0] {
			panic("vec: " + kernel + ": slices of different lengths")
		}
	}
}

func wholeRows(kernel string, matrix, row int) {
	if row == 0 || matrix%row != 0 {
		panic("vec: " + kernel + ": the matrix is not a whole number of rows")
	}
}
