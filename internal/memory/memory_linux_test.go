package memory

import (
	"os"
	"path/filepath"
	"testing"

	"optlab/internal/check"
)

const mib = 1 << 20

func TestAvailable(t *testing.T) {
	const meminfo = "MemTotal:       16384000 kB\nMemFree:         1024000 kB\nMemAvailable:    8192000 kB\n"
	const all = 8192000 * 1024
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
		known bool
	}{
		"nothing known": {nil, 0, false},
		"no groups":     {map[string]string{"proc/meminfo": meminfo}, all, true},
		"an old kernel": {map[string]string{"proc/meminfo": "MemTotal: 1 kB\n"}, 0, false},
		"broken":        {map[string]string{"proc/meminfo": "MemAvailable: many kB\n", "proc/self/cgroup": "nonsense\n"}, 0, false},
		"no limit": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n",
			"sys/fs/cgroup/a/memory.max": "max\n", "sys/fs/cgroup/a/memory.current": "5\n"}, all, true},
		"version 2": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "1048576000\n", "sys/fs/cgroup/a/b/memory.current": "524288000\n",
			"sys/fs/cgroup/a/b/memory.stat": "anon 5\nfile 7\ninactive_file 104857600\n"}, 600 * mib, true},
		"a group above": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "1048576000\n", "sys/fs/cgroup/a/b/memory.current": "0\n",
			"sys/fs/cgroup/a/memory.max": "104857600\n", "sys/fs/cgroup/a/memory.current": "0\n"}, 100 * mib, true},
		"a container": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n",
			"sys/fs/cgroup/memory.max": "104857600\n", "sys/fs/cgroup/memory.current": "1048576\n"}, 99 * mib, true},
		"version 1": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "3:cpu,memory:/a\n1:name=systemd:/a\n2:memoryless:/b\n",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": "104857600", "sys/fs/cgroup/memory/a/memory.usage_in_bytes": "52428800",
			"sys/fs/cgroup/memory/a/memory.stat": "inactive_file 7\ntotal_inactive_file 1048576\n"}, 51 * mib, true},
		"version 1 without limit": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "3:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712", "sys/fs/cgroup/memory/memory.usage_in_bytes": "52428800"}, all, true},
		"beyond the limit": {map[string]string{"proc/self/cgroup": "0::/\n",
			"sys/fs/cgroup/memory.max": "1048576", "sys/fs/cgroup/memory.current": "2097152"}, 0, true},
	} {
		root := t.TempDir()
		for path, content := range c.files {
			check.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755))
			check.NoError(t, os.WriteFile(filepath.Join(root, path), []byte(content), 0o644))
		}
		if got, known := available(root); got != c.want || known != c.known {
			t.Errorf("%s: %d, %v, want %d, %v", name, got, known, c.want, c.known)
		}
	}
}

func TestAvailableHere(t *testing.T) {
	if bytes, known := Available(); !known || bytes < mib || bytes > 1<<50 {
		t.Errorf("%d bytes, known: %v", bytes, known)
	}
}

func TestFormat(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0.0 MiB", 3 * mib / 2: "1.5 MiB", 1024 * mib: "1.0 GiB", 2500 * mib: "2.4 GiB"} {
		if got := Format(bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
}
