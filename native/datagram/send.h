// What a crossing sends of datagrams; see send.cc.
#ifndef RAWLOOP_DATAGRAM_SEND_H_
#define RAWLOOP_DATAGRAM_SEND_H_

#include <cstddef>
#include <cstdint>

#include "core/args.h"
#include "datagram/layout.h"
#include "stream/batch.h"

namespace rawloop {

// Sends every chain of departures, leaves each one's result in it and clears
// the slots' marks. One that the kernel refuses for itself does not keep the
// others from being sent; one that it has no room for does, for those of its
// socket. Returns how many were not sent, or told of an earlier one; -1, with
// nothing sent, when a record leads out of the tables.
int32_t SendDepartures(const Table<Departure>& departures,
                       const Table<Peer>& peers, const Table<Slot>& slots,
                       const Span& out);

// Whether a refusal is of all datagrams of the socket for now, not of one.
bool IsForNow(int error);

// Whether a refusal may tell of an earlier datagram instead of the one that was
// to be sent: what is told so was not sent, and may be again.
bool MayBeEarlier(int error);

}  // namespace rawloop

#endif  // RAWLOOP_DATAGRAM_SEND_H_
