// The load of passed descriptors: connections to a Unix stream socket that each
// send a byte with a descriptor, receive one with a descriptor of the server's,
// close that, and begin again. The server closes what it receives: whether it
// does is looked up in /proc.
#ifndef RAWLOOP_BENCH_LOAD_PASS_H_
#define RAWLOOP_BENCH_LOAD_PASS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"
#include "socket.h"
#include "window.h"

namespace load {

class PassLoad {
 public:
  PassLoad(const Options& options, Window* window);

  // Opens all connections and has each answer once. False on failure; the
  // window knows why.
  bool Open();

  // Warms up, measures, and waits for the answers that are still on the way.
  void Run();

 private:
  struct Connection {
    UniqueFd fd;
    int64_t sent_ns = 0;
  };

  bool OpenOne(uint32_t index);
  void Pass(uint32_t index, int64_t now_ns);
  void OnReadable(uint32_t index);
  bool IsDone() const;
  bool RunUntil(int64_t deadline_ns);
  bool AwaitAnswers();
  int ServerDescriptors() const;
  void Fail(const std::string& what) { window_->AddError(what); }

  const Options& options_;
  Window* window_;
  UniqueFd epoll_fd_;
  UniqueFd own_fd_;  // what is passed
  std::vector<Connection> connections_;
  bool sending_ = false;
  int64_t unanswered_ = 0;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_PASS_H_
