// The OpenSSL that the host brings along. It is looked up at run time, so that
// the addon loads in hosts without one. See dlsym(3), PKCS5_PBKDF2_HMAC(3).
#ifndef RAWLOOP_JOBS_OPENSSL_H_
#define RAWLOOP_JOBS_OPENSSL_H_

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

struct OpenSsl {
  Pbkdf2Function pbkdf2 = nullptr;
  DigestFunction digest = nullptr;

  // False when there is none. dlsym(3) and dlopen(3) of a library that is
  // loaded already cost microseconds, against milliseconds for a key: nothing
  // is kept, and no state is shared.
  bool Find();

 private:
  bool Resolve(void* handle);
};

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_OPENSSL_H_
