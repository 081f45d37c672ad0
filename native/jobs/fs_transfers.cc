// Bytes of a descriptor, in and out, by way of memory of the job's: JavaScript
// may do with its own what it likes meanwhile. EINTR is retried, as nothing was
// transferred then. See read(2), pread(2).
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

// read(fd, length, position): the result is what was read; nothing at the end.
// Without a position (-1) it is read from where the file stands.
int64_t Read(FileCall* call) {
  const int fd = call->integer(0);
  const auto length = static_cast<size_t>(
      std::clamp<int64_t>(call->number(1), 0, kMaxTransferBytes));
  const int64_t position = call->number(2);
  uint8_t* bytes = call->Output(length);
  if (bytes == nullptr) return -ENOMEM;
  const auto size = Retried([&] {
    return position < 0 ? read(fd, bytes, length)
                        : pread(fd, bytes, length, position);
  });
  if (size < 0) return -errno;
  call->SetSize(static_cast<size_t>(size));
  return size;
}

// write(fd, position, bytes): the status is how many were written.
int64_t Write(FileCall* call) {
  const int fd = call->integer(0);
  const int64_t position = call->number(1);
  const Scratch& bytes = call->bytes(2);
  call->MustFinishFile(fd);
  const auto size = Retried([&] {
    return position < 0 ? write(fd, bytes.data(), bytes.size())
                        : pwrite(fd, bytes.data(), bytes.size(), position);
  });
  return OrErrno(size);
}

constexpr Operation kTable[] = {
    {"read", MakeFileCall<Read, kFd, kPlace, kPlace>},
    {"write", MakeFileCall<Write, kFd, kPlace, kBytes>}};

}  // namespace

const Operations kTransferCalls = AllOf(kTable);

}  // namespace rawloop
