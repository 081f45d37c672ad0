// The requests for macOS and the BSDs, whose kernels copy as many bytes as the
// number says, whoever's request it is: the list says which of them hold no
// address. See ioctl_requests.h, tty(4), netintro(4).
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/sockio.h>
#include <termios.h>

#include <cstdint>

#include "calls/ioctl_requests.h"

namespace rawloop {
namespace {

constexpr unsigned long kRequests[] = {
    FIONREAD,
    FIONBIO,
    // Terminals.
    TIOCGETA,
    TIOCSETA,
    TIOCSETAW,
    TIOCSETAF,
    TIOCGWINSZ,
    TIOCSWINSZ,
    TIOCGPGRP,
    TIOCSPGRP,
    TIOCOUTQ,
    TIOCMGET,
    TIOCMSET,
    TIOCMBIS,
    TIOCMBIC,
    TIOCPKT,
    TIOCFLUSH,
    TIOCEXCL,
    TIOCNXCL,
    TIOCSCTTY,
    TIOCNOTTY,
    TIOCSBRK,
    TIOCCBRK,
    TIOCDRAIN,
    TIOCSTART,
    TIOCSTOP,
    // Sockets and interfaces: a struct ifreq.
    SIOCATMARK,
    SIOCGIFFLAGS,
    SIOCSIFFLAGS,
    SIOCGIFADDR,
    SIOCGIFDSTADDR,
    SIOCGIFBRDADDR,
    SIOCGIFNETMASK,
    SIOCGIFMTU,
    SIOCSIFMTU,
    SIOCGIFMETRIC,
};

// One that reads an int.
bool ReadsInt(uint32_t request) {
  return (request & IOC_DIRMASK) == IOC_IN &&
         IOCPARM_LEN(request) == sizeof(int);
}

}  // namespace

IoctlRequest FindIoctl(uint32_t request) {
  for (unsigned long known : kRequests) {
    if (request != static_cast<uint32_t>(known)) continue;
    if ((request & IOC_DIRMASK) == IOC_VOID) {
      return {IoctlArgument::kNothing, 0};
    }
    auto bytes = static_cast<uint32_t>(IOCPARM_LEN(request));
    return {ReadsInt(request) ? IoctlArgument::kInt : IoctlArgument::kBytes,
            bytes};
  }
  return {IoctlArgument::kUnknown, 0};
}

}  // namespace rawloop
