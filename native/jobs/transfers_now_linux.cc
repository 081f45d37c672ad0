// Reads and writes that never wait, on the loop's thread: of what the kernel
// has in memory, and into its memory. Each fails with -EAGAIN, -EOPNOTSUPP or
// -ENOSYS where it would have to wait, or cannot promise not to: then a thread
// does it. See preadv2(2), RWF_NOWAIT.
//
//   readNow(fd, buffer, position)   bytes read, as many as asked for or up to
//                                   the end of the file
//   pwriteNow(fd, buffer, position, device, devices)
//                                   bytes written, maybe fewer, to a regular
//                                   file of one of `devices` (float64); else
//                                   -EXDEV, with the number of its own in the
//                                   first cell of `device`
//
// A position of -1: where the file stands.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/args.h"
#include "core/module.h"
#include "jobs/fs_inline.h"

namespace rawloop {

namespace {

// The calls are made by number, as C libraries have them only from a few years
// ago on. The position is two words: the upper half is the first's on 64 bits.
ssize_t TransferNow(long call, int fd, const iovec* parts, int count,
                    int64_t position) {
  return static_cast<ssize_t>(
      syscall(call, fd, parts, count, position, 0, RWF_NOWAIT));
}

// In two parts that do not meet, the first of a byte, as no device is read into
// so little: O_DIRECT, which would wait for it in spite of the flag, refuses
// (EINVAL), or goes by what is in memory. To ask for the flags takes a third of
// the time of a read.
ssize_t ReadNowInto(int fd, uint8_t* data, size_t size, int64_t position) {
  uint8_t first = 0;
  const iovec parts[] = {{&first, 1}, {data + 1, size - 1}};
  const ssize_t read = TransferNow(SYS_preadv2, fd, parts, 2, position);
  if (read > 0) data[0] = first;
  return read;
}

}  // namespace

// All of `span` from `position` on, or up to where the file ends by its size:
// never less, as a short answer may mean that the next page is not in memory,
// and on Linux 5.9 and 5.10 so may an answer of nothing.
int64_t ReadCached(int fd, const Span& span, int64_t position) {
  size_t filled = 0;
  while (filled < span.size) {
    const int64_t at = position + static_cast<int64_t>(filled);
    const ssize_t size =
        ReadNowInto(fd, span.data + filled, span.size - filled, at);
    if (size < 0) return -errno;
    filled += static_cast<size_t>(size);
    if (size > 0) continue;
    int64_t fields[kStatFields];
    const int result = StatOpen(fd, fields);
    if (result < 0) return result;
    const bool is_end = IsRegular(fields) && at >= fields[kStatSize];
    return is_end ? static_cast<int64_t>(filled) : -EAGAIN;
  }
  return static_cast<int64_t>(filled);
}

namespace {

// (fd, buffer, position, ...)
bool ReadTransfer(const Args& args, int* fd, int64_t* position) {
  double number;
  if (!args.Descriptor(0, fd) ||
      !ReadInteger(args.env(), args.at(2), "position", -1, kMaxSafeInteger,
                   &number)) {
    return false;
  }
  *position = static_cast<int64_t>(number);
  return true;
}

napi_value ReadNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  Span span;
  if (!ReadTransfer(args, &fd, &position) || !args.Memory(1, &span, "buffer")) {
    return nullptr;
  }
  if (position >= 0) {
    return Int(env, static_cast<int32_t>(ReadCached(fd, span, position)));
  }
  // Where the file stands is moved when it is known that all was read.
  const off_t begin = lseek(fd, 0, SEEK_CUR);
  if (begin < 0) return Int(env, -EAGAIN);
  const int64_t size = ReadCached(fd, span, begin);
  if (size > 0 && lseek(fd, begin + size, SEEK_SET) < 0) {
    return Int(env, -EAGAIN);
  }
  return Int(env, static_cast<int32_t>(size));
}

// What waits for a device although it was asked not to: a write that is to be
// on it when it is done.
bool IsSynchronous(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags < 0 || (flags & (O_SYNC | O_DSYNC | O_DIRECT)) != 0;
}

// A write over the limit of the process raises SIGXFSZ, which pool threads
// block, and the host's does not.
bool IsLimited() {
  rlimit limit;
  return getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
         limit.rlim_cur != RLIM_INFINITY;
}

napi_value PwriteNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  Span span;
  Span cell;
  Span devices;
  if (!ReadTransfer(args, &fd, &position) || !args.Memory(3, &cell, "device") ||
      !args.Memory(4, &devices, "devices") ||
      !args.Memory(1, &span, "buffer")) {
    return nullptr;
  }
  if (cell.size < sizeof(double)) {
    ThrowRange(env, "device", "a float64, and not detached");
    return nullptr;
  }
  int64_t fields[kStatFields];
  const int result = DeviceOf(fd, fields);
  if (result < 0) return Int(env, result);
  if (!IsAmong(devices, fields)) {
    const auto device = static_cast<double>(fields[kStatDev]);
    memcpy(cell.data, &device, sizeof(device));
    return Int(env, -EXDEV);
  }
  // A pipe without a reader would raise SIGPIPE.
  if (!IsRegular(fields) || IsSynchronous(fd) || IsLimited()) {
    return Int(env, -EAGAIN);
  }
  const iovec part = {span.data, span.size};
  return Int(env, OrErrno(TransferNow(SYS_pwritev2, fd, &part, 1, position)));
}

void RegisterTransfers(napi_env env, napi_value exports) {
  const Function functions[] = {{"readNow", Guarded<ReadNow>},
                                {"pwriteNow", Guarded<PwriteNow>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterTransfers);

}  // namespace
}  // namespace rawloop
