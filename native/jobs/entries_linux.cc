// ReadEntries on Linux: getdents64(2), which C libraries have had for a few
// years only.
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "jobs/entries.h"

namespace rawloop {

namespace {

constexpr size_t kRecordBytes = 32 * 1024;

// What the kernel writes, one behind the other.
struct Record {
  uint64_t inode;
  int64_t offset;
  uint16_t size;
  uint8_t type;
  char name[1];
};

}  // namespace

int ReadEntries(int fd, Entries* entries) {
  alignas(Record) char records[kRecordBytes];
  const auto size =
      static_cast<int>(syscall(SYS_getdents64, fd, records, kRecordBytes));
  if (size < 0) return -errno;
  for (int at = 0; at < size;) {
    const auto* record = reinterpret_cast<const Record*>(records + at);
    if (!entries->Add(record->name, record->type, record->inode))
      return -ENOMEM;
    at += record->size;
  }
  return size;
}

}  // namespace rawloop
