// No call of this system moves bytes from one socket to another, so that a
// relay copies them: no slot names a flow. See lib/relay/relay.ts.
#include "core/absent.h"
#include "core/module.h"
#include "stream/relay.h"

namespace rawloop {

void MoveFlows(const Table<ReadyRecord>&, uint32_t, uint32_t,
               const Table<Slot>&, const Table<Flow>&, const Table<Pipes>&,
               ReadResult*) {}

namespace {

void RegisterRelay(napi_env env, napi_value exports) {
  const Function functions[] = {{"moveFlow", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterRelay);

}  // namespace
}  // namespace rawloop
