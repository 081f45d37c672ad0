// The churn load: `--connections` slots that each connect, have one message
// echoed, close and begin again, for as long as the window lasts. A round trip
// is measured from connect(2) to the last byte of the answer.
#ifndef RAWLOOP_BENCH_LOAD_CHURN_H_
#define RAWLOOP_BENCH_LOAD_CHURN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"
#include "pattern.h"
#include "socket.h"
#include "window.h"

namespace load {

class ChurnLoad {
 public:
  ChurnLoad(const Options& options, Window* window);

  // Warms up, measures, and lets the connections in flight come to their end.
  void Run();

 private:
  enum class Stage { kConnecting, kEchoing, kClosing };

  struct Slot {
    UniqueFd fd;
    Stage stage = Stage::kConnecting;
    int64_t began_ns = 0;
    size_t sent_bytes = 0;
    size_t received_bytes = 0;
  };

  void Begin(uint32_t index);
  void OnEvent(uint32_t index, uint32_t ready);
  void SendMessage(uint32_t index);
  void Receive(uint32_t index);
  void OnAnswered(uint32_t index);
  void Finish(uint32_t index);
  bool RunUntil(int64_t deadline_ns);
  void Fail(uint32_t index, const std::string& what);

  const Options& options_;
  Window* window_;
  Pattern pattern_;
  UniqueFd epoll_fd_;
  std::vector<Slot> slots_;
  std::vector<unsigned char> read_buffer_;
  bool beginning_ = false;
  int open_slots_ = 0;
  uint32_t next_source_ = 0;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_CHURN_H_
