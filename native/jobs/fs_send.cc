// A file to a socket or pipe, as far as that takes it without blocking. See
// sendfile(2).
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/args.h"
#include "core/retried.h"
#include "core/unique_fd.h"
#include "jobs/fs.h"
#include "jobs/scratch.h"
#include "jobs/send_bytes.h"

namespace rawloop {

namespace {

constexpr size_t kPieceBytes = 64 * 1024;

// A pipe is no socket; that nobody reads it raises SIGPIPE, which the threads
// of the pool block.
ssize_t SendTo(int to, const uint8_t* bytes, size_t size) {
  int flags = MSG_DONTWAIT;
#ifdef MSG_NOSIGNAL
  flags |= MSG_NOSIGNAL;
#endif
  const ssize_t sent = Retried([&] { return send(to, bytes, size, flags); });
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  return Retried([&] { return write(to, bytes, size); });
}

// Both descriptors are duplicates: the loop closes its own when it likes, and
// a number that is given out again is not another's here.
class SendFileJob final : public Job {
 public:
  SendFileJob(int to, int file, int64_t offset, size_t count)
      : offset_(offset), count_(count) {
    if (Duplicate(to, &to_)) Duplicate(file, &file_);
  }

  void Run() override {
    if (status_ < 0) return;
    status_ = static_cast<int32_t>(
        SendBytes(to_.get(), file_.get(), offset_, count_));
    // Here, not on the loop's thread: the last close of a socket sends its end.
    to_.Reset();
    file_.Reset();
  }

 private:
  bool Duplicate(int fd, UniqueFd* out) {
    const int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) status_ = -errno;
    out->Reset(duplicate);
    return duplicate >= 0;
  }

  UniqueFd to_;
  UniqueFd file_;
  const int64_t offset_;
  const size_t count_;
};

// sendFile(socket, file, offset, count): the status is how many bytes went, 0
// at the end of the file, or -errno.
std::unique_ptr<Job> MakeSendFile(const Args& args) {
  int to;
  int file;
  int64_t offset;
  int32_t count;
  if (!args.Descriptor(kFirstArgument, &to, "socket") ||
      !args.Descriptor(kFirstArgument + 1, &file, "file") ||
      !args.Position(kFirstArgument + 2, &offset, "offset") ||
      !args.Integer(kFirstArgument + 3, "count", &count, 0)) {
    return nullptr;
  }
  return std::make_unique<SendFileJob>(to, file, offset,
                                       static_cast<size_t>(count));
}

constexpr Operation kTable[] = {{"sendFile", MakeSendFile}};

}  // namespace

const Operations kSendCalls = AllOf(kTable);

int64_t SendBytesThroughMemory(int to, int file, int64_t offset, size_t count) {
  Scratch piece;
  if (!piece.Allocate(kPieceBytes)) return -ENOMEM;
  size_t sent = 0;
  while (sent < count) {
    const auto place = static_cast<off_t>(offset + static_cast<int64_t>(sent));
    const size_t length = std::min(count - sent, kPieceBytes);
    const auto size =
        Retried([&] { return pread(file, piece.data(), length, place); });
    if (size < 0 && sent == 0) return -errno;
    if (size <= 0) break;
    const ssize_t taken = SendTo(to, piece.data(), static_cast<size_t>(size));
    if (taken < 0 && sent == 0) return -errno;
    if (taken < 0) break;
    sent += static_cast<size_t>(taken);
    if (taken < size) break;
  }
  return static_cast<int64_t>(sent);
}

}  // namespace rawloop
