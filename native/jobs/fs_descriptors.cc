// Calls on a descriptor whose result is that they succeeded, or a place in the
// file; and those that begin and end one. EINTR is retried where the call knows
// it and nothing was done.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/environment.h"
#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/file_times.h"
#include "jobs/fs.h"

#ifdef __APPLE__
// macOS has it, which its headers do not say.
extern "C" int fdatasync(int fd);
#endif

namespace rawloop {

namespace {

// open(path, flags, mode): the result is the descriptor, close-on-exec. EINTR:
// a FIFO that was waited for.
int64_t Open(FileCall* call) {
  const auto fd = Retried([&] {
    return open(call->path(0), call->integer(1) | O_CLOEXEC,
                static_cast<mode_t>(call->integer(2)));
  });
  return call->ReturnDescriptor(fd);
}

// A job that owns its descriptor from the start: it is closed, whatever becomes
// of the pool. Without one it tells why.
class CloseJob final : public Job {
 public:
  CloseJob() = default;
  ~CloseJob() override {
    if (fd_ >= 0) CloseUnused(fd_);
  }

  void Begin(int fd, int error) {
    fd_ = error < 0 ? -1 : fd;
    status_ = error;
  }

  void Run() override {
    if (fd_ < 0) return;
    status_ = CloseUnused(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// close(fd): of one that is owned here, and is nobody's from the call on.
// -EPERM: it is not owned here.
std::unique_ptr<Job> MakeClose(const Args& args) {
  int fd;
  if (!args.Descriptor(kFirstArgument, &fd)) return nullptr;
  auto job = std::make_unique<CloseJob>();
  job->Begin(fd, Environment::Get(args.env())->owned.Release(fd));
  return job;
}

int64_t Fsync(FileCall* call) {
  return OrErrno(Retried([&] { return fsync(call->integer(0)); }));
}

int64_t Fdatasync(FileCall* call) {
  return OrErrno(Retried([&] { return fdatasync(call->integer(0)); }));
}

// ftruncate(fd, length)
int64_t Ftruncate(FileCall* call) {
  const auto result =
      Retried([&] { return ftruncate(call->integer(0), call->number(1)); });
  return OrErrno(result);
}

// fchmod(fd, mode)
int64_t Fchmod(FileCall* call) {
  return OrErrno(
      fchmod(call->integer(0), static_cast<mode_t>(call->integer(1))));
}

// fchown(fd, uid, gid)
int64_t Fchown(FileCall* call) {
  return OrErrno(fchown(call->integer(0), static_cast<uid_t>(call->number(1)),
                        static_cast<gid_t>(call->number(2))));
}

// futimes(fd, s, ns, s, ns)
int64_t Futimes(FileCall* call) {
  const FileTimes given(*call, 1);
  return OrErrno(futimens(call->integer(0), given.times));
}

// lseek(fd, offset, whence): the result is the place, as float64.
int64_t Lseek(FileCall* call) {
  const off_t place =
      lseek(call->integer(0), call->number(1), call->integer(2));
  if (place < 0) return -errno;
  const auto number = static_cast<double>(place);
  return call->Return(&number, sizeof(number));
}

constexpr Operation kTable[] = {
    {"open", MakeFileCall<Open, kPath, kInteger, kInteger>},
    {"close", MakeClose},
    {"fsync", MakeFileCall<Fsync, kFd>},
    {"fdatasync", MakeFileCall<Fdatasync, kFd>},
    {"ftruncate", MakeFileCall<Ftruncate, kFd, kPlace>},
    {"fchmod", MakeFileCall<Fchmod, kFd, kInteger>},
    {"fchown", MakeFileCall<Fchown, kFd, kId, kId>},
    {"futimes", MakeFileCall<Futimes, kFd, kOffset, kPlace, kOffset, kPlace>},
    {"lseek", MakeFileCall<Lseek, kFd, kOffset, kInteger>}};

}  // namespace

const Operations kDescriptorCalls = AllOf(kTable);

}  // namespace rawloop
