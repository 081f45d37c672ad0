// A system call that is made again when a signal interrupts it: nothing was
// done then. Not for close(2), nor where the caller has a deadline. See
// signal(7), "Interruption of system calls".
#ifndef RAWLOOP_CORE_RETRIED_H_
#define RAWLOOP_CORE_RETRIED_H_

#include <cerrno>

namespace rawloop {

// What `call` returns, and errno with it.
template <typename Call>
auto Retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace rawloop

#endif  // RAWLOOP_CORE_RETRIED_H_
