// stat(path, flags): the fields of stat.h, as float64 or int64. See stat(2),
// path_resolution(7).
#include <cstring>

#include "jobs/fs.h"
#include "jobs/scratch.h"
#include "jobs/stat.h"
#include "pool/family.h"

namespace rawloop {

namespace {

enum StatFlag : uint32_t {
  kNoFollow = 1,  // lstat
  kBigint = 2,    // int64, else float64
  kStatFlags = 3,
};

class StatJob final : public Job {
 public:
  explicit StatJob(uint32_t flags) : flags_(flags) {}

  Scratch* path() { return &path_; }

  void Run() override {
    int64_t fields[kStatFields];
    status_ = StatPath(path_.text(), (flags_ & kNoFollow) == 0, fields);
    if (status_ < 0) return;
    if ((flags_ & kBigint) != 0) {
      memcpy(cells_, fields, sizeof(fields));
      return;
    }
    for (size_t i = 0; i < kStatFields; i++) {
      cells_[i] = static_cast<double>(fields[i]);
    }
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {cells_, sizeof(cells_)};
  }

 private:
  static_assert(sizeof(double) == sizeof(int64_t));

  const uint32_t flags_;
  Scratch path_;
  double cells_[kStatFields];
};

}  // namespace

std::unique_ptr<Job> MakeStat(const Args& args) {
  uint32_t flags;
  if (!args.Integer(kFirstArgument + 1, "flags", &flags, 0, kStatFlags)) {
    return nullptr;
  }
  auto job = std::make_unique<StatJob>(flags);
  const napi_value path = args.at(kFirstArgument);
  if (!job->path()->CopyPath(args.env(), path, "path")) return nullptr;
  return job;
}

}  // namespace rawloop
