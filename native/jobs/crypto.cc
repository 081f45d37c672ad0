// Cryptographic requests on the pool: submitCrypto, and the number of each
// operation.
#include "jobs/crypto.h"

#include "core/module.h"
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

void RegisterCryptoJobs(napi_env env, napi_value exports) {
  const Function functions[] = {{"submitCrypto", Guarded<SubmitCrypto>}};
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
