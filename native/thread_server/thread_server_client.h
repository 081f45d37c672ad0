// The client side of the server of the textbooks: one pthread per connection,
// each in a blocking recv/send loop that echoes. It stands apart from the
// accept loop because ending the threads is the difficult half of the model.
// See pthread_create(3), pthread_join(3), recv(2), send(2), shutdown(2).
#ifndef RAWLOOP_THREAD_SERVER_THREAD_SERVER_CLIENT_H_
#define RAWLOOP_THREAD_SERVER_THREAD_SERVER_CLIENT_H_

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>

#include "calls/address.h"
#include "core/unique_fd.h"

namespace rawloop {

// What one recv may bring, on each client's stack. 64 KiB, because the loop's
// slab and the C yardsticks (kReadBytes in bench/native/server.h) read as much
// at once: a comparison of the models then compares no buffer sizes. Only the
// pages that a message reaches become resident, so that an idle client is
// small.
constexpr size_t kEchoBytes = 64 * 1024;

// Blocks every signal in this scope, for the threads created in it: they
// inherit the mask, and the host's handlers stay on the host's threads.
class SignalsBlocked {
 public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// By no call that may be refused where poll(2) is.
void SleepMs(int ms);

// Told by a client's thread, while ClientThreads lives.
class ClientObserver {
 public:
  // A connection that did not end by a clean close of either side.
  virtual void ConnectionFailed(const char* call, int error,
                                const Address& peer) = 0;
  // There is something for JoinEnded() to do.
  virtual void ThreadEnded() = 0;

 protected:
  ~ClientObserver() = default;
};

class ClientThreads {
 public:
  struct Figures {
    size_t threads = 0;  // alive now: one for each open connection
    uint64_t bytes = 0;  // echoed, to clients that left included
  };

  // `stack_bytes` comes on top of the echo buffer on each thread's stack.
  ClientThreads(size_t stack_bytes, ClientObserver* observer);
  ~ClientThreads();
  ClientThreads(const ClientThreads&) = delete;
  ClientThreads& operator=(const ClientThreads&) = delete;

  // Starts a thread that echoes until the peer or StopAll() ends it, and takes
  // the socket. Or the error number of pthread_create, and takes nothing.
  int Serve(UniqueFd* socket, const Address& peer);

  // Joins the threads that have ended, whose stacks go then.
  void JoinEnded();

  // Ends and joins all threads. Serve() must not run meanwhile. What bounds
  // the time: shutdown(2) wakes a blocked recv and send alike, whatever the
  // peer does or does not.
  void StopAll();

  Figures figures() const;

 private:
  struct Client {
    ClientThreads* owner = nullptr;
    UniqueFd socket;
    Address peer;
    pthread_t thread{};
    // Written by its own thread alone: no counter is shared on the way of a
    // message, so that counting does not slow what is being compared.
    std::atomic<uint64_t> bytes{0};
    std::list<Client>::iterator self;
  };

  static void* Run(void* client);
  // `error` is 0, or an errno of `call`.
  void Finish(Client* client, const char* call, int error);

  ClientObserver* const observer_;
  pthread_attr_t attributes_;
  mutable std::mutex mutex_;
  std::condition_variable all_left_;
  // Guarded by mutex_ from here on.
  std::list<Client> clients_;
  // Their threads have ended, or do nothing more, and are to be joined.
  std::list<Client> ended_;
  uint64_t bytes_of_gone_ = 0;
  bool stopping_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_THREAD_SERVER_THREAD_SERVER_CLIENT_H_
