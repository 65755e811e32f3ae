// Package dataset brings images and labels to a network: sets of images with
// their classes, read from the IDX files of MNIST and its successors, and
// loaders that yield them batch by batch.
//
// Data flows one way:
//
//	IDX files → Set{Train, Test *Images} → Preparation → Loaders → x, labels
//
// [Open] decodes the files of a folder, [Read] any four files; images stay
// bytes. [Prepare] divides the training images into those to train and those to
// validate with, as the two parts of the PyTorch notebook do, and makes a
// [Loader] for each part. A Loader passes over its images batch by batch: it
// shuffles as a torch DataLoader would with the same seed, and scales pixels
// straight into the caller's slice, so that no image is ever stored as floats
// and no batch allocates.
//
// What comes from a file is not trusted: every header is checked before memory
// is taken, and damage of any kind is an error (see [ErrBadMagic] and its
// neighbors) that names the file. A set has as many classes as its labels ask
// for, or as its file classes.txt names.
//
// Start reading at [Open], then [Prepare] and [Loader].
package dataset
