// readlink(path): what a symbolic link holds, as bytes. See readlink(2),
// symlink(7).
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "jobs/fs.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

// Most links are shorter, and are read by one call.
constexpr size_t kFirstBytes = 256;

class ReadlinkJob final : public Job {
 public:
  Scratch* path() { return &path_; }

  // What fills the memory may have been cut, as the kernel does not say: it is
  // read again into more. lstat(2) would not tell the length, as it is 0 for
  // links of procfs and another when the link was replaced meanwhile.
  void Run() override {
    for (size_t room = kFirstBytes;; room *= 4) {
      if (!target_.emplace().Allocate(room)) {
        status_ = -ENOMEM;
        return;
      }
      const ssize_t length = readlink(
          path_.text(), reinterpret_cast<char*>(target_->data()), room);
      if (length < 0) {
        status_ = -errno;
        return;
      }
      size_ = static_cast<size_t>(length);
      if (size_ < room) return;
    }
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {target_->data(), size_};
  }

 private:
  Scratch path_;
  std::optional<Scratch> target_;
  size_t size_ = 0;
};

}  // namespace

std::unique_ptr<Job> MakeReadlink(const Args& args) {
  auto job = std::make_unique<ReadlinkJob>();
  const napi_value path = args.at(kFirstArgument);
  if (!job->path()->CopyPath(args.env(), path, "path")) return nullptr;
  return job;
}

}  // namespace rawloop
