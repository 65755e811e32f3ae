package memory

import (
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// available is Available with the files of the system below root.
func available(root string) (bytes int64, known bool) {
	bytes, known = field(filepath.Join(root, "proc/meminfo"), "MemAvailable:")
	bytes *= 1024
	for _, group := range groups(root) {
		if left, limited := group.left(); limited && (!known || left < bytes) {
			bytes, known = left, true
		}
	}
	return max(bytes, 0), known
}

// group is a control group, with the names of its files.
type group struct{ folder, limit, usage, cache string }

// groups returns those whose limits hold for this process: its own and all
// above it. In a container its own may be shown as the root.
func groups(root string) []group {
	data, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return nil
	}
	var list []group
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		g := group{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"}
		if fields[1] != "" {
			g = group{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"}
			if !strings.Contains(","+fields[1]+",", ",memory,") {
				continue
			}
		}
		for at := path.Clean("/" + fields[2]); ; at = path.Dir(at) {
			above := g
			above.folder = filepath.Join(root, g.folder, at)
			list = append(list, above)
			if at == "/" {
				break
			}
		}
	}
	return list
}

// left returns how much the group may still take. The files that it has cached
// and not used lately count as used there, but make room.
func (g group) left() (bytes int64, limited bool) {
	limit, limited := number(filepath.Join(g.folder, g.limit))
	usage, used := number(filepath.Join(g.folder, g.usage))
	if !limited || !used { // "max", or version 2's root, which has no files
		return 0, false
	}
	cache, _ := field(filepath.Join(g.folder, "memory.stat"), g.cache)
	return limit - usage + cache, true
}

// number returns the number that is all of a file.
func number(path string) (int64, bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}

// field returns the number after a name in a file of names and numbers.
func field(path, name string) (int64, bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) >= 2 && words[0] == name {
			n, err := strconv.ParseInt(words[1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
