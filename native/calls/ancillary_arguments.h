// The `ancillary` of a message that is sent: `{ fds?, credentials?, pktinfo?,
// ttl?, tos?, segmentBytes?, raw? }`. See cmsg(3).
#ifndef RAWLOOP_CALLS_ANCILLARY_ARGUMENTS_H_
#define RAWLOOP_CALLS_ANCILLARY_ARGUMENTS_H_

#include <node_api.h>

#include <vector>

#include "os/ancillary.h"

namespace rawloop {

// Read, but with no pointer into JavaScript's memory taken yet.
struct AncillaryArguments {
  // A record whose bytes are the caller's.
  struct Record {
    int level;
    int type;
    napi_value data;
  };

  ControlValues values;
  // `pktinfo` is there; its family is the message's if `values` has none.
  bool has_packet = false;
  std::vector<int> fds;
  std::vector<Record> records;

  // 0, or a negative errno that the caller returns; 1 with an exception
  // pending. Runs user code.
  int Read(napi_env env, napi_value value);
  // Whether something in it depends on the message's family.
  bool AsksForFamily() const;
  // The whole of it; `out` borrows from this. As Read, but without user code.
  int Take(napi_env env, int family, ControlToSend* out) const;
};

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_ANCILLARY_ARGUMENTS_H_
