// Messages from JavaScript, for sendmsg, recvmsg and their like. Reading one
// takes two steps: first all that may run user code, of all messages of a call;
// then the pointers, with no user code between them and the system call.
#ifndef RAWLOOP_CALLS_MESSAGE_ARGUMENTS_H_
#define RAWLOOP_CALLS_MESSAGE_ARGUMENTS_H_

#include <node_api.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calls/address.h"
#include "calls/ancillary_arguments.h"
#include "os/ancillary.h"

namespace rawloop {

// `{ buffers, address?, ancillary? }`
class MessageToSend {
 public:
  // 0, or a negative errno that the caller returns; 1 with an exception
  // pending. Runs user code.
  int Read(napi_env env, napi_value value);
  // As Read, but without user code. `fd` tells of which family TTL and TOS are,
  // where the address does not.
  int Take(napi_env env, int fd);
  // What sendmsg(2) takes. Borrows from this.
  msghdr Header();

 private:
  std::vector<napi_value> buffers_;
  std::vector<iovec> parts_;
  Address address_;
  bool has_address_ = false;
  AncillaryArguments ancillary_;
  ControlBytes control_;
};

// `{ buffers, maxFds?, controlBytes? }`
class MessageRoom {
 public:
  // False with an exception pending. Runs user code.
  bool Read(napi_env env, napi_value value);
  // False with an exception pending. Runs no user code.
  bool Take(napi_env env);
  // What recvmsg(2) fills. Borrows from this.
  msghdr Header();

  size_t max_fds() const { return max_fds_; }

 private:
  std::vector<napi_value> buffers_;
  std::vector<iovec> parts_;
  Address address_;
  size_t max_fds_ = 0;
  size_t control_bytes_ = 0;
  std::vector<uint8_t> control_;
};

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_MESSAGE_ARGUMENTS_H_
