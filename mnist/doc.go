// Package mnist brings images and labels to a network: the data sets MNIST and
// FashionMNIST, embedded in full, or any other in the same four IDX files.
//
// Data flows one way:
//
//	IDX files → Dataset{Train, Test *Set} → indices of a split → Loader → x, labels
//
// [Open] decodes a data set into two Sets, whose images stay bytes. [SplitNumPy]
// and [SplitRandom] divide the indices of the training set into training and
// validation, as the two parts of the PyTorch notebook do. A [Loader] passes over
// the chosen indices batch by batch: it shuffles as a torch DataLoader would
// with the same seed, and normalises pixels straight into the caller's slice, so
// that no image is ever stored as floats and no batch allocates.
//
// What comes from a file is not trusted: every header is checked before memory is
// taken, and damage of any kind is an error (see [ErrBadMagic] and its
// neighbours) that names the file.
//
// Start reading at [Open], then [Loader].
package mnist
