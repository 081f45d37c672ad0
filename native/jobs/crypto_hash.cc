// hash(digest, data): the digest of bytes, computed by the host's OpenSSL. See
// EVP_Digest(3).
#include "jobs/crypto.h"
#include "jobs/openssl.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

// The most that a typed array has on any host.
constexpr size_t kMaxData = size_t{1} << 53;

class HashJob final : public Job {
 public:
  HashJob(const OpenSsl& library, const void* digest)
      : library_(library), digest_(digest) {}

  // On the JavaScript thread. False with an exception pending.
  bool SetData(napi_env env, napi_value data) {
    return data_.CopyMemory(env, data, "data", kMaxData);
  }

  // The status is 0, or -1 when the library refuses.
  void Run() override {
    MustFinish();
    status_ = library_.hash(data_.data(), data_.size(), hash_, &size_, digest_,
                            nullptr) == 1
                  ? 0
                  : -1;
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {hash_, size_, false};
  }

 private:
  const OpenSsl library_;
  const void* const digest_;
  Scratch data_{Scratch::Content::kSecret};
  uint8_t hash_[OpenSsl::kMaxHash];
  unsigned size_ = 0;
};

}  // namespace

std::unique_ptr<Job> MakeHash(const Args& args) {
  OpenSsl library;
  if (!library.FindFor(args.env(), "hash")) return nullptr;
  const void* digest = library.Digest(args.env(), args.at(kFirstArgument));
  if (digest == nullptr) return nullptr;
  auto job = std::make_unique<HashJob>(library, digest);
  if (!job->SetData(args.env(), args.at(kFirstArgument + 1))) return nullptr;
  return job;
}

}  // namespace rawloop
