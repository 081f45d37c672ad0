// The parts of the addon: each adds its functions to the exports of one
// environment. To add a part: a Register function here, a call in addon.cc,
// the file in binding.gyp and CMakeLists.txt.
#ifndef RAWLOOP_MODULES_H_
#define RAWLOOP_MODULES_H_

#include <node_api.h>

namespace rawloop {

void RegisterConstants(napi_env env, napi_value exports);
void RegisterDescriptors(napi_env env, napi_value exports);
void RegisterVectored(napi_env env, napi_value exports);
void RegisterWaker(napi_env env, napi_value exports);
void RegisterSockets(napi_env env, napi_value exports);
void RegisterSocketOptions(napi_env env, napi_value exports);
void RegisterEpoll(napi_env env, napi_value exports);
void RegisterEventfd(napi_env env, napi_value exports);
void RegisterFileWatch(napi_env env, napi_value exports);
void RegisterKqueue(napi_env env, napi_value exports);
void RegisterKqueuePoller(napi_env env, napi_value exports);
void RegisterCrossing(napi_env env, napi_value exports);
void RegisterSendNow(napi_env env, napi_value exports);
void RegisterSignals(napi_env env, napi_value exports);
void RegisterProcess(napi_env env, napi_value exports);
void RegisterForkMark(napi_env env, napi_value exports);
void RegisterHostLoop(napi_env env, napi_value exports);
void RegisterPool(napi_env env, napi_value exports);
void RegisterFsJobs(napi_env env, napi_value exports);
void RegisterCryptoJobs(napi_env env, napi_value exports);
void RegisterThreadServer(napi_env env, napi_value exports);

}  // namespace rawloop

#endif  // RAWLOOP_MODULES_H_
