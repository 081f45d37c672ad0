// File system requests on the pool. See stat(2), path_resolution(7).
#include "pool/pool.h"
#include "pool/pool_platform.h"
#include "pool/pool_scratch.h"

namespace rawloop {

namespace {

// Flags of submitStat(path, flags).
enum StatFlag : uint32_t {
  kNoFollow = 1,  // lstat
  kBigint = 2,    // the cells are int64, else float64
  kStatFlags = 3,
};

class StatJob final : public Job {
 public:
  explicit StatJob(uint32_t flags) : flags_(flags) {}

  Scratch* path() { return &path_; }

  void Run() override {
    status_ = StatPath(path_.text(), (flags_ & kNoFollow) == 0, fields_);
  }

  void Fill(Row row) const override {
    if (status_ < 0) return;
    for (size_t i = 0; i < kStatFields; i++) {
      if ((flags_ & kBigint) != 0) {
        row.Integer(Row::kFirstCell + i, fields_[i]);
      } else {
        row.Number(Row::kFirstCell + i, static_cast<double>(fields_[i]));
      }
    }
  }

 private:
  static_assert(Row::kFirstCell + kStatFields <= Row::kQueuedCell);

  const uint32_t flags_;
  Scratch path_;
  int64_t fields_[kStatFields];
};

napi_value SubmitStat(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = Pool::From(args);
  uint32_t flags;
  if (pool == nullptr || !args.Integer(1, "flags", &flags, 0, kStatFlags)) {
    return nullptr;
  }
  auto job = std::make_unique<StatJob>(flags);
  if (!job->path()->CopyPath(env, args.at(0), "path")) return nullptr;
  return pool->Submit(env, std::move(job));
}

}  // namespace

void AppendFsMethods(Pool::Methods* methods) {
  Pool::AddMethod(methods, "submitStat", Guarded<SubmitStat>);
}

}  // namespace rawloop
