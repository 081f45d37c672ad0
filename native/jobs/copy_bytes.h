// The bytes of one open file for another: what each platform must supply for
// it, chosen by source list (copy_bytes_linux.cc, copy_bytes_bsd.cc).
#ifndef RAWLOOP_JOBS_COPY_BYTES_H_
#define RAWLOOP_JOBS_COPY_BYTES_H_

namespace rawloop {

// Makes `to` share the blocks of `from`, which costs no copy: 0, or -errno
// where the file system has no such thing. See ioctl_ficlone(2).
int ShareBlocks(int from, int to);

// Copies what is left of `from` to where `to` stands, in the kernel where that
// is possible: 0 or -errno.
int CopyBytes(int from, int to);

// For the implementations: the same by read(2) and write(2).
int CopyBytesThroughMemory(int from, int to);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_COPY_BYTES_H_
