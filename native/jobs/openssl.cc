#include "jobs/openssl.h"

#include <dlfcn.h>

#include <initializer_list>

namespace rawloop {

namespace {

constexpr uint64_t kNoAtexit = 0x00080000;  // OPENSSL_INIT_NO_ATEXIT
using InitFunction = int (*)(uint64_t options, const void* settings);

}  // namespace

bool OpenSsl::Resolve(void* handle) {
  pbkdf2 = reinterpret_cast<Pbkdf2Function>(dlsym(handle, "PKCS5_PBKDF2_HMAC"));
  digest =
      reinterpret_cast<DigestFunction>(dlsym(handle, "EVP_get_digestbyname"));
  return pbkdf2 != nullptr && digest != nullptr;
}

bool OpenSsl::Find() {
  if (Resolve(RTLD_DEFAULT)) return true;
  for (const char* name : {"libcrypto.so.3", "libcrypto.so.1.1"}) {
    // Never closed: threads of other environments may be inside.
    void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) continue;
    // At exit(3) the library must not be taken down before the pool's threads
    // have been joined.
    auto init =
        reinterpret_cast<InitFunction>(dlsym(handle, "OPENSSL_init_crypto"));
    if (init != nullptr) init(kNoAtexit, nullptr);
    if (Resolve(handle)) return true;
  }
  return false;
}

}  // namespace rawloop
