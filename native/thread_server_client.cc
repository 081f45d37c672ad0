#include "thread_server_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "opening.h"
#include "thread_name.h"

namespace rawloop {

int UniqueFd::Release() { return std::exchange(fd_, -1); }

void UniqueFd::Reset(int fd) {
  int before = std::exchange(fd_, fd);
  if (before >= 0) close(before);
}

SignalsBlocked::SignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

namespace {

// False when the peer or StopAll() ended the connection. EINTR is retried,
// though signals are blocked: a debugger or a stop and continue causes it.
bool SendAll(int fd, const uint8_t* data, size_t size,
             std::atomic<uint64_t>* sent_bytes) {
  while (size > 0) {
    ssize_t sent = send(fd, data, size, kSendFlags);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    data += sent;
    size -= static_cast<size_t>(sent);
    sent_bytes->store(sent_bytes->load(std::memory_order_relaxed) +
                          static_cast<uint64_t>(sent),
                      std::memory_order_relaxed);
  }
  return true;
}

// The end of input comes after all that was received has been echoed: a peer
// that shuts its writing side gets every byte back before the close.
void Echo(int fd, std::atomic<uint64_t>* sent_bytes) {
  uint8_t buffer[kEchoBytes];
  for (;;) {
    ssize_t received = recv(fd, buffer, sizeof(buffer), 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return;
    if (!SendAll(fd, buffer, static_cast<size_t>(received), sent_bytes)) return;
  }
}

}  // namespace

ClientThreads::ClientThreads(size_t stack_bytes) {
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

int ClientThreads::Serve(UniqueFd* socket) {
  // Held while the thread is created: it cannot finish before it is counted,
  // and a thread that could not be created is never seen in the figures.
  std::lock_guard<std::mutex> lock(mutex_);
  auto client = clients_.emplace(clients_.end());
  client->owner = this;
  client->socket = std::move(*socket);
  client->self = client;
  pthread_t thread;
  int error = pthread_create(&thread, &attributes_, Run, &*client);
  if (error == 0) return 0;
  *socket = std::move(client->socket);
  clients_.erase(client);
  return error;
}

void* ClientThreads::Run(void* argument) {
  auto* client = static_cast<Client*>(argument);
  NameThread("rawloop-client");
  Echo(client->socket.get(), &client->bytes);
  client->owner->Finish(client);
  return nullptr;
}

// Each thread that finishes joins the one that finished before it. So at most
// one ended thread is left to join, however many connections come and go, and
// no one has to be woken for it. Detached threads would do without, but then
// nobody could tell when the last of them has left this code, which goes away
// when the addon is unloaded with its Worker.
void ClientThreads::Finish(Client* client) {
  std::optional<pthread_t> previous;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    bytes_of_gone_ += client->bytes.load(std::memory_order_relaxed);
    // Closed under the lock, so that StopAll() never shuts down a number that
    // is another's by now, and whoever sees the close sees the figures of it.
    clients_.erase(client->self);
    previous = std::exchange(finished_, pthread_self());
    if (clients_.empty()) all_left_.notify_all();
  }
  if (previous) pthread_join(*previous, nullptr);
}

void ClientThreads::StopAll() {
  std::optional<pthread_t> last;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    for (const Client& client : clients_) {
      shutdown(client.socket.get(), SHUT_RDWR);
    }
    all_left_.wait(lock, [this] { return clients_.empty(); });
    last = std::exchange(finished_, std::nullopt);
  }
  // It joined its predecessor before it ended, and that one its own.
  if (last) pthread_join(*last, nullptr);
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
