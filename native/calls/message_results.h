// Messages that came, as JavaScript sees them: `{ bytes, address, flags,
// ancillary }`.
#ifndef RAWLOOP_CALLS_MESSAGE_RESULTS_H_
#define RAWLOOP_CALLS_MESSAGE_RESULTS_H_

#include <node_api.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

#include "os/ancillary.h"

namespace rawloop {

// What stands for an address: undefined where the kernel named none.
napi_value WriteSender(napi_env env, const void* address, socklen_t size);

// A message that recvmsg(2) filled, and what ParseControl made of it. In two
// steps, for all messages of a call one after the other: descriptors go to
// their new owner when nothing can fail any more, and are closed with `control`
// when something did.
struct ReceivedMessage {
  int64_t bytes = 0;
  msghdr header{};
  ReceivedControl control;
  napi_value ancillary = nullptr;

  // All but the descriptors.
  napi_value Write(napi_env env);
  // Makes the descriptors this environment's, and adds them to what Write made.
  void GiveDescriptors(napi_env env);
};

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_MESSAGE_RESULTS_H_
