package vec

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSumRows(t *testing.T) { onEveryPath(t, testSumRows) }

func testSumRows(t *testing.T) {
	for _, cols := range lengths[1:] {
		for _, rows := range []int{0, 1, 2, 16, 300} {
			t.Run(fmt.Sprintf("%dx%d", rows, cols), func(t *testing.T) {
				src, dst := normals(rows*cols, 1), garbage(cols)
				SumRows(0, dst, src)
				for j, got := range dst {
					sum, size := 0.0, 0.0
					for i := range rows {
						v := float64(src[i*cols+j])
						sum += v
						size += max(v, -v)
					}
					// Each of at most rows additions rounds once.
					if d := float64(got) - sum; !(max(d, -d) <= float64(rows)*6e-8*size) {
						t.Fatalf("the sum of column %d is %v, want %v", j, got, sum)
					}
				}
				wantSame(t, "the input", src, normals(rows*cols, 1))
			})
		}
	}
}

// NaN and infinities stay in their column.
func TestSumRowsSpecials(t *testing.T) { onEveryPath(t, testSumRowsSpecials) }

func testSumRowsSpecials(t *testing.T) {
	dst := garbage(4)
	SumRows(0, dst, []float32{
		nan, inf, inf, minus0,
		1, 1, -inf, minus0,
	})
	wantSame(t, "the sums", dst, []float32{nan, inf, nan, 0})
}

// The sum of n equal rows is n times the row. Small integers have no rounding
// error.
func TestSumEqualRows(t *testing.T) { onEveryPath(t, testSumEqualRows) }

func testSumEqualRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(0, 20).Draw(t, "rows"), rapid.IntRange(1, 40).Draw(t, "cols")
		row, want := make([]float32, cols), make([]float32, cols)
		for i, v := range rapid.SliceOfN(rapid.IntRange(-1000, 1000), cols, cols).Draw(t, "row") {
			row[i], want[i] = float32(v), float32(rows*v)
		}
		sum := garbage(cols)
		SumRows(0, sum, slices.Repeat(row, rows))
		wantSame(t, "the sum", sum, want)
	})
}

func TestArgMax(t *testing.T) {
	for _, c := range []struct {
		x    []float32
		want int
	}{
		{nil, 0},
		{[]float32{-7}, 0},
		{[]float32{1, 3, 2}, 1},
		{[]float32{1, 2, 3}, 2},
		{[]float32{2, 3, 3, 3}, 1},
		{[]float32{0, minus0}, 0},
		{[]float32{minus0, 0}, 0},
		{[]float32{-inf, -1, -inf}, 1},
		{[]float32{-inf, -inf}, 0},
		{[]float32{1, inf, inf}, 1},
		{[]float32{nan, 1, 2}, 2},
		{[]float32{2, nan, 1}, 0},
		{[]float32{1, 2, nan}, 1},
		{[]float32{nan, -inf}, 1},
		{[]float32{nan, nan, 0, nan}, 2},
		{[]float32{nan, nan, nan}, 0},
	} {
		if got := ArgMax(c.x); got != c.want {
			t.Errorf("ArgMax(%v) is %d, want %d", c.x, got, c.want)
		}
	}
}

// No element is larger than that at ArgMax, and those before it are smaller.
func TestArgMaxProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFloats(t, rapid.IntRange(1, 40).Draw(t, "n"), "x")
		best := ArgMax(x)
		numbers := 0
		for i, v := range x {
			if v == v {
				numbers++
			}
			if v > x[best] || i < best && v == x[best] {
				t.Fatalf("ArgMax(%v) is %d, but element %d is %v", x, best, i, v)
			}
		}
		if numbers > 0 && x[best] != x[best] || numbers == 0 && best != 0 {
			t.Fatalf("ArgMax(%v) is %d, a NaN", x, best)
		}
	})
}
