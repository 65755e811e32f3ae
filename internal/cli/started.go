package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// built is in the path of a program that the go command made to run it once.
var built = regexp.MustCompile(`go-build|[/\\][0-9a-f]{64}-d[/\\]`)

// started returns how the user starts a command of this repository: as it was
// now.
func started(command string) string {
	program := os.Args[0]
	if built.MatchString(program) || strings.Contains(filepath.Base(program), ".test") {
		return "go run ./cmd/" + command
	}
	return program
}
