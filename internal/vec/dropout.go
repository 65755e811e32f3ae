package vec

import (
	"unsafe"

	"optlab/internal/parallel"
)

// Dropout sets mask to 0 where the random word is below threshold and to factor
// elsewhere, and dst = x·mask.
func Dropout(t parallel.Threads, dst, mask, x []float32, words []uint32, threshold uint32, factor float32) {
	sameLength("Dropout", len(dst), len(mask), len(x), len(words))
	if long(t, len(x)) {
		split(t, len(x), func(i, j int) { dropout(dst[i:j], mask[i:j], x[i:j], words[i:j], threshold, factor) })
	} else {
		dropout(dst, mask, x, words, threshold, factor)
	}
}

func dropout(dst, mask, x []float32, words []uint32, threshold uint32, factor float32) {
	if active.dropout == nil {
		plainDropout(dst, mask, x, words, threshold, factor)
		return
	}
	for len(x) > 0 {
		n := min(len(x), chunk)
		active.dropout(&dst[0], &mask[0], &x[0], (*float32)(unsafe.Pointer(&words[0])), n, threshold, factor)
		dst, mask, x, words = dst[n:], mask[n:], x[n:], words[n:]
	}
}

func plainDropout(dst, mask, x []float32, words []uint32, threshold uint32, factor float32) {
	for i, v := range x {
		keep := factor
		if words[i] < threshold {
			keep = 0
		}
		mask[i] = keep
		dst[i] = v * keep
	}
}
