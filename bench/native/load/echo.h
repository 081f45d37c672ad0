// The echo load: N connections that each keep `depth` messages on the way for
// as long as the window lasts. The idle mode opens the same connections and
// holds them. Closed loop: a connection sends anew when it has been answered.
#ifndef RAWLOOP_BENCH_LOAD_ECHO_H_
#define RAWLOOP_BENCH_LOAD_ECHO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"
#include "pattern.h"
#include "socket.h"
#include "window.h"

namespace load {

class EchoLoad {
 public:
  EchoLoad(const Options& options, Window* window);

  // Opens all connections and has each echo one message, so that every one of
  // them has been accepted and used. False on failure; the window knows why.
  bool Open();

  // Warms up, measures, and waits for the answers that are still on the way.
  void Run();

  // Holds the open connections until stdin ends or the server closes one.
  void Hold();

 private:
  struct Connection {
    UniqueFd fd;
    uint32_t seed = 0;
    bool waits_for_room = false;
    uint64_t due_bytes = 0;  // end of the last message asked for
    uint64_t sent_bytes = 0;
    uint64_t received_bytes = 0;
    uint64_t boundary_bytes = 0;  // end of the oldest unanswered message
    int oldest = 0;               // its place in the ring of send times
    int newest = 0;               // the place of the next one to be sent
  };

  bool OpenGroup(int begin, int end);
  bool OpenOne(int index);
  void SendMessages(int index, int count, int64_t now_ns);
  void Flush(int index);
  void OnReadable(int index);
  int CountAnswered(int index, int64_t now_ns);
  bool IsDone() const;
  bool RunUntil(int64_t deadline_ns);
  bool AwaitAnswers();
  void Fail(int index, const std::string& what);

  int NextPlace(int place) const {
    return place + 1 == options_.depth ? 0 : place + 1;
  }

  int64_t& SentAtNs(int index, int place) {
    return sent_at_ns_[static_cast<size_t>(index) * options_.depth + place];
  }

  const Options& options_;
  Window* window_;
  Pattern pattern_;
  UniqueFd epoll_fd_;
  std::vector<Connection> connections_;
  std::vector<int64_t> sent_at_ns_;  // `depth` entries per connection
  std::vector<unsigned char> read_buffer_;
  bool sending_ = false;
  int64_t unanswered_ = 0;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_ECHO_H_
