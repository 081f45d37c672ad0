// Who waits for children that nobody else waits for any more, because their
// handle or their loop was closed or forgotten, or their Worker has ended: a
// thread, which is there while there are such children. Without it they would
// stay as zombies for as long as the process lives. See wait(2).
#ifndef RAWLOOP_PROCESS_REAPER_H_
#define RAWLOOP_PROCESS_REAPER_H_

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <vector>

namespace rawloop {

class Reaper : public std::enable_shared_from_this<Reaper> {
 public:
  // Takes the status of a child of this process once it has ended; of one that
  // has, at once. It does not wait for that. Without memory, or a thread, those
  // that live stay for the next call.
  void Take(pid_t pid);

 private:
  static void* Main(void* argument);

  void DropEnded();
  bool StartThread();
  // Until there are none.
  void Work();

  std::mutex mutex_;
  std::vector<pid_t> pids_;
  bool works_ = false;
  long pause_ns_ = 0;
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_REAPER_H_
