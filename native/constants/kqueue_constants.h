// The EVFILT_*, EV_* and NOTE_* of this system's sys/event.h.
#ifndef RAWLOOP_KQUEUE_CONSTANTS_H_
#define RAWLOOP_KQUEUE_CONSTANTS_H_

#include <node_api.h>

namespace rawloop {

// Adds them to `exports.constants`, which is there already.
void AddKqueueConstants(napi_env env, napi_value exports);

}  // namespace rawloop

#endif  // RAWLOOP_KQUEUE_CONSTANTS_H_
