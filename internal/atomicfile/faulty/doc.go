// Package faulty tests what writes files by package atomicfile, as SQLite and
// ALICE (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014)
// do: an [Injector] lets one system call go wrong, and a [Recorder] notes all
// calls and then makes every state in which a power cut may leave the disk.
//
// What a disk keeps is assumed to be what POSIX promises and no more:
//
//   - What was there before the recording is there.
//   - Bytes of a file last once it was synced. Of those that were not, any
//     number from the start on is there, or all are and read as zeros.
//   - The entries of a folder last once the folder was synced. Of the changes
//     since, each may have reached the disk or not, whatever their order: a
//     later one without an earlier, and a rename as the two changes that it is,
//     so that a file has both its names, or neither. Syncing a file does not
//     keep its name.
//   - An entry changes as a whole: it is the one file or the other.
//   - A sync that returned is done.
//
// A process that is killed leaves the state in which everything was kept, which
// is one of these.
package faulty
