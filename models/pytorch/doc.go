// Package pytorch reads the state dicts that PyTorch's torch.save writes, so
// that weights trained there (the lab's our_model.tar) can be loaded here.
//
//	bytes → Detect → ReadStateDict → float32 tensors by name → models.Model.LoadStateDict
//
// A file has one of two forms, whatever it is called (.pt, .pth, .tar):
//
//   - since PyTorch 1.6 a zip archive: a pickle NAME/data.pkl that describes the
//     tensors, and their numbers in records NAME/data/0, NAME/data/1, …;
//   - the legacy form: five pickles (a magic number, the version 1001, facts on
//     the machine, the object, the keys of the storages), then for each key a
//     count in eight bytes and as many numbers.
//
// A pickle is a program, and Python's unpickler runs whatever it calls. The one
// here knows the operations that torch.save emits for a state dict and the four
// functions that a state dict calls, and makes nothing but numbers, texts,
// lists, dicts and descriptions of tensors. Everything else is an error that
// names it: a pickled model, a class, a sparse or quantized tensor, a type
// other than float32, compressed records, big-endian files, damaged or
// truncated ones. A file's claims are checked before memory is taken for them:
// what reading takes is bounded by a multiple of the file's size.
//
// A checkpoint, a dict that holds one state dict among other things, is read as
// that state dict. Names are kept as they are: the state dict of a DataParallel
// model has "module." before each.
//
// Start reading at [ReadStateDict]; unpickle.go is the machine and
// operations.go its operations.
package pytorch
