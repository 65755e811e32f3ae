package vec

// Pixels sets dst = src/255·factor + shift, every operation rounded: pixels,
// normalized. (src/255 − 0.5)/0.5 is src/255·2 − 1, bit for bit.
func Pixels(dst []float32, src []byte, factor, shift float32) {
	sameLength("Pixels", len(dst), len(src))
	if active.pixels != nil {
		for len(src) >= active.lanes {
			n := min(len(src)/active.lanes*active.lanes, chunk)
			active.pixels(&dst[0], &src[0], n, factor, shift)
			dst, src = dst[n:], src[n:]
		}
	}
	pixels(dst, src, factor, shift)
}

func pixels(dst []float32, src []byte, factor, shift float32) {
	for i, v := range src {
		dst[i] = float32(float32(v)/255*factor) + shift
	}
}

// Prefetch has the CPU fetch pixels that will be needed soon, if it can: an
// image chosen at random comes from main memory, which takes longer than its
// Pixels.
func Prefetch(src []byte) {
	if active.prefetch != nil && len(src) > 0 {
		active.prefetch(&src[0], len(src))
	}
}
