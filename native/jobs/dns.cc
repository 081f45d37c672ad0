// Name look-ups on the pool: submitDns, and the number of each operation.
#include "jobs/dns.h"

#include <netdb.h>

#include <cerrno>
#include <cstdlib>

#include "core/module.h"
#include "pool/family.h"

namespace rawloop {

int32_t LookupStatus(int error) {
  if (error == 0) return 0;
  if (error != EAI_SYSTEM) return kLookupErrorBase - abs(error);
  // Some plug-ins say so and leave errno alone.
  return errno == 0 ? kLookupErrorBase - abs(EAI_FAIL) : -errno;
}

namespace {

constexpr Operation kOperations[] = {{"lookup", MakeLookup},
                                     {"lookupService", MakeLookupService}};

napi_value SubmitDns(napi_env env, napi_callback_info info) {
  return SubmitOperation(env, info, kOperations);
}

void RegisterDnsJobs(napi_env env, napi_value exports) {
  const Function functions[] = {{"submitDns", Guarded<SubmitDns>}};
  Export(env, exports, functions);
  Define(env, exports, "dnsOperations", OperationNumbers(env, kOperations));
}
RAWLOOP_MODULE(RegisterDnsJobs);

}  // namespace

}  // namespace rawloop
