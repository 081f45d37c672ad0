#include "thread_server/thread_server_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <iterator>
#include <new>
#include <thread>
#include <utility>

#include "os/opening.h"
#include "os/thread_name.h"

namespace rawloop {

SignalsBlocked::SignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SleepMs(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

namespace {

// How a connection ended: 0, or what the call failed with.
struct Ending {
  const char* call = nullptr;
  int error = 0;
};

// Counts the times in a row that the kernel had no memory for a call. It may
// have some a little later: only a second without is an end.
class Shortage {
 public:
  // Whether to call again. EINTR is retried, though signals are blocked: a
  // debugger or a stop and continue causes it.
  bool IsOver(int error) {
    if (error == EINTR) return true;
    if (error != ENOBUFS && error != ENOMEM) return false;
    SleepMs(kPauseMs);
    return ++pauses_ <= kPauses;
  }
  void Reset() { pauses_ = 0; }

 private:
  static constexpr int kPauseMs = 10;
  static constexpr int kPauses = 100;
  int pauses_ = 0;
};

Ending SendAll(int fd, const uint8_t* data, size_t size,
               std::atomic<uint64_t>* sent_bytes) {
  Shortage shortage;
  while (size > 0) {
    ssize_t sent = send(fd, data, size, kSendFlags);
    if (sent < 0) {
      int error = errno;
      if (shortage.IsOver(error)) continue;
      return {"send", error};
    }
    shortage.Reset();
    data += sent;
    size -= static_cast<size_t>(sent);
    sent_bytes->store(sent_bytes->load(std::memory_order_relaxed) +
                          static_cast<uint64_t>(sent),
                      std::memory_order_relaxed);
  }
  return {};
}

// The end of input comes after all that was received has been echoed: a peer
// that shuts its writing side gets every byte back before the close.
Ending Echo(int fd, std::atomic<uint64_t>* sent_bytes) {
  uint8_t buffer[kEchoBytes];
  Shortage shortage;
  for (;;) {
    ssize_t received = recv(fd, buffer, sizeof(buffer), 0);
    if (received < 0) {
      int error = errno;
      if (shortage.IsOver(error)) continue;
      return {"recv", error};
    }
    shortage.Reset();
    if (received == 0) return {};
    Ending ending =
        SendAll(fd, buffer, static_cast<size_t>(received), sent_bytes);
    if (ending.error != 0) return ending;
  }
}

}  // namespace

ClientThreads::ClientThreads(size_t stack_bytes, ClientObserver* observer)
    : observer_(observer) {
  pthread_attr_init(&attributes_);
  // macOS refuses a stack that is not of whole pages.
  size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  size_t bytes = (stack_bytes + kEchoBytes + page - 1) / page * page;
  pthread_attr_setstacksize(&attributes_, bytes);
}

ClientThreads::~ClientThreads() {
  StopAll();
  pthread_attr_destroy(&attributes_);
}

int ClientThreads::Serve(UniqueFd* socket, const Address& peer) {
  std::list<Client> made;
  try {
    made.emplace_back();
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
  // Held while the thread is created: it cannot finish before it is counted,
  // and a thread that could not be created is never seen in the figures.
  std::lock_guard<std::mutex> lock(mutex_);
  clients_.splice(clients_.end(), made);
  auto client = std::prev(clients_.end());
  client->owner = this;
  client->socket = std::move(*socket);
  client->peer = peer;
  client->self = client;
  int error = pthread_create(&client->thread, &attributes_, Run, &*client);
  if (error == 0) return 0;
  *socket = std::move(client->socket);
  clients_.erase(client);
  return error;
}

void* ClientThreads::Run(void* argument) {
  auto* client = static_cast<Client*>(argument);
  NameThread("rawloop-client");
  Ending ending = Echo(client->socket.get(), &client->bytes);
  client->owner->Finish(client, ending.call, ending.error);
  return nullptr;
}

// Who ended is joined by the thread that accepts, which is told of it. Detached
// threads would do without, but then nobody could tell when the last of them
// has left this code, which goes away when the addon is unloaded with its
// Worker.
void ClientThreads::Finish(Client* client, const char* call, int error) {
  bool first;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // Before the close, and all of it under the lock: whoever sees the close
    // sees the figures of it, and StopAll() never shuts down a number that is
    // another's by now. What StopAll() shut down did not fail.
    if (error != 0 && !stopping_) {
      observer_->ConnectionFailed(call, error, client->peer);
    }
    bytes_of_gone_ += client->bytes.load(std::memory_order_relaxed);
    client->socket.Reset();
    first = ended_.empty();
    ended_.splice(ended_.end(), clients_, client->self);
    if (clients_.empty()) all_left_.notify_all();
  }
  // Whoever destroys what this is called on joins this thread before.
  if (first) observer_->ThreadEnded();
}

void ClientThreads::JoinEnded() {
  std::list<Client> ended;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended.swap(ended_);
  }
  for (const Client& client : ended) pthread_join(client.thread, nullptr);
}

void ClientThreads::StopAll() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    stopping_ = true;
    for (const Client& client : clients_) {
      if (client.socket.IsSame()) shutdown(client.socket.get(), SHUT_RDWR);
    }
    all_left_.wait(lock, [this] { return clients_.empty(); });
    stopping_ = false;
  }
  JoinEnded();
}

ClientThreads::Figures ClientThreads::figures() const {
  std::lock_guard<std::mutex> lock(mutex_);
  Figures figures;
  figures.threads = clients_.size();
  figures.bytes = bytes_of_gone_;
  for (const Client& client : clients_) {
    figures.bytes += client.bytes.load(std::memory_order_relaxed);
  }
  return figures;
}

}  // namespace rawloop
