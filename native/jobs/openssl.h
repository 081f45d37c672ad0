// The OpenSSL that the host brings along. It is looked up at run time, so that
// the addon loads in hosts without one. See dlsym(3), PKCS5_PBKDF2_HMAC(3).
#ifndef RAWLOOP_JOBS_OPENSSL_H_
#define RAWLOOP_JOBS_OPENSSL_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>

namespace rawloop {

// OpenSSL declares the lengths as int, BoringSSL (Electron) as size_t. With 64
// bits for each argument both read what they expect, in every calling
// convention with registers or stack slots of 64 bits.
using Pbkdf2Function = int (*)(const char* password, size_t password_size,
                               const uint8_t* salt, size_t salt_size,
                               size_t iterations, const void* digest,
                               size_t key_size, uint8_t* key);
using DigestFunction = const void* (*)(const char* name);

// Without a key it says whether the parameters are sound.
using ScryptFunction = int (*)(const char* password, size_t password_size,
                               const uint8_t* salt, size_t salt_size,
                               uint64_t cost, uint64_t block_size,
                               uint64_t parallelization, uint64_t max_memory,
                               uint8_t* key, size_t key_size);
using RandomFunction = int (*)(uint8_t* bytes, size_t size);
using HashFunction = int (*)(const void* data, size_t size, uint8_t* hash,
                             unsigned* hash_size, const void* digest,
                             void* engine);

struct OpenSsl {
  // EVP_MAX_MD_SIZE: no digest is longer.
  static constexpr size_t kMaxHash = 64;

  Pbkdf2Function pbkdf2 = nullptr;
  DigestFunction digest = nullptr;
  ScryptFunction scrypt = nullptr;
  RandomFunction random = nullptr;
  HashFunction hash = nullptr;

  // False when there is none. dlsym(3) and dlopen(3) of a library that is
  // loaded already cost microseconds, against milliseconds for a key: nothing
  // is kept, and no state is shared.
  bool Find();
  // The same; false with an exception pending, which names `what` needs it.
  bool FindFor(napi_env env, const char* what);
  // A digest by its name, of a string; null with an exception pending.
  const void* Digest(napi_env env, napi_value name) const;
  // Whether there is a digest of that name; of what is no string there is none.
  bool Knows(napi_env env, napi_value name) const;

 private:
  bool Resolve(void* handle);
};

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_OPENSSL_H_
