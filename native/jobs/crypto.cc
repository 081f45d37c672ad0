// Cryptographic requests on the pool, computed by the OpenSSL that the host
// brings along. It is looked up at run time, so that the addon loads in hosts
// without one. See PKCS5_PBKDF2_HMAC(3), dlsym(3).
#include <dlfcn.h>

#include <cstring>
#include <limits>

#include "pool/pool.h"
#include "pool/pool_scratch.h"

namespace rawloop {

namespace {

constexpr double kMaxInt = std::numeric_limits<int32_t>::max();
constexpr uint64_t kNoAtexit = 0x00080000;  // OPENSSL_INIT_NO_ATEXIT

// OpenSSL declares the lengths as int, BoringSSL (Electron) as size_t. With 64
// bits for each argument both read what they expect, in every calling
// convention with registers or stack slots of 64 bits.
using Pbkdf2Function = int (*)(const char* password, size_t password_size,
                               const uint8_t* salt, size_t salt_size,
                               size_t iterations, const void* digest,
                               size_t key_size, uint8_t* key);
using DigestFunction = const void* (*)(const char* name);
using InitFunction = int (*)(uint64_t options, const void* settings);

struct Library {
  Pbkdf2Function pbkdf2 = nullptr;
  DigestFunction digest = nullptr;

  bool Resolve(void* handle) {
    pbkdf2 =
        reinterpret_cast<Pbkdf2Function>(dlsym(handle, "PKCS5_PBKDF2_HMAC"));
    digest =
        reinterpret_cast<DigestFunction>(dlsym(handle, "EVP_get_digestbyname"));
    return pbkdf2 != nullptr && digest != nullptr;
  }
};

// dlsym(3) and dlopen(3) of a library that is loaded already cost microseconds,
// against milliseconds for a key: nothing is kept, and no state is shared.
bool FindLibrary(Library* library) {
  if (library->Resolve(RTLD_DEFAULT)) return true;
  for (const char* name : {"libcrypto.so.3", "libcrypto.so.1.1"}) {
    // Never closed: threads of other environments may be inside.
    void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) continue;
    // At exit(3) the library must not be taken down before the pool's threads
    // have been joined.
    auto init =
        reinterpret_cast<InitFunction>(dlsym(handle, "OPENSSL_init_crypto"));
    if (init != nullptr) init(kNoAtexit, nullptr);
    if (library->Resolve(handle)) return true;
  }
  return false;
}

class Pbkdf2Job final : public Job {
 public:
  explicit Pbkdf2Job(size_t iterations) : iterations_(iterations) {}

  // On the JavaScript thread. Each is false with an exception pending.
  bool SetDigest(napi_env env, napi_value name);
  bool SetKeySize(napi_env env, size_t size);
  bool SetInput(napi_env env, napi_value password, napi_value salt) {
    const auto max = static_cast<size_t>(kMaxInt);
    return password_.CopyMemory(env, password, "password", max) &&
           salt_.CopyMemory(env, salt, "salt", max);
  }

  // The status is 0, or -1 when the library refuses (a digest without HMAC).
  void Run() override {
    if (key_.size() == 0) return;  // OpenSSL 3 refuses what Node allows.
    status_ = library_.pbkdf2(password_.text(), password_.size(), salt_.data(),
                              salt_.size(), iterations_, digest_, key_.size(),
                              key_.data()) == 1
                  ? 0
                  : -1;
  }

  Span Bytes() override {
    if (status_ < 0) return {};
    return {key_.data(), key_.size()};
  }

 private:
  Library library_;
  const size_t iterations_;
  const void* digest_ = nullptr;
  Scratch password_{Scratch::Content::kSecret};
  Scratch salt_;
  Scratch key_{Scratch::Content::kSecret};
};

bool Pbkdf2Job::SetDigest(napi_env env, napi_value value) {
  char name[64];
  size_t size;
  if (napi_get_value_string_utf8(env, value, name, sizeof(name), &size) !=
      napi_ok) {
    ThrowType(env, "digest", "of type string");
    return false;
  }
  if (!FindLibrary(&library_)) {
    Throw(
        env, napi_create_error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
        "pbkdf2 needs OpenSSL's libcrypto: the host exports none, and neither "
        "libcrypto.so.3 nor libcrypto.so.1.1 is installed");
    return false;
  }
  // A zero byte, or a name that was cut, is no digest's name.
  const bool whole = size < sizeof(name) - 4 && strlen(name) == size;
  digest_ = whole ? library_.digest(name) : nullptr;
  if (digest_ != nullptr) return true;
  std::string message = std::string("Invalid digest: ") + name;
  Throw(env, napi_create_type_error, "ERR_CRYPTO_INVALID_DIGEST",
        message.c_str());
  return false;
}

bool Pbkdf2Job::SetKeySize(napi_env env, size_t size) {
  if (key_.Allocate(size)) return true;
  Throw(env, napi_create_error, "ERR_MEMORY_ALLOCATION_FAILED",
        "There is not enough memory for a key of this length");
  return false;
}

// submitPbkdf2(password, salt, iterations, keyBytes, digest)
napi_value SubmitPbkdf2(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = Pool::From(args);
  size_t iterations;
  size_t key_size;
  if (pool == nullptr ||
      !args.Integer(2, "iterations", &iterations, 1, kMaxInt) ||
      !args.Integer(3, "keylen", &key_size, 0, kMaxInt)) {
    return nullptr;
  }
  auto job = std::make_unique<Pbkdf2Job>(iterations);
  if (!job->SetDigest(env, args.at(4)) || !job->SetKeySize(env, key_size) ||
      !job->SetInput(env, args.at(0), args.at(1))) {
    return nullptr;
  }
  return pool->Submit(env, std::move(job));
}

}  // namespace

void AppendCryptoMethods(Pool::Methods* methods) {
  Pool::AddMethod(methods, "submitPbkdf2", Guarded<SubmitPbkdf2>);
}

}  // namespace rawloop
