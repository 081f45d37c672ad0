// The requests for Linux, by number, as headers are older than kernels. See
// ioctl_requests.h, and ioctl_tty(2), netdevice(7), and for the devices
// linux/input.h, gpio.h, if_tun.h, hidraw.h, watchdog.h, i2c-dev.h, spidev.h
// and fs.h among the kernel's headers.
#include <linux/ioctl.h>

#include <cstdint>

#include "calls/ioctl_requests.h"

namespace rawloop {
namespace {

constexpr auto kNothing = IoctlArgument::kNothing;
constexpr auto kNumber = IoctlArgument::kNumber;
constexpr auto kOpens = IoctlArgument::kOpens;
constexpr auto kInt = IoctlArgument::kInt;
constexpr auto kBytes = IoctlArgument::kBytes;

constexpr uint32_t kTermios = 36;  // the kernel's, not the C library's
constexpr uint32_t kWindow = 8;
constexpr uint32_t kInterface = 40;  // struct ifreq
constexpr uint32_t kTime = 16;

// Requests `first` to `last`.
struct Row {
  uint32_t first;
  uint32_t last;
  IoctlArgument argument;
  uint32_t bytes;
};

constexpr Row kRows[] = {
    // Terminals. Not TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD: they act on more
    // than the terminal at hand.
    {0x5401, 0x5401, kBytes, kTermios},    // TCGETS
    {0x5402, 0x5404, kBytes, kTermios},    // TCSETS, TCSETSW, TCSETSF
    {0x5409, 0x540B, kNumber, 0},          // TCSBRK, TCXONC, TCFLSH
    {0x540C, 0x540D, kNothing, 0},         // TIOCEXCL, TIOCNXCL
    {0x540E, 0x540E, kNumber, 0},          // TIOCSCTTY
    {0x540F, 0x540F, kBytes, 4},           // TIOCGPGRP
    {0x5410, 0x5410, kInt, 4},             // TIOCSPGRP
    {0x5411, 0x5411, kBytes, 4},           // TIOCOUTQ
    {0x5413, 0x5414, kBytes, kWindow},     // TIOCGWINSZ, TIOCSWINSZ
    {0x5415, 0x5415, kBytes, 4},           // TIOCMGET
    {0x5416, 0x5418, kInt, 4},             // TIOCMBIS, TIOCMBIC, TIOCMSET
    {0x541B, 0x541B, kBytes, 4},           // FIONREAD
    {0x5420, 0x5421, kInt, 4},             // TIOCPKT, FIONBIO
    {0x5422, 0x5422, kNothing, 0},         // TIOCNOTTY
    {0x5424, 0x5424, kBytes, 4},           // TIOCGETD
    {0x5425, 0x5425, kNumber, 0},          // TCSBRKP
    {0x5427, 0x5428, kNothing, 0},         // TIOCSBRK, TIOCCBRK
    {0x5429, 0x5429, kBytes, 4},           // TIOCGSID
    {0x802C542A, 0x802C542A, kBytes, 44},  // TCGETS2
    {0x402C542B, 0x402C542D, kBytes, 44},  // TCSETS2, TCSETSW2, TCSETSF2
    {0x80045430, 0x80045430, kBytes, 4},   // TIOCGPTN
    {0x40045431, 0x40045431, kInt, 4},     // TIOCSPTLCK
    {0x5437, 0x5437, kNothing, 0},         // TIOCVHANGUP
    {0x80045438, 0x80045439, kBytes, 4},   // TIOCGPKT, TIOCGPTLCK
    {0x80045440, 0x80045440, kBytes, 4},   // TIOCGEXCL
    {0x5441, 0x5441, kOpens, 0},           // TIOCGPTPEER
    {0x5459, 0x5459, kBytes, 4},           // TIOCSERGETLSR
    {0x545D, 0x545D, kBytes, 80},          // TIOCGICOUNT
    // Sockets and interfaces. Not SIOCGIFCONF, SIOCETHTOOL and what devices
    // have of their own, which hold addresses; nor those by which signals are
    // sent to others.
    {0x8905, 0x8905, kBytes, 4},              // SIOCATMARK
    {0x8906, 0x8907, kBytes, kTime},          // SIOCGSTAMP, SIOCGSTAMPNS
    {0x80108906, 0x80108907, kBytes, kTime},  // the same, in 64 bits
    {0x8910, 0x8910, kBytes, kInterface},     // SIOCGIFNAME
    {0x8913, 0x8924, kBytes, kInterface},     // flags, addresses, MTU, name
    {0x8927, 0x8927, kBytes, kInterface},     // SIOCGIFHWADDR
    {0x8931, 0x8935, kBytes, kInterface},     // SIOCADDMULTI, SIOCGIFINDEX, ...
    {0x8942, 0x8943, kBytes, kInterface},     // SIOCGIFTXQLEN, SIOCSIFTXQLEN
    {0x894B, 0x894B, kBytes, 4},              // SIOCOUTQNSD
    {0x07B9, 0x07B9, kBytes, 4},              // IOCTL_VM_SOCKETS_GET_LOCAL_CID
    // TUN and TAP. The numbers of the first and the fourth say four bytes,
    // which is not so. Not the filters, which hold addresses.
    {0x400454CA, 0x400454CA, kBytes, kInterface},  // TUNSETIFF
    {0x400454CB, 0x400454CE, kNumber, 0},          // TUNSETPERSIST, ...
    {0x800454CF, 0x800454CF, kBytes, 4},           // TUNGETFEATURES
    {0x800454D2, 0x800454D2, kBytes, kInterface},  // TUNGETIFF
    {0x400454D0, 0x400454D0, kNumber, 0},          // TUNSETOFFLOAD
    {0x800454D3, 0x800454D3, kBytes, 4},           // TUNGETSNDBUF
    {0x400454D4, 0x400454D4, kInt, 4},             // TUNSETSNDBUF
    {0x800454D7, 0x800454D7, kBytes, 4},           // TUNGETVNETHDRSZ
    {0x400454D8, 0x400454D8, kInt, 4},             // TUNSETVNETHDRSZ
    {0x400454D9, 0x400454D9, kBytes, kInterface},  // TUNSETQUEUE
    {0x400454DA, 0x400454DA, kInt, 4},             // TUNSETIFINDEX
    {0x400454E2, 0x400454E2, kInt, 4},             // TUNSETCARRIER
    // Input devices whose argument is a number whatever theirs says.
    {0x40044581, 0x40044581, kNumber, 0},  // EVIOCRMFF
    {0x40044590, 0x40044591, kNumber, 0},  // EVIOCGRAB, EVIOCREVOKE
    // I2C. Not I2C_RDWR and I2C_SMBUS, which hold addresses.
    {0x0701, 0x0704, kNumber, 0},
    {0x0705, 0x0705, kBytes, 8},  // I2C_FUNCS
    {0x0706, 0x0706, kNumber, 0},
    {0x0708, 0x0708, kNumber, 0},
    // Files and disks.
    {0x5460, 0x5460, kBytes, 8},           // FIOQSIZE
    {0x40049409, 0x40049409, kNumber, 0},  // FICLONE
    {0x4020940D, 0x4020940D, kBytes, 32},  // FICLONERANGE
    {0x80086601, 0x80086601, kBytes, 8},   // FS_IOC_GETFLAGS
    {0x40086602, 0x40086602, kBytes, 8},   // FS_IOC_SETFLAGS
    {0x125E, 0x125E, kBytes, 4},           // BLKROGET
    {0x1260, 0x1260, kBytes, 8},           // BLKGETSIZE
    {0x1268, 0x1268, kBytes, 4},           // BLKSSZGET
    {0x1278, 0x127B, kBytes, 4},           // BLKIOMIN to BLKPBSZGET
    {0x80081272, 0x80081272, kBytes, 8},   // BLKGETSIZE64
    {0x80045200, 0x80045200, kBytes, 4},   // RNDGETENTCNT
};

// Requests of one driver, numbers `first` to `last`, which keep to the size
// that is in the request: the driver compares all of it, or copies no more.
// One that moves bytes another way than `directions` says is another driver's.
struct Family {
  uint32_t type;
  uint32_t first;
  uint32_t last;
  uint32_t directions;
};

constexpr uint32_t kRead = _IOC_READ;
constexpr uint32_t kWrite = _IOC_WRITE;

constexpr Family kFamilies[] = {
    // Not EVIOCSFF, EVIOCGMASK, EVIOCSMASK: addresses.
    {'E', 0x01, 0x0A, kRead},  // EVIOCGVERSION to EVIOCGMTSLOTS
    {'E', 0x18, 0x1B, kRead},  // EVIOCGKEY to EVIOCGSW
    {'E', 0x20, 0x7F, kRead},  // EVIOCGBIT, EVIOCGABS
    {'E', 0x84, 0x84, kRead},  // EVIOCGEFFECTS
    {'E', 0x03, 0x04, kWrite},
    {'E', 0xA0, 0xA0, kWrite},  // EVIOCSCLOCKID
    {'E', 0xC0, 0xFF, kWrite},  // EVIOCSABS
    {0xB4, 0x01, 0x01, kRead},  // GPIO_GET_CHIPINFO_IOCTL
    {0xB4, 0x02, 0x0F, kRead | kWrite},
    {'H', 0x01, 0x05, kRead},           // HIDIOCGRDESCSIZE to HIDIOCGRAWPHYS
    {'H', 0x06, 0x0C, kRead | kWrite},  // HIDIOCSFEATURE to HIDIOCSOUTPUT
    {'H', 0x08, 0x08, kRead},           // HIDIOCGRAWUNIQ
    {'W', 0x00, 0x0A, kRead},           // WDIOC_GETSUPPORT to WDIOC_GETTIMELEFT
    {'W', 0x06, 0x08, kRead | kWrite},
    // Not SPI_IOC_MESSAGE (0): addresses.
    {'k', 0x01, 0x05, kRead},
    {'k', 0x01, 0x05, kWrite},
    {0x8A, 0x01, 0x01, kWrite},  // EPIOCSPARAMS
    {0x8A, 0x02, 0x02, kRead},   // EPIOCGPARAMS
};

}  // namespace

IoctlRequest FindIoctl(uint32_t request) {
  for (const Row& row : kRows) {
    if (request >= row.first && request <= row.last) {
      return {row.argument, row.bytes};
    }
  }
  uint32_t number = _IOC_NR(request);
  for (const Family& family : kFamilies) {
    if (_IOC_TYPE(request) == family.type &&
        _IOC_DIR(request) == family.directions && number >= family.first &&
        number <= family.last) {
      return {kBytes, _IOC_SIZE(request)};
    }
  }
  return {IoctlArgument::kUnknown, 0};
}

}  // namespace rawloop
