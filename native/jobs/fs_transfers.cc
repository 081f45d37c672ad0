// Bytes of a descriptor, in and out, by way of memory of the job's: JavaScript
// may do with its own what it likes meanwhile. EINTR is retried, as nothing was
// transferred then. See read(2), pread(2).
//
// O_DIRECT refuses (EINVAL) memory that does not begin as a block of the device
// does, which that of a job rarely does: it is tried once more by way of memory
// that is aligned to any block.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

constexpr size_t kAlignment = 4096;

#ifdef O_DIRECT
constexpr int kDirect = O_DIRECT;
#else
constexpr int kDirect = 0;
#endif

// Whether what `size` says may be for the memory's sake.
bool IsMisaligned(int fd, int64_t size) {
  if (size != -EINVAL) return false;
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & kDirect) != 0;
}

struct Freed {
  void operator()(uint8_t* memory) const { free(memory); }
};
using Aligned = std::unique_ptr<uint8_t, Freed>;

// Null when there is not so much memory.
Aligned AlignedMemory(size_t size) {
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, size) != 0) return nullptr;
  return Aligned(static_cast<uint8_t*>(memory));
}

int64_t ReadInto(int fd, uint8_t* bytes, size_t length, int64_t position) {
  return OrErrno(Retried([&] {
    return position < 0 ? read(fd, bytes, length)
                        : pread(fd, bytes, length, position);
  }));
}

int64_t WriteFrom(int fd, const uint8_t* bytes, size_t length,
                  int64_t position) {
  return OrErrno(Retried([&] {
    return position < 0 ? write(fd, bytes, length)
                        : pwrite(fd, bytes, length, position);
  }));
}

// read(fd, length, position): the result is what was read; nothing at the end.
// Without a position (-1) it is read from where the file stands.
int64_t Read(FileCall* call) {
  const int fd = call->integer(0);
  const auto length = static_cast<size_t>(
      std::clamp<int64_t>(call->number(1), 0, kMaxTransferBytes));
  const int64_t position = call->number(2);
  uint8_t* bytes = call->Output(length);
  if (bytes == nullptr) return -ENOMEM;
  int64_t size = ReadInto(fd, bytes, length, position);
  if (length > 0 && IsMisaligned(fd, size)) {
    const Aligned aligned = AlignedMemory(length);
    if (aligned == nullptr) return -ENOMEM;
    size = ReadInto(fd, aligned.get(), length, position);
    if (size > 0) memcpy(bytes, aligned.get(), static_cast<size_t>(size));
  }
  if (size >= 0) call->SetSize(static_cast<size_t>(size));
  return size;
}

// write(fd, position, bytes): the status is how many were written.
int64_t Write(FileCall* call) {
  const int fd = call->integer(0);
  const int64_t position = call->number(1);
  const Scratch& bytes = call->bytes(2);
  call->MustFinishFile(fd);
  const int64_t size = WriteFrom(fd, bytes.data(), bytes.size(), position);
  if (bytes.size() == 0 || !IsMisaligned(fd, size)) return size;
  const Aligned aligned = AlignedMemory(bytes.size());
  if (aligned == nullptr) return -ENOMEM;
  memcpy(aligned.get(), bytes.data(), bytes.size());
  return WriteFrom(fd, aligned.get(), bytes.size(), position);
}

constexpr Operation kTable[] = {
    {"read", MakeFileCall<Read, kFd, kPlace, kPlace>},
    {"write", MakeFileCall<Write, kFd, kPlace, kBytes>}};

}  // namespace

const Operations kTransferCalls = AllOf(kTable);

}  // namespace rawloop
