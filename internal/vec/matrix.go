package vec

// Mul sets dst = a·b, element by element.
func Mul(dst, a, b []float32) {
	sameLength("Mul", len(dst), len(a), len(b))
	if active == nil {
		mul(dst, a, b)
		return
	}
	active.mul.over(dst, a, b)
}

func mul(dst, a, b []float32) {
	for i, v := range a {
		dst[i] = v * b[i]
	}
}

// scale sets dst = x·factor.
func scale(dst, x []float32, factor float32) {
	if active == nil {
		for i, v := range x {
			dst[i] = v * factor
		}
		return
	}
	for len(x) > 0 {
		n := min(len(x), chunk)
		active.scale(&dst[0], &x[0], n, factor)
		dst, x = dst[n:], x[n:]
	}
}

// RepeatRow sets every row of the matrix dst to row: the bias, before a matrix
// product is added to it. dst has a whole number of rows of len(row).
func RepeatRow(dst, row []float32) {
	wholeRows("RepeatRow", len(dst), len(row))
	// Copying what there is already, twice as much each time, takes few calls; but
	// only as much as stays in the inner caches.
	most := max(1, chunk/len(row)) * len(row)
	for n := copy(dst, row); n < len(dst); {
		n += copy(dst[n:], dst[:min(n, most)])
	}
}

// SumRows sets dst to the sum of the rows of the matrix src: the gradient of a
// bias. src has a whole number of rows of len(dst).
func SumRows(dst, src []float32) {
	wholeRows("SumRows", len(src), len(dst))
	clear(dst)
	if active == nil {
		addRows(dst, src)
		return
	}
	cols := len(dst)
	for j := 0; j < cols; j += chunk {
		n := min(chunk, cols-j)
		most := chunk / n // rows
		for i := 0; i < len(src); i += most * cols {
			active.addRows(&dst[j], &src[i+j], min(most, (len(src)-i)/cols), n, cols)
		}
	}
}

// addRows adds the rows of src to dst.
func addRows(dst, src []float32) {
	for len(src) > 0 {
		for i, v := range src[:len(dst)] {
			dst[i] += v
		}
		src = src[len(dst):]
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
