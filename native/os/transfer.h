// recv(2) and send(2) for descriptors that do not block. The C library's own
// are points where a thread may be cancelled: in a process with several threads
// each call sets and clears that mark with atomic instructions, which costs
// more than all that is done here with the bytes. Nobody cancels threads here,
// and a call that returns at once is no place to wait for it. Linux; elsewhere,
// and where the kernel has one call for all sockets (x86 with 32 bits), the
// library's.
#ifndef RAWLOOP_OS_TRANSFER_H_
#define RAWLOOP_OS_TRANSFER_H_

#include <sys/socket.h>
#include <sys/types.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace rawloop {

inline ssize_t ReceiveNow(int fd, void* data, size_t size, int flags) {
#if defined(__linux__) && defined(SYS_recvfrom) && defined(__LP64__)
  return syscall(SYS_recvfrom, fd, data, size, flags | MSG_DONTWAIT, nullptr,
                 nullptr);
#else
  return recv(fd, data, size, flags | MSG_DONTWAIT);
#endif
}

// As ReceiveNow, and who sent it. `*name_size`: the room, then what there is.
inline ssize_t ReceiveFromNow(int fd, void* data, size_t size, int flags,
                              sockaddr* name, socklen_t* name_size) {
#if defined(__linux__) && defined(SYS_recvfrom) && defined(__LP64__)
  return syscall(SYS_recvfrom, fd, data, size, flags | MSG_DONTWAIT, name,
                 name_size);
#else
  return recvfrom(fd, data, size, flags | MSG_DONTWAIT, name, name_size);
#endif
}

// As ReceiveNow; recvmsg(2).
inline ssize_t ReceiveMessageNow(int fd, msghdr* message, int flags) {
#if defined(__linux__) && defined(SYS_recvmsg) && defined(__LP64__)
  return syscall(SYS_recvmsg, fd, message, flags | MSG_DONTWAIT);
#else
  return recvmsg(fd, message, flags | MSG_DONTWAIT);
#endif
}

inline ssize_t SendNow(int fd, const void* data, size_t size, int flags) {
#if defined(__linux__) && defined(SYS_sendto) && defined(__LP64__)
  return syscall(SYS_sendto, fd, data, size, flags | MSG_DONTWAIT, nullptr, 0);
#else
  return send(fd, data, size, flags | MSG_DONTWAIT);
#endif
}

// As SendNow, to `name`; null: where it is connected to.
inline ssize_t SendToNow(int fd, const void* data, size_t size, int flags,
                         const sockaddr* name, socklen_t name_size) {
#if defined(__linux__) && defined(SYS_sendto) && defined(__LP64__)
  return syscall(SYS_sendto, fd, data, size, flags | MSG_DONTWAIT, name,
                 name_size);
#else
  return sendto(fd, data, size, flags | MSG_DONTWAIT, name, name_size);
#endif
}

}  // namespace rawloop

#endif  // RAWLOOP_OS_TRANSFER_H_
