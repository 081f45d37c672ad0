// Cryptographic requests on the pool: submitCrypto, and the number of each
// operation. hasOpenSsl(digest) says whether the host has an OpenSSL for them,
// which knows that digest unless it is undefined.
#include "jobs/crypto.h"

#include "core/module.h"
#include "jobs/openssl.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr Operation kOperations[] = {
    {"pbkdf2", MakePbkdf2},
    {"scrypt", MakeScrypt},
    {"randomBytes", MakeRandomBytes},
    {"hash", MakeHash},
};

napi_value SubmitCrypto(napi_env env, napi_callback_info info) {
  return SubmitOperation(env, info, kOperations);
}

napi_value HasOpenSsl(napi_env env, napi_callback_info info) {
  Args args(env, info);
  OpenSsl library;
  napi_valuetype type;
  napi_typeof(env, args.at(0), &type);
  const bool has = library.Find() &&
                   (type == napi_undefined || library.Knows(env, args.at(0)));
  napi_value result;
  napi_get_boolean(env, has, &result);
  return result;
}

void RegisterCryptoJobs(napi_env env, napi_value exports) {
  const Function functions[] = {{"hasOpenSsl", Guarded<HasOpenSsl>},
                                {"submitCrypto", Guarded<SubmitCrypto>}};
  Export(env, exports, functions);
  Define(env, exports, "cryptoOperations", OperationNumbers(env, kOperations));
}
RAWLOOP_MODULE(RegisterCryptoJobs);

}  // namespace

bool AllocateKey(napi_env env, Scratch* key, size_t size) {
  if (key->Allocate(size)) return true;
  Throw(env, napi_create_error, "ERR_MEMORY_ALLOCATION_FAILED",
        "There is not enough memory for a key of this length");
  return false;
}

}  // namespace rawloop
