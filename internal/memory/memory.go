// Package memory says how much memory this process may still take.
package memory

import "fmt"

// Available returns how many bytes this process can take without anything being
// swapped out or killed; false where that is not known. On Linux it is what the
// kernel reckons is available, less where a control group (version 2 or 1)
// allows less; on other systems it is never known.
func Available() (bytes int64, known bool) { return available("/") }

// Format writes a number of bytes for a person: "1.5 GiB".
func Format(bytes int64) string {
	x, unit := float64(bytes)/(1<<20), "MiB"
	if x >= 1024 {
		x, unit = x/1024, "GiB"
	}
	return fmt.Sprintf("%.1f %s", x, unit)
}
