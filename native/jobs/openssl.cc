#include "jobs/openssl.h"

#include <dlfcn.h>

#include <cstring>
#include <initializer_list>
#include <string>

#include "core/args.h"

namespace rawloop {

namespace {

constexpr uint64_t kNoAtexit = 0x00080000;  // OPENSSL_INIT_NO_ATEXIT
using InitFunction = int (*)(uint64_t options, const void* settings);

bool IsString(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_string;
}

// What begins a string, up to 59 bytes of it. False for what is no digest's
// name: no string, one with a zero byte, one that is longer.
bool ReadName(napi_env env, napi_value value, std::string* name) {
  char text[64];
  size_t size;
  if (napi_get_value_string_utf8(env, value, text, sizeof(text), &size) !=
      napi_ok) {
    return false;
  }
  *name = text;
  return size < sizeof(text) - 4 && name->size() == size;
}

}  // namespace

bool OpenSsl::Resolve(void* handle) {
  pbkdf2 = reinterpret_cast<Pbkdf2Function>(dlsym(handle, "PKCS5_PBKDF2_HMAC"));
  digest =
      reinterpret_cast<DigestFunction>(dlsym(handle, "EVP_get_digestbyname"));
  scrypt = reinterpret_cast<ScryptFunction>(dlsym(handle, "EVP_PBE_scrypt"));
  random = reinterpret_cast<RandomFunction>(dlsym(handle, "RAND_bytes"));
  hash = reinterpret_cast<HashFunction>(dlsym(handle, "EVP_Digest"));
  return pbkdf2 != nullptr && digest != nullptr && scrypt != nullptr &&
         random != nullptr && hash != nullptr;
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

bool OpenSsl::FindFor(napi_env env, const char* what) {
  if (Find()) return true;
  std::string message =
      std::string(what) +
      " needs OpenSSL's libcrypto: the host exports none, and neither "
      "libcrypto.so.3 nor libcrypto.so.1.1 is installed";
  Throw(env, napi_create_error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
        message.c_str());
  return false;
}

bool OpenSsl::Knows(napi_env env, napi_value value) const {
  std::string name;
  return ReadName(env, value, &name) && digest(name.c_str()) != nullptr;
}

const void* OpenSsl::Digest(napi_env env, napi_value value) const {
  std::string name;
  const bool whole = ReadName(env, value, &name);
  const void* found = whole ? digest(name.c_str()) : nullptr;
  if (found != nullptr) return found;
  if (!IsString(env, value)) {
    ThrowType(env, "digest", "of type string");
    return nullptr;
  }
  name.insert(0, "Invalid digest: ");
  Throw(env, napi_create_type_error, "ERR_CRYPTO_INVALID_DIGEST", name.c_str());
  return nullptr;
}

}  // namespace rawloop
