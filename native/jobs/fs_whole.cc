// Whole files, each as one job: what would be four or more requests one behind
// the other. A file is read to its end, whatever its size was said to be: that
// of procfs is 0, and one that grows has more.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

constexpr size_t kFirstBytes = 8 * 1024;

int OpenFile(const char* path, int flags, int mode) {
  const auto fd = Retried(
      [&] { return open(path, flags | O_CLOEXEC, static_cast<mode_t>(mode)); });
  return fd;
}

ssize_t ReadSome(int fd, uint8_t* bytes, size_t size) {
  const auto result = Retried([&] { return read(fd, bytes, size); });
  return result;
}

// 0 or -errno; -EFBIG: it has more than can be transferred.
int64_t ReadToEnd(FileCall* call, int fd) {
  struct stat s;
  if (fstat(fd, &s) != 0) return call->Failed(Step::kFstat);
  const bool is_sized = S_ISREG(s.st_mode) && s.st_size > 0;
  if (is_sized && s.st_size > static_cast<off_t>(kMaxTransferBytes)) {
    return -EFBIG;
  }
  // With room for one more byte, so that the end is seen without growing.
  size_t room = is_sized ? static_cast<size_t>(s.st_size) + 1 : kFirstBytes;
  uint8_t* bytes = call->Output(room);
  if (bytes == nullptr) return -ENOMEM;
  for (size_t filled = 0;;) {
    const ssize_t size = ReadSome(fd, bytes + filled, room - filled);
    if (size < 0) return call->Failed(Step::kRead);
    if (size == 0) {
      call->SetSize(filled);
      return 0;
    }
    filled += static_cast<size_t>(size);
    if (filled < room) continue;
    if (filled > kMaxTransferBytes) return -EFBIG;
    room = std::max(kFirstBytes, 2 * room);
    bytes = call->Grow(filled, room);
    if (bytes == nullptr) return -ENOMEM;
  }
}

int64_t WriteAll(FileCall* call, int fd, const Scratch& bytes) {
  call->MustFinishFile(fd);
  for (size_t done = 0; done < bytes.size();) {
    const auto size = Retried(
        [&] { return write(fd, bytes.data() + done, bytes.size() - done); });
    if (size < 0) return call->Failed(Step::kWrite);
    done += static_cast<size_t>(size);
  }
  return 0;
}

// readFile(path, flags)
int64_t ReadFile(FileCall* call) {
  const int fd = OpenFile(call->path(0), call->integer(1), 0666);
  if (fd < 0) return call->Failed(Step::kOpen);
  const int64_t result = ReadToEnd(call, fd);
  close(fd);
  return result;
}

// readRest(fd): from where the file stands.
int64_t ReadRest(FileCall* call) { return ReadToEnd(call, call->integer(0)); }

// writeFile(path, flags, mode, bytes)
int64_t WriteFile(FileCall* call) {
  const int fd = OpenFile(call->path(0), call->integer(1), call->integer(2));
  if (fd < 0) return call->Failed(Step::kOpen);
  const int64_t result = WriteAll(call, fd, call->bytes(3));
  // A file system may say only now that there was no room: see close(2).
  if (close(fd) != 0 && errno != EINTR && result == 0) {
    return call->Failed(Step::kWrite);
  }
  return result;
}

// writeRest(fd, bytes): to where the file stands.
int64_t WriteRest(FileCall* call) {
  return WriteAll(call, call->integer(0), call->bytes(1));
}

constexpr Operation kTable[] = {
    {"readFile", MakeFileCall<ReadFile, kPath, kInteger>},
    {"readRest", MakeFileCall<ReadRest, kFd>},
    {"writeFile", MakeFileCall<WriteFile, kPath, kInteger, kInteger, kBytes>},
    {"writeRest", MakeFileCall<WriteRest, kFd, kBytes>}};

}  // namespace

const Operations kWholeCalls = AllOf(kTable);

}  // namespace rawloop
