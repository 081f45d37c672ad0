// scrypt(password, salt, cost, blockSize, parallelization, maxmem, keyBytes),
// computed by the host's OpenSSL. See RFC 7914, EVP_PBE_scrypt(3).
#include <limits>

#include "jobs/crypto.h"
#include "jobs/openssl.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr double kMaxInt = std::numeric_limits<int32_t>::max();
constexpr double kMaxUint = std::numeric_limits<uint32_t>::max();

struct ScryptCost {
  uint64_t cost;
  uint64_t block_size;
  uint64_t parallelization;
  uint64_t max_memory;
};

class ScryptJob final : public Job {
 public:
  ScryptJob(const OpenSsl& library, const ScryptCost& cost)
      : library_(library), cost_(cost) {}

  // On the JavaScript thread. False with an exception pending.
  bool SetUp(napi_env env, napi_value password, napi_value salt, size_t size) {
    const auto max = static_cast<size_t>(kMaxInt);
    return AllocateKey(env, &key_, size) &&
           password_.CopyMemory(env, password, "password", max) &&
           salt_.CopyMemory(env, salt, "salt", max);
  }

  // The status is 0, or -1 when the library refuses: it had no memory.
  void Run() override {
    if (key_.size() == 0) return;
    MustFinish();
    status_ = library_.scrypt(password_.text(), password_.size(), salt_.data(),
                              salt_.size(), cost_.cost, cost_.block_size,
                              cost_.parallelization, cost_.max_memory,
                              key_.data(), key_.size()) == 1
                  ? 0
                  : -1;
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {key_.data(), key_.size(), true};
  }

 private:
  const OpenSsl library_;
  const ScryptCost cost_;
  Scratch password_{Scratch::Content::kSecret};
  Scratch salt_;
  Scratch key_{Scratch::Content::kSecret};
};

// Before anything is queued, as Node does.
bool IsSound(napi_env env, const OpenSsl& library, const ScryptCost& cost) {
  if (library.scrypt(nullptr, 0, nullptr, 0, cost.cost, cost.block_size,
                     cost.parallelization, cost.max_memory, nullptr, 0) == 1) {
    return true;
  }
  Throw(env, napi_create_range_error, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
        "Invalid scrypt params: cost must be a power of two above 1, and what "
        "the parameters need in memory at most maxmem");
  return false;
}

}  // namespace

std::unique_ptr<Job> MakeScrypt(const Args& args) {
  constexpr size_t kPassword = kFirstArgument;
  constexpr size_t kSalt = kFirstArgument + 1;
  constexpr size_t kCost = kFirstArgument + 2;
  uint32_t cost;
  uint32_t block_size;
  uint32_t parallelization;
  uint64_t max_memory;
  uint32_t key_size;
  if (!args.Integer(kCost, "cost", &cost, 1, kMaxUint) ||
      !args.Integer(kCost + 1, "blockSize", &block_size, 1, kMaxUint) ||
      !args.Integer(kCost + 2, "parallelization", &parallelization, 1,
                    kMaxUint) ||
      !args.Integer(kCost + 3, "maxmem", &max_memory, 0, kMaxSafeInteger) ||
      !args.Integer(kCost + 4, "keylen", &key_size, 0, kMaxInt)) {
    return nullptr;
  }
  const ScryptCost costs = {cost, block_size, parallelization, max_memory};
  OpenSsl library;
  if (!library.FindFor(args.env(), "scrypt") ||
      !IsSound(args.env(), library, costs)) {
    return nullptr;
  }
  auto job = std::make_unique<ScryptJob>(library, costs);
  if (!job->SetUp(args.env(), args.at(kPassword), args.at(kSalt), key_size)) {
    return nullptr;
  }
  return job;
}

}  // namespace rawloop
