// Cryptographic requests on the pool: submitCrypto, and the number of each
// operation.
#include "jobs/crypto.h"

#include "core/module.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr Operation kOperations[] = {{"pbkdf2", MakePbkdf2}};

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

}  // namespace rawloop
