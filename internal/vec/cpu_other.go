//go:build !amd64 || purego

package vec

// supported returns no kernels: there is no assembly.
func supported() []*kernels { return nil }
