package vec

import "optlab/internal/parallel"

// Mul sets dst = a·b, element by element.
func Mul(t parallel.Threads, dst, a, b []float32) {
	sameLength("Mul", len(dst), len(a), len(b))
	active.mul.over(t, dst, a, b, mul)
}

func mul(dst, a, b []float32) {
	for i, v := range a {
		dst[i] = v * b[i]
	}
}

// scale sets dst = x·factor.
func scale(dst, x []float32, factor float32) {
	if active.scale == nil {
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

// SumRows sets dst to the sum of the rows of the matrix src: the gradient of a
// bias. src has a whole number of rows of len(dst).
func SumRows(t parallel.Threads, dst, src []float32) {
	wholeRows("SumRows", len(src), len(dst))
	if !long(t, len(src)) {
		sumColumns(dst, src, 0, len(dst))
		return
	}
	const unit = 128 // half a kilobyte of every row
	units := (len(dst) + unit - 1) / unit
	t.For(units, Cost(len(src)), func(i, j int) { sumColumns(dst, src, i*unit, min(len(dst), j*unit)) })
}

// sumColumns sums columns from … to of the rows of src.
func sumColumns(dst, src []float32, from, to int) {
	cols := len(dst)
	clear(dst[from:to])
	if active.addRows == nil {
		for ; len(src) > 0; src = src[cols:] {
			for i, v := range src[from:to] {
				dst[from+i] += v
			}
		}
		return
	}
	for j := from; j < to; j += chunk {
		n := min(chunk, to-j)
		most := chunk / n // rows
		for i := 0; i < len(src); i += most * cols {
			active.addRows(&dst[j], &src[i+j], min(most, (len(src)-i)/cols), n, cols)
		}
	}
}

// ArgMax returns the index of the largest element of x, the first of equals,
// and 0 for an empty x. A NaN is never the largest; of nothing but NaNs it is
// 0.
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
