// access(path, mode): whether the process may, by its real user and group. See
// access(2).
#include <unistd.h>

#include "jobs/fs.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr int kModes = R_OK | W_OK | X_OK;

class AccessJob final : public Job {
 public:
  explicit AccessJob(int mode) : mode_(mode) {}

  Scratch* path() { return &path_; }

  void Run() override { status_ = OrErrno(access(path_.text(), mode_)); }

 private:
  const int mode_;
  Scratch path_;
};

}  // namespace

std::unique_ptr<Job> MakeAccess(const Args& args) {
  int mode;
  if (!args.Integer(kFirstArgument + 1, "mode", &mode, F_OK, kModes)) {
    return nullptr;
  }
  auto job = std::make_unique<AccessJob>(mode);
  const napi_value path = args.at(kFirstArgument);
  if (!job->path()->CopyPath(args.env(), path, "path")) return nullptr;
  return job;
}

}  // namespace rawloop
