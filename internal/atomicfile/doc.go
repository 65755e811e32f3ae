// Package atomicfile writes files that are there in full or not at all. Every
// system call that changes a folder goes through an [FS], so that tests can
// fail each of them and replay what a power cut leaves of them: see package
// faulty below.
//
// Start reading at [Dir].
package atomicfile
