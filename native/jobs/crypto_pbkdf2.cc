// pbkdf2(password, salt, iterations, keyBytes, digest), computed by the host's
// OpenSSL. See PKCS5_PBKDF2_HMAC(3).
#include <limits>

#include "jobs/crypto.h"
#include "jobs/openssl.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr double kMaxInt = std::numeric_limits<int32_t>::max();

class Pbkdf2Job final : public Job {
 public:
  explicit Pbkdf2Job(size_t iterations) : iterations_(iterations) {}

  // On the JavaScript thread. Each is false with an exception pending.
  bool SetDigest(napi_env env, napi_value name);
  bool SetKeySize(napi_env env, size_t size) {
    return AllocateKey(env, &key_, size);
  }
  bool SetInput(napi_env env, napi_value password, napi_value salt) {
    const auto max = static_cast<size_t>(kMaxInt);
    return password_.CopyMemory(env, password, "password", max) &&
           salt_.CopyMemory(env, salt, "salt", max);
  }

  // The status is 0, or -1 when the library refuses (a digest without HMAC).
  void Run() override {
    if (key_.size() == 0) return;  // OpenSSL 3 refuses what Node allows.
    MustFinish();
    status_ = library_.pbkdf2(password_.text(), password_.size(), salt_.data(),
                              salt_.size(), iterations_, digest_, key_.size(),
                              key_.data()) == 1
                  ? 0
                  : -1;
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {key_.data(), key_.size(), true};
  }

 private:
  OpenSsl library_;
  const size_t iterations_;
  const void* digest_ = nullptr;
  Scratch password_{Scratch::Content::kSecret};
  Scratch salt_;
  Scratch key_{Scratch::Content::kSecret};
};

bool Pbkdf2Job::SetDigest(napi_env env, napi_value value) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_string) {
    ThrowType(env, "digest", "of type string");
    return false;
  }
  if (!library_.FindFor(env, "pbkdf2")) return false;
  digest_ = library_.Digest(env, value);
  return digest_ != nullptr;
}

}  // namespace

std::unique_ptr<Job> MakePbkdf2(const Args& args) {
  constexpr size_t kPassword = kFirstArgument;
  constexpr size_t kSalt = kFirstArgument + 1;
  constexpr size_t kDigest = kFirstArgument + 4;
  size_t iterations;
  size_t key_size;
  if (!args.Integer(kFirstArgument + 2, "iterations", &iterations, 1,
                    kMaxInt) ||
      !args.Integer(kFirstArgument + 3, "keylen", &key_size, 0, kMaxInt)) {
    return nullptr;
  }
  auto job = std::make_unique<Pbkdf2Job>(iterations);
  if (!job->SetDigest(args.env(), args.at(kDigest)) ||
      !job->SetKeySize(args.env(), key_size) ||
      !job->SetInput(args.env(), args.at(kPassword), args.at(kSalt))) {
    return nullptr;
  }
  return job;
}

}  // namespace rawloop
