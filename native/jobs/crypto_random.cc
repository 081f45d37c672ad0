// randomBytes(size): bytes of the generator of the host's OpenSSL, which seeds
// itself from the kernel, and may wait for that at the start of a machine. See
// RAND_bytes(3).
#include <limits>

#include "jobs/crypto.h"
#include "jobs/openssl.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr double kMaxInt = std::numeric_limits<int32_t>::max();

class RandomJob final : public Job {
 public:
  explicit RandomJob(const OpenSsl& library) : library_(library) {}

  // On the JavaScript thread. False with an exception pending.
  bool SetSize(napi_env env, size_t size) {
    return AllocateKey(env, &bytes_, size);
  }

  // The status is 0, or -1 when the generator has no entropy.
  void Run() override {
    if (bytes_.size() == 0) return;
    MustFinish();
    status_ = library_.random(bytes_.data(), bytes_.size()) == 1 ? 0 : -1;
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {bytes_.data(), bytes_.size(), true};
  }

 private:
  const OpenSsl library_;
  Scratch bytes_{Scratch::Content::kSecret};
};

}  // namespace

std::unique_ptr<Job> MakeRandomBytes(const Args& args) {
  size_t size;
  if (!args.Integer(kFirstArgument, "size", &size, 0, kMaxInt)) return nullptr;
  OpenSsl library;
  if (!library.FindFor(args.env(), "randomBytes")) return nullptr;
  auto job = std::make_unique<RandomJob>(library);
  if (!job->SetSize(args.env(), size)) return nullptr;
  return job;
}

}  // namespace rawloop
