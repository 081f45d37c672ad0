// Which socket options keep to the length that the kernel is told. One that is
// on no list is refused: it may hold an address, which bytes from JavaScript
// must not decide, or fill as many elements as the bytes say there is room for.
// The lists are by the protocol's level; one file has them for each kernel,
// chosen by source list: socket_option_lists_linux.cc,
// socket_option_lists_bsd.cc.
#ifndef RAWLOOP_CALLS_SOCKET_OPTION_LISTS_H_
#define RAWLOOP_CALLS_SOCKET_OPTION_LISTS_H_

namespace rawloop {

bool MayGetOption(int level, int name);
bool MaySetOption(int level, int name);
// The same of ancillary records that are sent: whether no type of this level
// holds an address.
bool MaySendRecord(int level);

// Options `first` to `last` of a level.
struct OptionRange {
  int level;
  int first;
  int last;
};

template <int N>
bool IsAmong(const int (&levels)[N], int level) {
  for (int other : levels) {
    if (level == other) return true;
  }
  return false;
}

template <int N>
bool IsIn(const OptionRange (&ranges)[N], int level, int name) {
  for (const OptionRange& range : ranges) {
    if (level == range.level && name >= range.first && name <= range.last) {
      return true;
    }
  }
  return false;
}

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_SOCKET_OPTION_LISTS_H_
