package folder

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"
)

// A selfDigested file has a digest of its own content.
type selfDigested interface {
	// bytes returns what the file holds.
	bytes() ([]byte, error)
}

// unchanged reports whether data are the bytes of the file that they were
// decoded into.
func unchanged(file selfDigested, data []byte) bool {
	written, err := file.bytes()
	return err == nil && bytes.Equal(written, data)
}

// digestOf returns the SHA-256, in hexadecimal, of v as JSON.
func digestOf(v any) (string, error) {
	data, err := json.Marshal(v)
	return fmt.Sprintf("%x", sha256.Sum256(data)), errors.WithStack(err)
}

// indented returns v as JSON for a file.
func indented(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return append(data, '\n'), errors.WithStack(err)
}
