// The entries of a folder as JavaScript gets them: their number, a byte for the
// type of each (DT_* of <dirent.h>), then the names, a NUL behind each; in a
// listing the inode of each behind them, 64 bits in the host's order. And how
// they are read, which each platform has a file for (entries_linux.cc,
// entries_bsd.cc).
#ifndef RAWLOOP_JOBS_ENTRIES_H_
#define RAWLOOP_JOBS_ENTRIES_H_

#include <cstddef>
#include <cstdint>

#include "jobs/file_call.h"

namespace rawloop {

class Entries {
 public:
  Entries() = default;
  ~Entries();
  Entries(const Entries&) = delete;
  Entries& operator=(const Entries&) = delete;

  // False when there is no memory. "." and ".." are left out.
  bool Add(const char* name, uint8_t type, uint64_t inode);

  uint32_t count() const { return count_; }
  // Of each, from 0 on, until one is added.
  const char* name(uint32_t i) const { return names_ + At(i)->name; }
  uint8_t type(uint32_t i) const { return At(i)->type; }

  // Asks for the types that the file system does not tell with the names.
  void CompleteTypes(int folder);
  // By their bytes, as Node does.
  void Sort();
  // 0 or -ENOMEM.
  int64_t ReturnTo(FileCall* call) const;

  // All of them as a listing: how many bytes that takes, and writes them.
  size_t listing_bytes() const { return bytes() + count_ * sizeof(uint64_t); }
  void WriteListing(uint8_t* output) const;

 private:
  struct Entry {
    uint64_t inode;
    uint64_t key;   // the first bytes that may differ, while they are sorted
    uint32_t name;  // where it begins among the names
    uint8_t type;
  };

  // Their number, the types and the names.
  void Write(uint8_t* output) const;
  size_t bytes() const { return sizeof(count_) + count_ + name_bytes_; }
  // How many bytes all names begin with in common.
  size_t CommonBytes() const;

  Entry* At(uint32_t i) const { return entries_ + i; }

  Entry* entries_ = nullptr;
  char* names_ = nullptr;
  uint32_t count_ = 0;
  uint32_t room_ = 0;
  uint32_t name_bytes_ = 0;
  uint32_t name_room_ = 0;
};

// Adds some of what is left of the folder that is open at `fd`: how many bytes
// or entries the kernel gave, 0 at the end, or -errno. Where the system has no
// way to read some, all of them.
int ReadEntries(int fd, Entries* entries);

// The same to the end: 0 or -errno.
int ReadAllEntries(int fd, Entries* entries);

// All entries of the folder that is open at `fd`, with their types, sorted: 0
// or -errno. It is opened anew, so that it is read from its beginning, also
// where it was not opened to be read (O_EVTONLY).
int ListFolder(int fd, Entries* entries);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_ENTRIES_H_
