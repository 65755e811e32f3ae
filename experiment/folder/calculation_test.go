package folder_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"optlab/experiment/folder"
	"optlab/internal/check"
)

func takeFor(t *testing.T, f folder.Folder, command string, config any) error {
	t.Helper()
	expected := f.Takes(command, config)
	h, err := f.TakeFor(command, config)
	if (expected == nil) != (err == nil) {
		t.Errorf("Takes says %v, TakeFor %v", expected, err)
	}
	if err == nil {
		h.Release()
	}
	return err
}

// A calculation may be made again; another one is refused, or replaces it.
func TestTakeFor(t *testing.T) {
	f := folder.Folder{Path: filepath.Join(t.TempDir(), "one"), Files: []string{"a.txt"}}
	if err := f.Takes("walk", usual()); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := os.Stat(f.Path); !os.IsNotExist(err) {
		t.Error("Takes made the folder")
	}
	check.NoError(t, takeFor(t, f, "walk", usual()))
	check.NoError(t, f.Write("a.txt", []byte("a")))
	check.NoError(t, takeFor(t, f, "walk", usual()))
	wantFiles(t, f.Path, map[string]string{"a.txt": "a", folder.ConfigFile: "*"})

	other := usual()
	other.Data = "fashion"
	check.Error(t, takeFor(t, f, "walk", other), `data "mnist" there, "fashion" now`, f.Path)
	check.Error(t, takeFor(t, f, "run", usual()), `command "walk" there, "run" now`)
	check.Error(t, takeFor(t, f, "run", nil), `command "walk" there, "run" now`)
	f.Overwrite = true
	check.NoError(t, takeFor(t, f, "walk", other))
	wantFiles(t, f.Path, map[string]string{folder.ConfigFile: "*"})
}

// The version before recorded the command alone: its folder is taken over, once
// for all.
func TestTakeForAdopts(t *testing.T) {
	f := folder.Folder{Path: t.TempDir(), Files: []string{"a.txt"}}
	h, err := f.Take("walk")
	check.NoError(t, err)
	check.NoError(t, h.Write("a.txt", []byte("a")))
	h.Release()
	check.Error(t, takeFor(t, f, "run", usual()), `command "walk" there, "run" now`)
	check.NoError(t, takeFor(t, f, "walk", usual()))
	wantFiles(t, f.Path, map[string]string{"a.txt": "a", folder.ConfigFile: "*"})
	var run map[string]any
	check.NoError(t, f.Read(&run))
	if run["command"] != "walk" || run["data"] != "mnist" {
		t.Errorf("the configuration is %v", run)
	}
	other := usual()
	other.Seed = 1
	check.Error(t, takeFor(t, f, "walk", other), "seed 18446744073709551615 there, 1 now")
}

// A calculation makes its files anew: what a manifest says of them no longer
// holds.
func TestTakeForRemovesTheManifest(t *testing.T) {
	f := folder.Folder{Path: t.TempDir(), Files: []string{"a.txt"}}
	check.NoError(t, takeFor(t, f, "walk", usual()))
	check.NoError(t, f.Seal())
	check.NoError(t, takeFor(t, f, "walk", usual()))
	if f.Sealed() {
		t.Error("the manifest is still there")
	}
}

func TestTakeForErrors(t *testing.T) {
	f := folder.Folder{Path: t.TempDir()}
	for name, config := range map[string]any{"no object": 7, "no JSON": func() {}} {
		if err := takeFor(t, f, "walk", config); err == nil || !strings.Contains(err.Error(), "the configuration of walk") {
			t.Errorf("%s: %v", name, err)
		}
	}
	write(t, f.File("foreign"), "x")
	check.Error(t, takeFor(t, f, "walk", json.RawMessage(`{"a":1}`)), "foreign")
}
