// The lists for macOS and the BSDs. See socket_option_lists.h.
#include <netinet/in.h>
#include <sys/socket.h>

#include "calls/socket_option_lists.h"

namespace rawloop {
namespace {

constexpr int kLast = 0x7fffffff;

constexpr OptionRange kBoth[] = {
    {SOL_SOCKET, 1, kLast},
    // Not the firewall (40 to 64) nor the filters of sources (74 on), which
    // hold addresses.
    {IPPROTO_IP, 1, 39},
    {IPPROTO_IP, 65, 73},
    {IPPROTO_IPV6, 1, 29},
    {IPPROTO_IPV6, 35, 73},
    {IPPROTO_TCP, 1, kLast},
    {IPPROTO_UDP, 1, kLast},
    {IPPROTO_ICMPV6, 18, 18},
};

constexpr int kRecordLevels[] = {SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6};

}  // namespace

bool MayGetOption(int level, int name) { return IsIn(kBoth, level, name); }
bool MaySetOption(int level, int name) { return IsIn(kBoth, level, name); }
bool MaySendRecord(int level) { return IsAmong(kRecordLevels, level); }

}  // namespace rawloop
