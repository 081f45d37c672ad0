// Every constant of the raw interface that this platform defines, as a table: a
// name that the headers lack is left out. The longest lists of the addon, so
// they stand apart from the calls.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>

#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif

#include "core/args.h"
#include "core/modules.h"
#include "os/opening.h"

namespace rawloop {
namespace {

struct Constant {
  const char* name;
  double value;
};

// clang-format off
const Constant kConstants[] = {
    // Events: epoll_ctl(2), eventfd(2)
#ifdef EPOLLIN
    {"EPOLLIN", static_cast<double>(EPOLLIN)},
#endif
#ifdef EPOLLPRI
    {"EPOLLPRI", static_cast<double>(EPOLLPRI)},
#endif
#ifdef EPOLLOUT
    {"EPOLLOUT", static_cast<double>(EPOLLOUT)},
#endif
#ifdef EPOLLRDNORM
    {"EPOLLRDNORM", static_cast<double>(EPOLLRDNORM)},
#endif
#ifdef EPOLLRDBAND
    {"EPOLLRDBAND", static_cast<double>(EPOLLRDBAND)},
#endif
#ifdef EPOLLWRNORM
    {"EPOLLWRNORM", static_cast<double>(EPOLLWRNORM)},
#endif
#ifdef EPOLLWRBAND
    {"EPOLLWRBAND", static_cast<double>(EPOLLWRBAND)},
#endif
#ifdef EPOLLMSG
    {"EPOLLMSG", static_cast<double>(EPOLLMSG)},
#endif
#ifdef EPOLLERR
    {"EPOLLERR", static_cast<double>(EPOLLERR)},
#endif
#ifdef EPOLLHUP
    {"EPOLLHUP", static_cast<double>(EPOLLHUP)},
#endif
#ifdef EPOLLRDHUP
    {"EPOLLRDHUP", static_cast<double>(EPOLLRDHUP)},
#endif
#ifdef EPOLLEXCLUSIVE
    {"EPOLLEXCLUSIVE", static_cast<double>(EPOLLEXCLUSIVE)},
#endif
#ifdef EPOLLWAKEUP
    {"EPOLLWAKEUP", static_cast<double>(EPOLLWAKEUP)},
#endif
#ifdef EPOLLONESHOT
    {"EPOLLONESHOT", static_cast<double>(EPOLLONESHOT)},
#endif
#ifdef EPOLLET
    {"EPOLLET", static_cast<double>(EPOLLET)},
#endif
#ifdef EPOLL_CLOEXEC
    {"EPOLL_CLOEXEC", static_cast<double>(EPOLL_CLOEXEC)},
#endif
#ifdef EPOLL_CTL_ADD
    {"EPOLL_CTL_ADD", static_cast<double>(EPOLL_CTL_ADD)},
#endif
#ifdef EPOLL_CTL_MOD
    {"EPOLL_CTL_MOD", static_cast<double>(EPOLL_CTL_MOD)},
#endif
#ifdef EPOLL_CTL_DEL
    {"EPOLL_CTL_DEL", static_cast<double>(EPOLL_CTL_DEL)},
#endif
#ifdef EFD_CLOEXEC
    {"EFD_CLOEXEC", static_cast<double>(EFD_CLOEXEC)},
#endif
#ifdef EFD_NONBLOCK
    {"EFD_NONBLOCK", static_cast<double>(EFD_NONBLOCK)},
#endif
#ifdef EFD_SEMAPHORE
    {"EFD_SEMAPHORE", static_cast<double>(EFD_SEMAPHORE)},
#endif
#ifdef POLLIN
    {"POLLIN", static_cast<double>(POLLIN)},
#endif
#ifdef POLLPRI
    {"POLLPRI", static_cast<double>(POLLPRI)},
#endif
#ifdef POLLOUT
    {"POLLOUT", static_cast<double>(POLLOUT)},
#endif
#ifdef POLLERR
    {"POLLERR", static_cast<double>(POLLERR)},
#endif
#ifdef POLLHUP
    {"POLLHUP", static_cast<double>(POLLHUP)},
#endif
#ifdef POLLNVAL
    {"POLLNVAL", static_cast<double>(POLLNVAL)},
#endif
#ifdef POLLRDHUP
    {"POLLRDHUP", static_cast<double>(POLLRDHUP)},
#endif
    // Sockets: socket(2)
#ifdef AF_UNSPEC
    {"AF_UNSPEC", static_cast<double>(AF_UNSPEC)},
#endif
#ifdef AF_UNIX
    {"AF_UNIX", static_cast<double>(AF_UNIX)},
#endif
#ifdef AF_LOCAL
    {"AF_LOCAL", static_cast<double>(AF_LOCAL)},
#endif
#ifdef AF_INET
    {"AF_INET", static_cast<double>(AF_INET)},
#endif
#ifdef AF_INET6
    {"AF_INET6", static_cast<double>(AF_INET6)},
#endif
#ifdef AF_NETLINK
    {"AF_NETLINK", static_cast<double>(AF_NETLINK)},
#endif
#ifdef AF_PACKET
    {"AF_PACKET", static_cast<double>(AF_PACKET)},
#endif
#ifdef AF_VSOCK
    {"AF_VSOCK", static_cast<double>(AF_VSOCK)},
#endif
#ifdef AF_CAN
    {"AF_CAN", static_cast<double>(AF_CAN)},
#endif
#ifdef AF_BLUETOOTH
    {"AF_BLUETOOTH", static_cast<double>(AF_BLUETOOTH)},
#endif
#ifdef AF_ALG
    {"AF_ALG", static_cast<double>(AF_ALG)},
#endif
#ifdef AF_XDP
    {"AF_XDP", static_cast<double>(AF_XDP)},
#endif
#ifdef SOCK_STREAM
    {"SOCK_STREAM", static_cast<double>(SOCK_STREAM)},
#endif
#ifdef SOCK_DGRAM
    {"SOCK_DGRAM", static_cast<double>(SOCK_DGRAM)},
#endif
#ifdef SOCK_RAW
    {"SOCK_RAW", static_cast<double>(SOCK_RAW)},
#endif
#ifdef SOCK_RDM
    {"SOCK_RDM", static_cast<double>(SOCK_RDM)},
#endif
#ifdef SOCK_SEQPACKET
    {"SOCK_SEQPACKET", static_cast<double>(SOCK_SEQPACKET)},
#endif
    {"SOCK_NONBLOCK", static_cast<double>(kSockNonblock)},
    {"SOCK_CLOEXEC", static_cast<double>(kSockCloexec)},
#ifdef SOMAXCONN
    {"SOMAXCONN", static_cast<double>(SOMAXCONN)},
#endif
#ifdef SHUT_RD
    {"SHUT_RD", static_cast<double>(SHUT_RD)},
#endif
#ifdef SHUT_WR
    {"SHUT_WR", static_cast<double>(SHUT_WR)},
#endif
#ifdef SHUT_RDWR
    {"SHUT_RDWR", static_cast<double>(SHUT_RDWR)},
#endif
    // Socket options: socket(7)
#ifdef SOL_SOCKET
    {"SOL_SOCKET", static_cast<double>(SOL_SOCKET)},
#endif
#ifdef SO_ACCEPTCONN
    {"SO_ACCEPTCONN", static_cast<double>(SO_ACCEPTCONN)},
#endif
#ifdef SO_ATTACH_BPF
    {"SO_ATTACH_BPF", static_cast<double>(SO_ATTACH_BPF)},
#endif
#ifdef SO_ATTACH_FILTER
    {"SO_ATTACH_FILTER", static_cast<double>(SO_ATTACH_FILTER)},
#endif
#ifdef SO_BINDTODEVICE
    {"SO_BINDTODEVICE", static_cast<double>(SO_BINDTODEVICE)},
#endif
#ifdef SO_BINDTOIFINDEX
    {"SO_BINDTOIFINDEX", static_cast<double>(SO_BINDTOIFINDEX)},
#endif
#ifdef SO_BROADCAST
    {"SO_BROADCAST", static_cast<double>(SO_BROADCAST)},
#endif
#ifdef SO_BUSY_POLL
    {"SO_BUSY_POLL", static_cast<double>(SO_BUSY_POLL)},
#endif
#ifdef SO_COOKIE
    {"SO_COOKIE", static_cast<double>(SO_COOKIE)},
#endif
#ifdef SO_DEBUG
    {"SO_DEBUG", static_cast<double>(SO_DEBUG)},
#endif
#ifdef SO_DETACH_FILTER
    {"SO_DETACH_FILTER", static_cast<double>(SO_DETACH_FILTER)},
#endif
#ifdef SO_DOMAIN
    {"SO_DOMAIN", static_cast<double>(SO_DOMAIN)},
#endif
#ifdef SO_DONTROUTE
    {"SO_DONTROUTE", static_cast<double>(SO_DONTROUTE)},
#endif
#ifdef SO_ERROR
    {"SO_ERROR", static_cast<double>(SO_ERROR)},
#endif
#ifdef SO_INCOMING_CPU
    {"SO_INCOMING_CPU", static_cast<double>(SO_INCOMING_CPU)},
#endif
#ifdef SO_INCOMING_NAPI_ID
    {"SO_INCOMING_NAPI_ID", static_cast<double>(SO_INCOMING_NAPI_ID)},
#endif
#ifdef SO_KEEPALIVE
    {"SO_KEEPALIVE", static_cast<double>(SO_KEEPALIVE)},
#endif
#ifdef SO_LINGER
    {"SO_LINGER", static_cast<double>(SO_LINGER)},
#endif
#ifdef SO_LOCK_FILTER
    {"SO_LOCK_FILTER", static_cast<double>(SO_LOCK_FILTER)},
#endif
#ifdef SO_MARK
    {"SO_MARK", static_cast<double>(SO_MARK)},
#endif
#ifdef SO_MAX_PACING_RATE
    {"SO_MAX_PACING_RATE", static_cast<double>(SO_MAX_PACING_RATE)},
#endif
#ifdef SO_MEMINFO
    {"SO_MEMINFO", static_cast<double>(SO_MEMINFO)},
#endif
#ifdef SO_NO_CHECK
    {"SO_NO_CHECK", static_cast<double>(SO_NO_CHECK)},
#endif
#ifdef SO_NOSIGPIPE
    {"SO_NOSIGPIPE", static_cast<double>(SO_NOSIGPIPE)},
#endif
#ifdef SO_OOBINLINE
    {"SO_OOBINLINE", static_cast<double>(SO_OOBINLINE)},
#endif
#ifdef SO_PASSCRED
    {"SO_PASSCRED", static_cast<double>(SO_PASSCRED)},
#endif
#ifdef SO_PASSSEC
    {"SO_PASSSEC", static_cast<double>(SO_PASSSEC)},
#endif
#ifdef SO_PEEK_OFF
    {"SO_PEEK_OFF", static_cast<double>(SO_PEEK_OFF)},
#endif
#ifdef SO_PEERCRED
    {"SO_PEERCRED", static_cast<double>(SO_PEERCRED)},
#endif
#ifdef SO_PEERGROUPS
    {"SO_PEERGROUPS", static_cast<double>(SO_PEERGROUPS)},
#endif
#ifdef SO_PEERSEC
    {"SO_PEERSEC", static_cast<double>(SO_PEERSEC)},
#endif
#ifdef SO_PREFER_BUSY_POLL
    {"SO_PREFER_BUSY_POLL", static_cast<double>(SO_PREFER_BUSY_POLL)},
#endif
#ifdef SO_PRIORITY
    {"SO_PRIORITY", static_cast<double>(SO_PRIORITY)},
#endif
#ifdef SO_PROTOCOL
    {"SO_PROTOCOL", static_cast<double>(SO_PROTOCOL)},
#endif
#ifdef SO_RCVBUF
    {"SO_RCVBUF", static_cast<double>(SO_RCVBUF)},
#endif
#ifdef SO_RCVBUFFORCE
    {"SO_RCVBUFFORCE", static_cast<double>(SO_RCVBUFFORCE)},
#endif
#ifdef SO_RCVLOWAT
    {"SO_RCVLOWAT", static_cast<double>(SO_RCVLOWAT)},
#endif
#ifdef SO_RCVTIMEO
    {"SO_RCVTIMEO", static_cast<double>(SO_RCVTIMEO)},
#endif
#ifdef SO_REUSEADDR
    {"SO_REUSEADDR", static_cast<double>(SO_REUSEADDR)},
#endif
#ifdef SO_REUSEPORT
    {"SO_REUSEPORT", static_cast<double>(SO_REUSEPORT)},
#endif
#ifdef SO_REUSEPORT_LB
    {"SO_REUSEPORT_LB", static_cast<double>(SO_REUSEPORT_LB)},
#endif
#ifdef SO_RXQ_OVFL
    {"SO_RXQ_OVFL", static_cast<double>(SO_RXQ_OVFL)},
#endif
#ifdef SO_SNDBUF
    {"SO_SNDBUF", static_cast<double>(SO_SNDBUF)},
#endif
#ifdef SO_SNDBUFFORCE
    {"SO_SNDBUFFORCE", static_cast<double>(SO_SNDBUFFORCE)},
#endif
#ifdef SO_SNDLOWAT
    {"SO_SNDLOWAT", static_cast<double>(SO_SNDLOWAT)},
#endif
#ifdef SO_SNDTIMEO
    {"SO_SNDTIMEO", static_cast<double>(SO_SNDTIMEO)},
#endif
#ifdef SO_TIMESTAMP
    {"SO_TIMESTAMP", static_cast<double>(SO_TIMESTAMP)},
#endif
#ifdef SO_TIMESTAMPING
    {"SO_TIMESTAMPING", static_cast<double>(SO_TIMESTAMPING)},
#endif
#ifdef SO_TIMESTAMPNS
    {"SO_TIMESTAMPNS", static_cast<double>(SO_TIMESTAMPNS)},
#endif
#ifdef SO_TXTIME
    {"SO_TXTIME", static_cast<double>(SO_TXTIME)},
#endif
#ifdef SO_TYPE
    {"SO_TYPE", static_cast<double>(SO_TYPE)},
#endif
#ifdef SO_USELOOPBACK
    {"SO_USELOOPBACK", static_cast<double>(SO_USELOOPBACK)},
#endif
#ifdef SO_WIFI_STATUS
    {"SO_WIFI_STATUS", static_cast<double>(SO_WIFI_STATUS)},
#endif
#ifdef SO_ZEROCOPY
    {"SO_ZEROCOPY", static_cast<double>(SO_ZEROCOPY)},
#endif
#ifdef SCM_RIGHTS
    {"SCM_RIGHTS", static_cast<double>(SCM_RIGHTS)},
#endif
#ifdef SCM_CREDENTIALS
    {"SCM_CREDENTIALS", static_cast<double>(SCM_CREDENTIALS)},
#endif
#ifdef SCM_TIMESTAMP
    {"SCM_TIMESTAMP", static_cast<double>(SCM_TIMESTAMP)},
#endif
    // TCP: tcp(7)
#ifdef SOL_TCP
    {"SOL_TCP", static_cast<double>(SOL_TCP)},
#endif
#ifdef IPPROTO_TCP
    {"IPPROTO_TCP", static_cast<double>(IPPROTO_TCP)},
#endif
#ifdef TCP_CC_INFO
    {"TCP_CC_INFO", static_cast<double>(TCP_CC_INFO)},
#endif
#ifdef TCP_CONGESTION
    {"TCP_CONGESTION", static_cast<double>(TCP_CONGESTION)},
#endif
#ifdef TCP_CORK
    {"TCP_CORK", static_cast<double>(TCP_CORK)},
#endif
#ifdef TCP_DEFER_ACCEPT
    {"TCP_DEFER_ACCEPT", static_cast<double>(TCP_DEFER_ACCEPT)},
#endif
#ifdef TCP_FASTOPEN
    {"TCP_FASTOPEN", static_cast<double>(TCP_FASTOPEN)},
#endif
#ifdef TCP_FASTOPEN_CONNECT
    {"TCP_FASTOPEN_CONNECT", static_cast<double>(TCP_FASTOPEN_CONNECT)},
#endif
#ifdef TCP_FASTOPEN_KEY
    {"TCP_FASTOPEN_KEY", static_cast<double>(TCP_FASTOPEN_KEY)},
#endif
#ifdef TCP_FASTOPEN_NO_COOKIE
    {"TCP_FASTOPEN_NO_COOKIE", static_cast<double>(TCP_FASTOPEN_NO_COOKIE)},
#endif
#ifdef TCP_INFO
    {"TCP_INFO", static_cast<double>(TCP_INFO)},
#endif
#ifdef TCP_INQ
    {"TCP_INQ", static_cast<double>(TCP_INQ)},
#endif
#ifdef TCP_KEEPALIVE
    {"TCP_KEEPALIVE", static_cast<double>(TCP_KEEPALIVE)},
#endif
#ifdef TCP_KEEPCNT
    {"TCP_KEEPCNT", static_cast<double>(TCP_KEEPCNT)},
#endif
#ifdef TCP_KEEPIDLE
    {"TCP_KEEPIDLE", static_cast<double>(TCP_KEEPIDLE)},
#endif
#ifdef TCP_KEEPINTVL
    {"TCP_KEEPINTVL", static_cast<double>(TCP_KEEPINTVL)},
#endif
#ifdef TCP_LINGER2
    {"TCP_LINGER2", static_cast<double>(TCP_LINGER2)},
#endif
#ifdef TCP_MAXSEG
    {"TCP_MAXSEG", static_cast<double>(TCP_MAXSEG)},
#endif
#ifdef TCP_MD5SIG
    {"TCP_MD5SIG", static_cast<double>(TCP_MD5SIG)},
#endif
#ifdef TCP_NODELAY
    {"TCP_NODELAY", static_cast<double>(TCP_NODELAY)},
#endif
#ifdef TCP_NOPUSH
    {"TCP_NOPUSH", static_cast<double>(TCP_NOPUSH)},
#endif
#ifdef TCP_NOTSENT_LOWAT
    {"TCP_NOTSENT_LOWAT", static_cast<double>(TCP_NOTSENT_LOWAT)},
#endif
#ifdef TCP_QUICKACK
    {"TCP_QUICKACK", static_cast<double>(TCP_QUICKACK)},
#endif
#ifdef TCP_REPAIR
    {"TCP_REPAIR", static_cast<double>(TCP_REPAIR)},
#endif
#ifdef TCP_SAVED_SYN
    {"TCP_SAVED_SYN", static_cast<double>(TCP_SAVED_SYN)},
#endif
#ifdef TCP_SAVE_SYN
    {"TCP_SAVE_SYN", static_cast<double>(TCP_SAVE_SYN)},
#endif
#ifdef TCP_SYNCNT
    {"TCP_SYNCNT", static_cast<double>(TCP_SYNCNT)},
#endif
#ifdef TCP_TIMESTAMP
    {"TCP_TIMESTAMP", static_cast<double>(TCP_TIMESTAMP)},
#endif
#ifdef TCP_TX_DELAY
    {"TCP_TX_DELAY", static_cast<double>(TCP_TX_DELAY)},
#endif
#ifdef TCP_ULP
    {"TCP_ULP", static_cast<double>(TCP_ULP)},
#endif
#ifdef TCP_USER_TIMEOUT
    {"TCP_USER_TIMEOUT", static_cast<double>(TCP_USER_TIMEOUT)},
#endif
#ifdef TCP_WINDOW_CLAMP
    {"TCP_WINDOW_CLAMP", static_cast<double>(TCP_WINDOW_CLAMP)},
#endif
    // UDP and others: udp(7)
#ifdef IPPROTO_UDP
    {"IPPROTO_UDP", static_cast<double>(IPPROTO_UDP)},
#endif
#ifdef SOL_UDP
    {"SOL_UDP", static_cast<double>(SOL_UDP)},
#endif
#ifdef UDP_CORK
    {"UDP_CORK", static_cast<double>(UDP_CORK)},
#endif
#ifdef UDP_SEGMENT
    {"UDP_SEGMENT", static_cast<double>(UDP_SEGMENT)},
#endif
#ifdef UDP_GRO
    {"UDP_GRO", static_cast<double>(UDP_GRO)},
#endif
#ifdef IPPROTO_ICMP
    {"IPPROTO_ICMP", static_cast<double>(IPPROTO_ICMP)},
#endif
#ifdef IPPROTO_ICMPV6
    {"IPPROTO_ICMPV6", static_cast<double>(IPPROTO_ICMPV6)},
#endif
#ifdef IPPROTO_RAW
    {"IPPROTO_RAW", static_cast<double>(IPPROTO_RAW)},
#endif
#ifdef IPPROTO_SCTP
    {"IPPROTO_SCTP", static_cast<double>(IPPROTO_SCTP)},
#endif
#ifdef IPPROTO_DCCP
    {"IPPROTO_DCCP", static_cast<double>(IPPROTO_DCCP)},
#endif
#ifdef IPPROTO_UDPLITE
    {"IPPROTO_UDPLITE", static_cast<double>(IPPROTO_UDPLITE)},
#endif
#ifdef IPPROTO_MPTCP
    {"IPPROTO_MPTCP", static_cast<double>(IPPROTO_MPTCP)},
#endif
    // IP: ip(7), ipv6(7)
#ifdef IPPROTO_IP
    {"IPPROTO_IP", static_cast<double>(IPPROTO_IP)},
#endif
#ifdef SOL_IP
    {"SOL_IP", static_cast<double>(SOL_IP)},
#endif
#ifdef IP_ADD_MEMBERSHIP
    {"IP_ADD_MEMBERSHIP", static_cast<double>(IP_ADD_MEMBERSHIP)},
#endif
#ifdef IP_ADD_SOURCE_MEMBERSHIP
    {"IP_ADD_SOURCE_MEMBERSHIP", static_cast<double>(IP_ADD_SOURCE_MEMBERSHIP)},
#endif
#ifdef IP_BIND_ADDRESS_NO_PORT
    {"IP_BIND_ADDRESS_NO_PORT", static_cast<double>(IP_BIND_ADDRESS_NO_PORT)},
#endif
#ifdef IP_BLOCK_SOURCE
    {"IP_BLOCK_SOURCE", static_cast<double>(IP_BLOCK_SOURCE)},
#endif
#ifdef IP_DROP_MEMBERSHIP
    {"IP_DROP_MEMBERSHIP", static_cast<double>(IP_DROP_MEMBERSHIP)},
#endif
#ifdef IP_DROP_SOURCE_MEMBERSHIP
    {"IP_DROP_SOURCE_MEMBERSHIP", static_cast<double>(IP_DROP_SOURCE_MEMBERSHIP)},
#endif
#ifdef IP_FREEBIND
    {"IP_FREEBIND", static_cast<double>(IP_FREEBIND)},
#endif
#ifdef IP_HDRINCL
    {"IP_HDRINCL", static_cast<double>(IP_HDRINCL)},
#endif
#ifdef IP_LOCAL_PORT_RANGE
    {"IP_LOCAL_PORT_RANGE", static_cast<double>(IP_LOCAL_PORT_RANGE)},
#endif
#ifdef IP_MINTTL
    {"IP_MINTTL", static_cast<double>(IP_MINTTL)},
#endif
#ifdef IP_MTU
    {"IP_MTU", static_cast<double>(IP_MTU)},
#endif
#ifdef IP_MTU_DISCOVER
    {"IP_MTU_DISCOVER", static_cast<double>(IP_MTU_DISCOVER)},
#endif
#ifdef IP_MULTICAST_ALL
    {"IP_MULTICAST_ALL", static_cast<double>(IP_MULTICAST_ALL)},
#endif
#ifdef IP_MULTICAST_IF
    {"IP_MULTICAST_IF", static_cast<double>(IP_MULTICAST_IF)},
#endif
#ifdef IP_MULTICAST_LOOP
    {"IP_MULTICAST_LOOP", static_cast<double>(IP_MULTICAST_LOOP)},
#endif
#ifdef IP_MULTICAST_TTL
    {"IP_MULTICAST_TTL", static_cast<double>(IP_MULTICAST_TTL)},
#endif
#ifdef IP_NODEFRAG
    {"IP_NODEFRAG", static_cast<double>(IP_NODEFRAG)},
#endif
#ifdef IP_OPTIONS
    {"IP_OPTIONS", static_cast<double>(IP_OPTIONS)},
#endif
#ifdef IP_PKTINFO
    {"IP_PKTINFO", static_cast<double>(IP_PKTINFO)},
#endif
#ifdef IP_PMTUDISC_DO
    {"IP_PMTUDISC_DO", static_cast<double>(IP_PMTUDISC_DO)},
#endif
#ifdef IP_PMTUDISC_DONT
    {"IP_PMTUDISC_DONT", static_cast<double>(IP_PMTUDISC_DONT)},
#endif
#ifdef IP_PMTUDISC_PROBE
    {"IP_PMTUDISC_PROBE", static_cast<double>(IP_PMTUDISC_PROBE)},
#endif
#ifdef IP_PMTUDISC_WANT
    {"IP_PMTUDISC_WANT", static_cast<double>(IP_PMTUDISC_WANT)},
#endif
#ifdef IP_RECVDSTADDR
    {"IP_RECVDSTADDR", static_cast<double>(IP_RECVDSTADDR)},
#endif
#ifdef IP_RECVERR
    {"IP_RECVERR", static_cast<double>(IP_RECVERR)},
#endif
#ifdef IP_RECVOPTS
    {"IP_RECVOPTS", static_cast<double>(IP_RECVOPTS)},
#endif
#ifdef IP_RECVORIGDSTADDR
    {"IP_RECVORIGDSTADDR", static_cast<double>(IP_RECVORIGDSTADDR)},
#endif
#ifdef IP_RECVTOS
    {"IP_RECVTOS", static_cast<double>(IP_RECVTOS)},
#endif
#ifdef IP_RECVTTL
    {"IP_RECVTTL", static_cast<double>(IP_RECVTTL)},
#endif
#ifdef IP_ROUTER_ALERT
    {"IP_ROUTER_ALERT", static_cast<double>(IP_ROUTER_ALERT)},
#endif
#ifdef IP_TOS
    {"IP_TOS", static_cast<double>(IP_TOS)},
#endif
#ifdef IP_TRANSPARENT
    {"IP_TRANSPARENT", static_cast<double>(IP_TRANSPARENT)},
#endif
#ifdef IP_TTL
    {"IP_TTL", static_cast<double>(IP_TTL)},
#endif
#ifdef IP_UNBLOCK_SOURCE
    {"IP_UNBLOCK_SOURCE", static_cast<double>(IP_UNBLOCK_SOURCE)},
#endif
#ifdef IPPROTO_IPV6
    {"IPPROTO_IPV6", static_cast<double>(IPPROTO_IPV6)},
#endif
#ifdef SOL_IPV6
    {"SOL_IPV6", static_cast<double>(SOL_IPV6)},
#endif
#ifdef IPV6_ADDRFORM
    {"IPV6_ADDRFORM", static_cast<double>(IPV6_ADDRFORM)},
#endif
#ifdef IPV6_ADD_MEMBERSHIP
    {"IPV6_ADD_MEMBERSHIP", static_cast<double>(IPV6_ADD_MEMBERSHIP)},
#endif
#ifdef IPV6_DROP_MEMBERSHIP
    {"IPV6_DROP_MEMBERSHIP", static_cast<double>(IPV6_DROP_MEMBERSHIP)},
#endif
#ifdef IPV6_DONTFRAG
    {"IPV6_DONTFRAG", static_cast<double>(IPV6_DONTFRAG)},
#endif
#ifdef IPV6_FREEBIND
    {"IPV6_FREEBIND", static_cast<double>(IPV6_FREEBIND)},
#endif
#ifdef IPV6_HOPLIMIT
    {"IPV6_HOPLIMIT", static_cast<double>(IPV6_HOPLIMIT)},
#endif
#ifdef IPV6_JOIN_GROUP
    {"IPV6_JOIN_GROUP", static_cast<double>(IPV6_JOIN_GROUP)},
#endif
#ifdef IPV6_LEAVE_GROUP
    {"IPV6_LEAVE_GROUP", static_cast<double>(IPV6_LEAVE_GROUP)},
#endif
#ifdef IPV6_MTU
    {"IPV6_MTU", static_cast<double>(IPV6_MTU)},
#endif
#ifdef IPV6_MTU_DISCOVER
    {"IPV6_MTU_DISCOVER", static_cast<double>(IPV6_MTU_DISCOVER)},
#endif
#ifdef IPV6_MULTICAST_HOPS
    {"IPV6_MULTICAST_HOPS", static_cast<double>(IPV6_MULTICAST_HOPS)},
#endif
#ifdef IPV6_MULTICAST_IF
    {"IPV6_MULTICAST_IF", static_cast<double>(IPV6_MULTICAST_IF)},
#endif
#ifdef IPV6_MULTICAST_LOOP
    {"IPV6_MULTICAST_LOOP", static_cast<double>(IPV6_MULTICAST_LOOP)},
#endif
#ifdef IPV6_PKTINFO
    {"IPV6_PKTINFO", static_cast<double>(IPV6_PKTINFO)},
#endif
#ifdef IPV6_RECVERR
    {"IPV6_RECVERR", static_cast<double>(IPV6_RECVERR)},
#endif
#ifdef IPV6_RECVHOPLIMIT
    {"IPV6_RECVHOPLIMIT", static_cast<double>(IPV6_RECVHOPLIMIT)},
#endif
#ifdef IPV6_RECVPKTINFO
    {"IPV6_RECVPKTINFO", static_cast<double>(IPV6_RECVPKTINFO)},
#endif
#ifdef IPV6_RECVTCLASS
    {"IPV6_RECVTCLASS", static_cast<double>(IPV6_RECVTCLASS)},
#endif
#ifdef IPV6_TCLASS
    {"IPV6_TCLASS", static_cast<double>(IPV6_TCLASS)},
#endif
#ifdef IPV6_TRANSPARENT
    {"IPV6_TRANSPARENT", static_cast<double>(IPV6_TRANSPARENT)},
#endif
#ifdef IPV6_UNICAST_HOPS
    {"IPV6_UNICAST_HOPS", static_cast<double>(IPV6_UNICAST_HOPS)},
#endif
#ifdef IPV6_V6ONLY
    {"IPV6_V6ONLY", static_cast<double>(IPV6_V6ONLY)},
#endif
    // Messages: send(2), recv(2)
#ifdef MSG_CMSG_CLOEXEC
    {"MSG_CMSG_CLOEXEC", static_cast<double>(MSG_CMSG_CLOEXEC)},
#endif
#ifdef MSG_CONFIRM
    {"MSG_CONFIRM", static_cast<double>(MSG_CONFIRM)},
#endif
#ifdef MSG_CTRUNC
    {"MSG_CTRUNC", static_cast<double>(MSG_CTRUNC)},
#endif
#ifdef MSG_DONTROUTE
    {"MSG_DONTROUTE", static_cast<double>(MSG_DONTROUTE)},
#endif
#ifdef MSG_DONTWAIT
    {"MSG_DONTWAIT", static_cast<double>(MSG_DONTWAIT)},
#endif
#ifdef MSG_EOR
    {"MSG_EOR", static_cast<double>(MSG_EOR)},
#endif
#ifdef MSG_ERRQUEUE
    {"MSG_ERRQUEUE", static_cast<double>(MSG_ERRQUEUE)},
#endif
#ifdef MSG_FASTOPEN
    {"MSG_FASTOPEN", static_cast<double>(MSG_FASTOPEN)},
#endif
#ifdef MSG_MORE
    {"MSG_MORE", static_cast<double>(MSG_MORE)},
#endif
#ifdef MSG_NOSIGNAL
    {"MSG_NOSIGNAL", static_cast<double>(MSG_NOSIGNAL)},
#endif
#ifdef MSG_OOB
    {"MSG_OOB", static_cast<double>(MSG_OOB)},
#endif
#ifdef MSG_PEEK
    {"MSG_PEEK", static_cast<double>(MSG_PEEK)},
#endif
#ifdef MSG_TRUNC
    {"MSG_TRUNC", static_cast<double>(MSG_TRUNC)},
#endif
#ifdef MSG_WAITALL
    {"MSG_WAITALL", static_cast<double>(MSG_WAITALL)},
#endif
#ifdef MSG_WAITFORONE
    {"MSG_WAITFORONE", static_cast<double>(MSG_WAITFORONE)},
#endif
#ifdef MSG_ZEROCOPY
    {"MSG_ZEROCOPY", static_cast<double>(MSG_ZEROCOPY)},
#endif
    // Files: open(2), fcntl(2)
#ifdef O_ACCMODE
    {"O_ACCMODE", static_cast<double>(O_ACCMODE)},
#endif
#ifdef O_APPEND
    {"O_APPEND", static_cast<double>(O_APPEND)},
#endif
#ifdef O_ASYNC
    {"O_ASYNC", static_cast<double>(O_ASYNC)},
#endif
#ifdef O_CLOEXEC
    {"O_CLOEXEC", static_cast<double>(O_CLOEXEC)},
#endif
#ifdef O_CREAT
    {"O_CREAT", static_cast<double>(O_CREAT)},
#endif
#ifdef O_DIRECT
    {"O_DIRECT", static_cast<double>(O_DIRECT)},
#endif
#ifdef O_DIRECTORY
    {"O_DIRECTORY", static_cast<double>(O_DIRECTORY)},
#endif
#ifdef O_DSYNC
    {"O_DSYNC", static_cast<double>(O_DSYNC)},
#endif
#ifdef O_EXCL
    {"O_EXCL", static_cast<double>(O_EXCL)},
#endif
#ifdef O_LARGEFILE
    {"O_LARGEFILE", static_cast<double>(O_LARGEFILE)},
#endif
#ifdef O_NOATIME
    {"O_NOATIME", static_cast<double>(O_NOATIME)},
#endif
#ifdef O_NOCTTY
    {"O_NOCTTY", static_cast<double>(O_NOCTTY)},
#endif
#ifdef O_NOFOLLOW
    {"O_NOFOLLOW", static_cast<double>(O_NOFOLLOW)},
#endif
#ifdef O_NONBLOCK
    {"O_NONBLOCK", static_cast<double>(O_NONBLOCK)},
#endif
#ifdef O_PATH
    {"O_PATH", static_cast<double>(O_PATH)},
#endif
#ifdef O_RDONLY
    {"O_RDONLY", static_cast<double>(O_RDONLY)},
#endif
#ifdef O_RDWR
    {"O_RDWR", static_cast<double>(O_RDWR)},
#endif
#ifdef O_SYNC
    {"O_SYNC", static_cast<double>(O_SYNC)},
#endif
#ifdef O_TMPFILE
    {"O_TMPFILE", static_cast<double>(O_TMPFILE)},
#endif
#ifdef O_TRUNC
    {"O_TRUNC", static_cast<double>(O_TRUNC)},
#endif
#ifdef O_WRONLY
    {"O_WRONLY", static_cast<double>(O_WRONLY)},
#endif
#ifdef F_DUPFD
    {"F_DUPFD", static_cast<double>(F_DUPFD)},
#endif
#ifdef F_DUPFD_CLOEXEC
    {"F_DUPFD_CLOEXEC", static_cast<double>(F_DUPFD_CLOEXEC)},
#endif
#ifdef F_GETFD
    {"F_GETFD", static_cast<double>(F_GETFD)},
#endif
#ifdef F_SETFD
    {"F_SETFD", static_cast<double>(F_SETFD)},
#endif
#ifdef F_GETFL
    {"F_GETFL", static_cast<double>(F_GETFL)},
#endif
#ifdef F_SETFL
    {"F_SETFL", static_cast<double>(F_SETFL)},
#endif
#ifdef F_GETOWN
    {"F_GETOWN", static_cast<double>(F_GETOWN)},
#endif
#ifdef F_SETOWN
    {"F_SETOWN", static_cast<double>(F_SETOWN)},
#endif
#ifdef F_GETPIPE_SZ
    {"F_GETPIPE_SZ", static_cast<double>(F_GETPIPE_SZ)},
#endif
#ifdef F_SETPIPE_SZ
    {"F_SETPIPE_SZ", static_cast<double>(F_SETPIPE_SZ)},
#endif
#ifdef F_ADD_SEALS
    {"F_ADD_SEALS", static_cast<double>(F_ADD_SEALS)},
#endif
#ifdef F_GET_SEALS
    {"F_GET_SEALS", static_cast<double>(F_GET_SEALS)},
#endif
#ifdef F_SEAL_SEAL
    {"F_SEAL_SEAL", static_cast<double>(F_SEAL_SEAL)},
#endif
#ifdef F_SEAL_SHRINK
    {"F_SEAL_SHRINK", static_cast<double>(F_SEAL_SHRINK)},
#endif
#ifdef F_SEAL_GROW
    {"F_SEAL_GROW", static_cast<double>(F_SEAL_GROW)},
#endif
#ifdef F_SEAL_WRITE
    {"F_SEAL_WRITE", static_cast<double>(F_SEAL_WRITE)},
#endif
#ifdef F_GETLK
    {"F_GETLK", static_cast<double>(F_GETLK)},
#endif
#ifdef F_SETLK
    {"F_SETLK", static_cast<double>(F_SETLK)},
#endif
#ifdef F_SETLKW
    {"F_SETLKW", static_cast<double>(F_SETLKW)},
#endif
#ifdef F_OFD_GETLK
    {"F_OFD_GETLK", static_cast<double>(F_OFD_GETLK)},
#endif
#ifdef F_OFD_SETLK
    {"F_OFD_SETLK", static_cast<double>(F_OFD_SETLK)},
#endif
#ifdef F_OFD_SETLKW
    {"F_OFD_SETLKW", static_cast<double>(F_OFD_SETLKW)},
#endif
#ifdef F_RDLCK
    {"F_RDLCK", static_cast<double>(F_RDLCK)},
#endif
#ifdef F_WRLCK
    {"F_WRLCK", static_cast<double>(F_WRLCK)},
#endif
#ifdef F_UNLCK
    {"F_UNLCK", static_cast<double>(F_UNLCK)},
#endif
#ifdef FD_CLOEXEC
    {"FD_CLOEXEC", static_cast<double>(FD_CLOEXEC)},
#endif
    // Signals: signal(7)
#ifdef SIGHUP
    {"SIGHUP", static_cast<double>(SIGHUP)},
#endif
#ifdef SIGINT
    {"SIGINT", static_cast<double>(SIGINT)},
#endif
#ifdef SIGQUIT
    {"SIGQUIT", static_cast<double>(SIGQUIT)},
#endif
#ifdef SIGILL
    {"SIGILL", static_cast<double>(SIGILL)},
#endif
#ifdef SIGTRAP
    {"SIGTRAP", static_cast<double>(SIGTRAP)},
#endif
#ifdef SIGABRT
    {"SIGABRT", static_cast<double>(SIGABRT)},
#endif
#ifdef SIGBUS
    {"SIGBUS", static_cast<double>(SIGBUS)},
#endif
#ifdef SIGFPE
    {"SIGFPE", static_cast<double>(SIGFPE)},
#endif
#ifdef SIGKILL
    {"SIGKILL", static_cast<double>(SIGKILL)},
#endif
#ifdef SIGUSR1
    {"SIGUSR1", static_cast<double>(SIGUSR1)},
#endif
#ifdef SIGSEGV
    {"SIGSEGV", static_cast<double>(SIGSEGV)},
#endif
#ifdef SIGUSR2
    {"SIGUSR2", static_cast<double>(SIGUSR2)},
#endif
#ifdef SIGPIPE
    {"SIGPIPE", static_cast<double>(SIGPIPE)},
#endif
#ifdef SIGALRM
    {"SIGALRM", static_cast<double>(SIGALRM)},
#endif
#ifdef SIGTERM
    {"SIGTERM", static_cast<double>(SIGTERM)},
#endif
#ifdef SIGSTKFLT
    {"SIGSTKFLT", static_cast<double>(SIGSTKFLT)},
#endif
#ifdef SIGCHLD
    {"SIGCHLD", static_cast<double>(SIGCHLD)},
#endif
#ifdef SIGCONT
    {"SIGCONT", static_cast<double>(SIGCONT)},
#endif
#ifdef SIGSTOP
    {"SIGSTOP", static_cast<double>(SIGSTOP)},
#endif
#ifdef SIGTSTP
    {"SIGTSTP", static_cast<double>(SIGTSTP)},
#endif
#ifdef SIGTTIN
    {"SIGTTIN", static_cast<double>(SIGTTIN)},
#endif
#ifdef SIGTTOU
    {"SIGTTOU", static_cast<double>(SIGTTOU)},
#endif
#ifdef SIGURG
    {"SIGURG", static_cast<double>(SIGURG)},
#endif
#ifdef SIGXCPU
    {"SIGXCPU", static_cast<double>(SIGXCPU)},
#endif
#ifdef SIGXFSZ
    {"SIGXFSZ", static_cast<double>(SIGXFSZ)},
#endif
#ifdef SIGVTALRM
    {"SIGVTALRM", static_cast<double>(SIGVTALRM)},
#endif
#ifdef SIGPROF
    {"SIGPROF", static_cast<double>(SIGPROF)},
#endif
#ifdef SIGWINCH
    {"SIGWINCH", static_cast<double>(SIGWINCH)},
#endif
#ifdef SIGIO
    {"SIGIO", static_cast<double>(SIGIO)},
#endif
#ifdef SIGPOLL
    {"SIGPOLL", static_cast<double>(SIGPOLL)},
#endif
#ifdef SIGPWR
    {"SIGPWR", static_cast<double>(SIGPWR)},
#endif
#ifdef SIGINFO
    {"SIGINFO", static_cast<double>(SIGINFO)},
#endif
#ifdef SIGSYS
    {"SIGSYS", static_cast<double>(SIGSYS)},
#endif
#ifdef SIGEMT
    {"SIGEMT", static_cast<double>(SIGEMT)},
#endif
    // Errors: errno(3)
#ifdef E2BIG
    {"E2BIG", static_cast<double>(E2BIG)},
#endif
#ifdef EACCES
    {"EACCES", static_cast<double>(EACCES)},
#endif
#ifdef EADDRINUSE
    {"EADDRINUSE", static_cast<double>(EADDRINUSE)},
#endif
#ifdef EADDRNOTAVAIL
    {"EADDRNOTAVAIL", static_cast<double>(EADDRNOTAVAIL)},
#endif
#ifdef EAFNOSUPPORT
    {"EAFNOSUPPORT", static_cast<double>(EAFNOSUPPORT)},
#endif
#ifdef EAGAIN
    {"EAGAIN", static_cast<double>(EAGAIN)},
#endif
#ifdef EALREADY
    {"EALREADY", static_cast<double>(EALREADY)},
#endif
#ifdef EBADF
    {"EBADF", static_cast<double>(EBADF)},
#endif
#ifdef EBADMSG
    {"EBADMSG", static_cast<double>(EBADMSG)},
#endif
#ifdef EBUSY
    {"EBUSY", static_cast<double>(EBUSY)},
#endif
#ifdef ECANCELED
    {"ECANCELED", static_cast<double>(ECANCELED)},
#endif
#ifdef ECHILD
    {"ECHILD", static_cast<double>(ECHILD)},
#endif
#ifdef ECONNABORTED
    {"ECONNABORTED", static_cast<double>(ECONNABORTED)},
#endif
#ifdef ECONNREFUSED
    {"ECONNREFUSED", static_cast<double>(ECONNREFUSED)},
#endif
#ifdef ECONNRESET
    {"ECONNRESET", static_cast<double>(ECONNRESET)},
#endif
#ifdef EDEADLK
    {"EDEADLK", static_cast<double>(EDEADLK)},
#endif
#ifdef EDESTADDRREQ
    {"EDESTADDRREQ", static_cast<double>(EDESTADDRREQ)},
#endif
#ifdef EDOM
    {"EDOM", static_cast<double>(EDOM)},
#endif
#ifdef EDQUOT
    {"EDQUOT", static_cast<double>(EDQUOT)},
#endif
#ifdef EEXIST
    {"EEXIST", static_cast<double>(EEXIST)},
#endif
#ifdef EFAULT
    {"EFAULT", static_cast<double>(EFAULT)},
#endif
#ifdef EFBIG
    {"EFBIG", static_cast<double>(EFBIG)},
#endif
#ifdef EFTYPE
    {"EFTYPE", static_cast<double>(EFTYPE)},
#endif
#ifdef EHOSTDOWN
    {"EHOSTDOWN", static_cast<double>(EHOSTDOWN)},
#endif
#ifdef EHOSTUNREACH
    {"EHOSTUNREACH", static_cast<double>(EHOSTUNREACH)},
#endif
#ifdef EIDRM
    {"EIDRM", static_cast<double>(EIDRM)},
#endif
#ifdef EILSEQ
    {"EILSEQ", static_cast<double>(EILSEQ)},
#endif
#ifdef EINPROGRESS
    {"EINPROGRESS", static_cast<double>(EINPROGRESS)},
#endif
#ifdef EINTR
    {"EINTR", static_cast<double>(EINTR)},
#endif
#ifdef EINVAL
    {"EINVAL", static_cast<double>(EINVAL)},
#endif
#ifdef EIO
    {"EIO", static_cast<double>(EIO)},
#endif
#ifdef EISCONN
    {"EISCONN", static_cast<double>(EISCONN)},
#endif
#ifdef EISDIR
    {"EISDIR", static_cast<double>(EISDIR)},
#endif
#ifdef ELOOP
    {"ELOOP", static_cast<double>(ELOOP)},
#endif
#ifdef EMFILE
    {"EMFILE", static_cast<double>(EMFILE)},
#endif
#ifdef EMLINK
    {"EMLINK", static_cast<double>(EMLINK)},
#endif
#ifdef EMSGSIZE
    {"EMSGSIZE", static_cast<double>(EMSGSIZE)},
#endif
#ifdef EMULTIHOP
    {"EMULTIHOP", static_cast<double>(EMULTIHOP)},
#endif
#ifdef ENAMETOOLONG
    {"ENAMETOOLONG", static_cast<double>(ENAMETOOLONG)},
#endif
#ifdef ENETDOWN
    {"ENETDOWN", static_cast<double>(ENETDOWN)},
#endif
#ifdef ENETRESET
    {"ENETRESET", static_cast<double>(ENETRESET)},
#endif
#ifdef ENETUNREACH
    {"ENETUNREACH", static_cast<double>(ENETUNREACH)},
#endif
#ifdef ENFILE
    {"ENFILE", static_cast<double>(ENFILE)},
#endif
#ifdef ENOBUFS
    {"ENOBUFS", static_cast<double>(ENOBUFS)},
#endif
#ifdef ENODATA
    {"ENODATA", static_cast<double>(ENODATA)},
#endif
#ifdef ENODEV
    {"ENODEV", static_cast<double>(ENODEV)},
#endif
#ifdef ENOENT
    {"ENOENT", static_cast<double>(ENOENT)},
#endif
#ifdef ENOEXEC
    {"ENOEXEC", static_cast<double>(ENOEXEC)},
#endif
#ifdef ENOLCK
    {"ENOLCK", static_cast<double>(ENOLCK)},
#endif
#ifdef ENOLINK
    {"ENOLINK", static_cast<double>(ENOLINK)},
#endif
#ifdef ENOMEM
    {"ENOMEM", static_cast<double>(ENOMEM)},
#endif
#ifdef ENOMSG
    {"ENOMSG", static_cast<double>(ENOMSG)},
#endif
#ifdef ENOPROTOOPT
    {"ENOPROTOOPT", static_cast<double>(ENOPROTOOPT)},
#endif
#ifdef ENOSPC
    {"ENOSPC", static_cast<double>(ENOSPC)},
#endif
#ifdef ENOSR
    {"ENOSR", static_cast<double>(ENOSR)},
#endif
#ifdef ENOSTR
    {"ENOSTR", static_cast<double>(ENOSTR)},
#endif
#ifdef ENOSYS
    {"ENOSYS", static_cast<double>(ENOSYS)},
#endif
#ifdef ENOTBLK
    {"ENOTBLK", static_cast<double>(ENOTBLK)},
#endif
#ifdef ENOTCONN
    {"ENOTCONN", static_cast<double>(ENOTCONN)},
#endif
#ifdef ENOTDIR
    {"ENOTDIR", static_cast<double>(ENOTDIR)},
#endif
#ifdef ENOTEMPTY
    {"ENOTEMPTY", static_cast<double>(ENOTEMPTY)},
#endif
#ifdef ENOTRECOVERABLE
    {"ENOTRECOVERABLE", static_cast<double>(ENOTRECOVERABLE)},
#endif
#ifdef ENOTSOCK
    {"ENOTSOCK", static_cast<double>(ENOTSOCK)},
#endif
#ifdef ENOTSUP
    {"ENOTSUP", static_cast<double>(ENOTSUP)},
#endif
#ifdef ENOTTY
    {"ENOTTY", static_cast<double>(ENOTTY)},
#endif
#ifdef ENONET
    {"ENONET", static_cast<double>(ENONET)},
#endif
#ifdef ENXIO
    {"ENXIO", static_cast<double>(ENXIO)},
#endif
#ifdef EOPNOTSUPP
    {"EOPNOTSUPP", static_cast<double>(EOPNOTSUPP)},
#endif
#ifdef EOVERFLOW
    {"EOVERFLOW", static_cast<double>(EOVERFLOW)},
#endif
#ifdef EOWNERDEAD
    {"EOWNERDEAD", static_cast<double>(EOWNERDEAD)},
#endif
#ifdef EPERM
    {"EPERM", static_cast<double>(EPERM)},
#endif
#ifdef EPFNOSUPPORT
    {"EPFNOSUPPORT", static_cast<double>(EPFNOSUPPORT)},
#endif
#ifdef EPIPE
    {"EPIPE", static_cast<double>(EPIPE)},
#endif
#ifdef EPROTO
    {"EPROTO", static_cast<double>(EPROTO)},
#endif
#ifdef EPROTONOSUPPORT
    {"EPROTONOSUPPORT", static_cast<double>(EPROTONOSUPPORT)},
#endif
#ifdef EPROTOTYPE
    {"EPROTOTYPE", static_cast<double>(EPROTOTYPE)},
#endif
#ifdef ERANGE
    {"ERANGE", static_cast<double>(ERANGE)},
#endif
#ifdef EROFS
    {"EROFS", static_cast<double>(EROFS)},
#endif
#ifdef ESHUTDOWN
    {"ESHUTDOWN", static_cast<double>(ESHUTDOWN)},
#endif
#ifdef ESOCKTNOSUPPORT
    {"ESOCKTNOSUPPORT", static_cast<double>(ESOCKTNOSUPPORT)},
#endif
#ifdef ESPIPE
    {"ESPIPE", static_cast<double>(ESPIPE)},
#endif
#ifdef ESRCH
    {"ESRCH", static_cast<double>(ESRCH)},
#endif
#ifdef ESTALE
    {"ESTALE", static_cast<double>(ESTALE)},
#endif
#ifdef ETIME
    {"ETIME", static_cast<double>(ETIME)},
#endif
#ifdef ETIMEDOUT
    {"ETIMEDOUT", static_cast<double>(ETIMEDOUT)},
#endif
#ifdef ETOOMANYREFS
    {"ETOOMANYREFS", static_cast<double>(ETOOMANYREFS)},
#endif
#ifdef ETXTBSY
    {"ETXTBSY", static_cast<double>(ETXTBSY)},
#endif
#ifdef EUNATCH
    {"EUNATCH", static_cast<double>(EUNATCH)},
#endif
#ifdef EUSERS
    {"EUSERS", static_cast<double>(EUSERS)},
#endif
#ifdef EWOULDBLOCK
    {"EWOULDBLOCK", static_cast<double>(EWOULDBLOCK)},
#endif
#ifdef EXDEV
    {"EXDEV", static_cast<double>(EXDEV)},
#endif
};
// clang-format on

}  // namespace

// exports.constants: an object of name to number.
void RegisterConstants(napi_env env, napi_value exports) {
  napi_value constants;
  napi_create_object(env, &constants);
  for (const Constant& constant : kConstants) {
    napi_value value;
    napi_create_double(env, constant.value, &value);
    Define(env, constants, constant.name, value);
  }
  Define(env, exports, "constants", constants);
}

}  // namespace rawloop
