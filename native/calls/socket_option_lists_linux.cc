// The lists for Linux, by number, as headers are older than kernels: up to what
// Linux 6.18 has. See socket_option_lists.h, and net/ in the kernel's source.
#include <netinet/in.h>
#include <sys/socket.h>

#include "calls/socket_option_lists.h"

namespace rawloop {
namespace {

constexpr int kSolRaw = 255;
constexpr int kSolPacket = 263;
constexpr int kSolNetlink = 270;
constexpr int kSolTipc = 271;
constexpr int kSolBluetooth = 274;
constexpr int kSolAlg = 279;
constexpr int kSolTls = 282;
constexpr int kSolMptcp = 284;
constexpr int kSolCanRaw = 101;
constexpr int kAfVsock = 40;

constexpr OptionRange kGet[] = {
    // Not SO_GET_FILTER (26): its length counts instructions.
    {SOL_SOCKET, 1, 25},
    {SOL_SOCKET, 27, 83},
    // Not IP_MSFILTER (41), MCAST_MSFILTER (48): a count; and from 64 on the
    // tables of netfilter, which hold addresses.
    {IPPROTO_IP, 1, 40},
    {IPPROTO_IP, 42, 47},
    {IPPROTO_IP, 49, 63},
    // Not MCAST_MSFILTER (48), netfilter (64, 65, 68, 69, 81 on).
    {IPPROTO_IPV6, 1, 47},
    {IPPROTO_IPV6, 49, 63},
    {IPPROTO_IPV6, 66, 67},
    {IPPROTO_IPV6, 70, 80},
    // Not TCP_ZEROCOPY_RECEIVE (35): an address; TCP_AO_GET_KEYS (41): a count.
    {IPPROTO_TCP, 1, 34},
    {IPPROTO_TCP, 36, 40},
    {IPPROTO_TCP, 43, 47},
    {IPPROTO_UDP, 1, 104},
    {IPPROTO_UDPLITE, 1, 104},
    // ICMP_FILTER, ICMPV6_FILTER
    {kSolRaw, 1, 1},
    {IPPROTO_ICMPV6, 1, 1},
    // Not those that open descriptors or hold addresses (102 on).
    {IPPROTO_SCTP, 0, 36},
    {kSolPacket, 1, 24},
    {kSolNetlink, 1, 12},
    {kSolTipc, 127, 139},
    {kSolBluetooth, 4, 18},
    {kSolTls, 1, 5},
    // MPTCP_INFO alone: the others write to where the bytes say.
    {kSolMptcp, 1, 1},
    {kSolCanRaw, 1, 8},
    {kAfVsock, 0, 8},
};

constexpr OptionRange kSet[] = {
    // Not SO_ATTACH_FILTER (26), SO_ATTACH_REUSEPORT_CBPF (51): an address.
    {SOL_SOCKET, 1, 25},
    {SOL_SOCKET, 27, 50},
    {SOL_SOCKET, 52, 83},
    // IP_MSFILTER and its like keep to the length here. Not netfilter.
    {IPPROTO_IP, 1, 63},
    {IPPROTO_IPV6, 1, 63},
    {IPPROTO_IPV6, 66, 67},
    {IPPROTO_IPV6, 70, 80},
    {IPPROTO_TCP, 1, 34},
    {IPPROTO_TCP, 36, 47},
    {IPPROTO_UDP, 1, 104},
    {IPPROTO_UDPLITE, 1, 104},
    {kSolRaw, 1, 1},
    {IPPROTO_ICMPV6, 1, 1},
    {IPPROTO_SCTP, 0, 36},
    // Not PACKET_FANOUT_DATA (22): an address.
    {kSolPacket, 1, 21},
    {kSolPacket, 23, 24},
    {kSolNetlink, 1, 12},
    {kSolTipc, 127, 139},
    {kSolBluetooth, 4, 18},
    {kSolAlg, 1, 7},
    {kSolTls, 1, 5},
    {kSolCanRaw, 1, 8},
    {kAfVsock, 0, 8},
};

// Not RDS, whose records have the addresses of memory to transfer.
constexpr int kRecordLevels[] = {SOL_SOCKET,  IPPROTO_IP,   IPPROTO_IPV6,
                                 IPPROTO_UDP, IPPROTO_SCTP, kSolAlg,
                                 kSolTls};

}  // namespace

bool MayGetOption(int level, int name) { return IsIn(kGet, level, name); }
bool MaySetOption(int level, int name) { return IsIn(kSet, level, name); }
bool MaySendRecord(int level) { return IsAmong(kRecordLevels, level); }

}  // namespace rawloop
