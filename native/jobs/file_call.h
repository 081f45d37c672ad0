// A call on files as a job: what most operations of the family are. Each is a
// function that does the work, and the kinds of its arguments, which are read,
// checked and copied here; so an operation is a few lines:
//
//   int64_t Rename(FileCall* call) {
//     return OrErrno(rename(call->path(0), call->path(1)));
//   }
//   {"rename", MakeFileCall<Rename, kPath, kPath>}
//
// Paths and bytes are native copies: nothing of JavaScript's is touched on a
// thread.
#ifndef RAWLOOP_JOBS_FILE_CALL_H_
#define RAWLOOP_JOBS_FILE_CALL_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/args.h"
#include "core/descriptor_use.h"
#include "jobs/blocks.h"
#include "jobs/scratch.h"
#include "pool/job.h"

namespace rawloop {

// The kinds of arguments.
enum FileArgument : char {
  kPath,     // text or bytes, without a NUL
  kBytes,    // memory
  kFd,       // a descriptor, which stays open while the job is there
  kInteger,  // 0 to 2^31-1: flags, permissions
  kId,       // a user or group: 0 to 2^32-1, or -1
  kPlace,    // 64 bits, from -1 on: a length, a place in a file
  kOffset,   // 64 bits, of either sign
};

// Which call of an operation of several failed, where Node tells that: the one
// byte of the result then. The order is that of STEPS in lib/pool/fs/call.ts.
enum class Step : uint8_t {
  kOwn,
  kOpen,
  kLstat,
  kUnlink,
  kRmdir,
  kScandir,
  kFstat,
  kRead,
  kWrite,
  kFtruncate,
};

class FileCall final : public Job {
 public:
  // 0 or more, or -errno, captured at once. On a pool thread.
  using Body = int64_t (*)(FileCall* call);

  static constexpr size_t kArguments = 5;

  // Null with an exception pending.
  static std::unique_ptr<Job> Make(const Args& args, Body body,
                                   const FileArgument* kinds, size_t count);
  explicit FileCall(Body body) : body_(body) {}
  ~FileCall() override;

  void Run() override;
  Result result() const override;
  void Taken() override { opened_ = -1; }

  // ---- for bodies: arguments, by their place ----

  const char* path(size_t place) const { return TextAt(place).text(); }
  const Scratch& bytes(size_t place) const { return TextAt(place); }
  int integer(size_t place) const { return static_cast<int>(numbers_[place]); }
  int64_t number(size_t place) const { return numbers_[place]; }

  // ---- for bodies: results ----

  // Memory for a result of up to `size` bytes; null when there is not so much.
  // What an earlier call gave is gone.
  uint8_t* Output(size_t size);
  // The same, with the first `filled` bytes of what an earlier call gave.
  uint8_t* Grow(size_t filled, size_t size);
  // How many bytes of it are the result.
  void SetSize(size_t size) { size_ = size; }
  // Copies `size` bytes there: 0 or -ENOMEM.
  int64_t Return(const void* data, size_t size);
  // The result is a descriptor: it is closed unless somebody takes it. Returns
  // it, or -errno when it is -1.
  int64_t ReturnDescriptor(int fd);
  // -errno, of `step`.
  int64_t Failed(Step step);

  // ---- for bodies: what must not be cut short by the end of the process ----

  using Job::MustFinish;
  // Bytes of a file, at `fd`: not of a pipe, which may wait for its reader for
  // ever.
  void MustFinishFile(int fd);

 private:
  const Scratch& TextAt(size_t place) const { return texts_[text_at_[place]]; }
  bool Read(const Args& args, size_t place, FileArgument kind);
  bool ReadText(const Args& args, size_t place, FileArgument kind);

  const Body body_;
  int64_t numbers_[kArguments] = {};
  Scratch texts_[2];
  uint8_t text_at_[kArguments] = {};
  uint8_t text_count_ = 0;
  DescriptorUse use_;

  Block large_;
  size_t size_ = 0;
  int32_t opened_ = -1;
  Step step_ = Step::kOwn;
  // Most results are small: the fields of stat(2) are 18.
  alignas(8) uint8_t small_[160];
};

// What `kinds` are read for, of a call's arguments.
template <FileCall::Body body, FileArgument... kinds>
std::unique_ptr<Job> MakeFileCall(const Args& args) {
  static_assert(sizeof...(kinds) <= FileCall::kArguments);
  static constexpr FileArgument kKinds[] = {kinds...};
  return FileCall::Make(args, body, kKinds, sizeof...(kinds));
}

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_FILE_CALL_H_
