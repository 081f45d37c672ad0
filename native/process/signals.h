// Where the signals that one event loop watches arrive. A port has a descriptor
// that the loop's poller watches, and the signals that came, in order.
//
//   signals_libuv.cc    on a host with libuv: a private loop of libuv's, which
//                       shares the host's dispatcher
//   signals_handler.cc  elsewhere: a pipe that our own handler writes to
#ifndef RAWLOOP_PROCESS_SIGNALS_H_
#define RAWLOOP_PROCESS_SIGNALS_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

class SignalPort {
 public:
  virtual ~SignalPort() = default;

  // Readable when a signal came.
  virtual int fd() const = 0;
  // Each once at a time. 0 or -errno.
  virtual int Watch(int signal) = 0;
  virtual void Unwatch(int signal) = 0;
  // 0 or -errno. See SignalTable.
  virtual int Renew(int signal) = 0;
  // The next signals that came, at most `size`; how many. 0: there are none,
  // and the descriptor is not readable.
  virtual size_t Take(uint8_t* out, size_t size) = 0;
};

// Null, and `*error` a negative errno, or 0 when this host has no libuv.
SignalPort* OpenLibuvSignals(int* error);
SignalPort* OpenHandlerSignals(int* error);

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SIGNALS_H_
