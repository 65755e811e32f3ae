package folder

import (
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/cpu"
)

// environment is what a run ran on: it explains results, and speeds, that
// differ.
type environment struct {
	Optlab      string   `json:"optlab"`
	Go          string   `json:"go"`
	Gorgonia    string   `json:"gorgonia"`
	Tensor      string   `json:"tensor"`
	OS          string   `json:"os"`
	Arch        string   `json:"arch"`
	CPUFeatures []string `json:"cpu_features"`
	Cores       int      `json:"cores"`
}

// thisEnvironment describes the program and the machine it runs on.
func thisEnvironment() environment {
	e := environment{
		Optlab: "unknown", Gorgonia: "unknown", Tensor: "unknown",
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		CPUFeatures: cpuFeatures(), Cores: runtime.GOMAXPROCS(0),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		e.Optlab = info.Main.Version
		for _, dep := range info.Deps {
			switch dep.Path {
			case "gorgonia.org/gorgonia":
				e.Gorgonia = dep.Version
			case "gorgonia.org/tensor":
				e.Tensor = dep.Version
			}
		}
	}
	return e
}

// cpuFeatures lists the vector extensions that matter to numerical code.
func cpuFeatures() []string {
	features := []string{}
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"sse4.1", cpu.X86.HasSSE41},
		{"avx", cpu.X86.HasAVX},
		{"avx2", cpu.X86.HasAVX2},
		{"fma", cpu.X86.HasFMA},
		{"avx512f", cpu.X86.HasAVX512F},
		{"avx512dq", cpu.X86.HasAVX512DQ},
		{"avx512bw", cpu.X86.HasAVX512BW},
		{"avx512vl", cpu.X86.HasAVX512VL},
		{"asimd", cpu.ARM64.HasASIMD},
		{"sve", cpu.ARM64.HasSVE},
	} {
		if f.has {
			features = append(features, f.name)
		}
	}
	return features
}
