package show

import "testing"

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{1: "100.00 %", 0.99999999: "> 99.99 %", 0.9999: "99.99 %", 0.5: "50.00 %"} {
		if got := percent(p); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}
