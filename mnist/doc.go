// Package mnist has the data sets MNIST and FashionMNIST, embedded in full, and
// opens any other that is a folder of IDX files.
//
// Start reading at [Open]; what comes of it is in package dataset.
package mnist
