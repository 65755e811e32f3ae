// Package inspect says what there is in tensors by name, as a file of
// parameters has them: the shape, mean and first values of each ([Summarize]),
// and where two such sets differ ([Compare]). It reads and prints nothing.
//
//	models.ReadAnyTensors → Summarize, Compare → numbers
//
// Start reading at [Compare].
package inspect
