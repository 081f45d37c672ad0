// The datagram load: `--connections` UDP sockets that each keep `depth`
// datagrams on the way. What is not answered in time is sent again and counted
// as lost, so that no loss can make a run hang. Closed loop, as the echo load.
#ifndef RAWLOOP_BENCH_LOAD_DATAGRAM_H_
#define RAWLOOP_BENCH_LOAD_DATAGRAM_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"
#include "pattern.h"
#include "socket.h"
#include "window.h"

namespace load {

class DatagramLoad {
 public:
  DatagramLoad(const Options& options, Window* window);

  // Opens all sockets. False on failure; the window knows why.
  bool Open();

  // Warms up, measures, and waits for the answers that are still on the way.
  void Run();

 private:
  // What every datagram begins with; the rest of it is the pattern.
  struct Header {
    uint32_t socket;
    uint32_t number;
  };

  // A datagram on the way: its number tells its place, number % depth.
  struct Place {
    uint32_t number = 0;
    int tries = 0;              // 0: nothing is on the way
    int64_t first_sent_ns = 0;  // the round trip counts from here
    int64_t sent_ns = 0;
  };

  bool OpenOne(uint32_t index);
  void SendAll();
  void Queue(uint32_t index, Place* place, int64_t now_ns);
  void Flush(uint32_t index);
  void OnReadable(uint32_t index);
  void OnAnswer(uint32_t index, const unsigned char* bytes, size_t count,
                int64_t now_ns);
  void SendAgain(int64_t now_ns);
  bool IsDone() const;
  bool RunUntil(int64_t deadline_ns);
  void Fail(const std::string& what) { window_->AddError(what); }

  Place* PlaceOf(uint32_t index, uint32_t number) {
    const auto depth = static_cast<uint32_t>(options_.depth);
    return &places_[index * depth + number % depth];
  }

  const Options& options_;
  Window* window_;
  Pattern pattern_;
  UniqueFd epoll_fd_;
  std::vector<UniqueFd> sockets_;
  std::vector<Place> places_;  // `depth` for each socket
  // One batch of `depth` at a time: its bytes, and what the kernel is told.
  std::vector<unsigned char> in_bytes_;
  std::vector<unsigned char> out_bytes_;
  std::vector<iovec> pieces_;
  std::vector<mmsghdr> in_;
  std::vector<mmsghdr> out_;
  size_t queued_ = 0;
  bool sending_ = false;
  int64_t unanswered_ = 0;
  int64_t next_look_ns_ = 0;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_DATAGRAM_H_
