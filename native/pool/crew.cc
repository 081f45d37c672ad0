#include "pool/crew.h"

#include <signal.h>

#include <cerrno>
#include <new>

#include "os/processors.h"
#include "os/thread_name.h"

namespace rawloop {

namespace {

constexpr char kThreadName[] = "rawloop-pool";
// A pool that has some threads, but fewer than it wants, tries again this
// often: each failed try costs a mapping of the stack.
constexpr std::chrono::seconds kRetryDelay(1);

}  // namespace

void Crew::Grow(size_t size, bool retry) {
  const auto now = std::chrono::steady_clock::now();
  if (alive_ >= size || (alive_ > 0 && !retry && now < retry_at_)) return;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  int error = pthread_attr_setstacksize(&attributes, stack_bytes_);
  // The threads inherit the mask: no signal of the host is ever delivered to
  // one of them, not even before its first instruction.
  sigset_t all;
  sigset_t old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  while (error == 0 && alive_ < size) error = Start(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  pthread_attr_destroy(&attributes);
  error_ = error;
  if (error != 0) retry_at_ = now + kRetryDelay;
}

int Crew::Start(const pthread_attr_t* attributes) {
  std::unique_ptr<Member> member(new (std::nothrow) Member());
  if (member == nullptr) return ENOMEM;
  // Before there is a thread that could be lost.
  try {
    members_.reserve(members_.size() + 1);
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
  member->crew = this;
  member->left = false;
  int error = pthread_create(&member->handle, attributes, Main, member.get());
  if (error != 0) return error;
  members_.push_back(std::move(member));
  alive_++;
  return 0;
}

void* Crew::Main(void* argument) {
  NameThread(kThreadName);
  const Crew* crew = static_cast<Member*>(argument)->crew;
  // A processor may have gone since they were looked at: then any will do.
  if (!crew->processors_.empty()) RunOnProcessors(crew->processors_);
  // The last of those that nobody joins ends the pool, and the crew with it.
  const std::function<void()> work = crew->work_;
  work();
  return nullptr;
}

void Crew::Leave() {
  alive_--;
  if (detached_) return;
  for (auto& member : members_) {
    if (!pthread_equal(member->handle, pthread_self())) continue;
    member->left = true;
    left_++;
  }
}

void Crew::Reap() {
  for (size_t i = 0; left_ > 0 && i < members_.size();) {
    if (!members_[i]->left) {
      i++;
      continue;
    }
    pthread_join(members_[i]->handle, nullptr);
    members_[i] = std::move(members_.back());
    members_.pop_back();
    left_--;
  }
}

void Crew::Detach() {
  if (detached_) return;
  Reap();
  for (auto& member : members_) pthread_detach(member->handle);
  detached_ = true;
}

void Crew::Join(std::mutex* mutex) {
  std::vector<std::unique_ptr<Member>> members;
  {
    std::lock_guard<std::mutex> lock(*mutex);
    if (detached_) return;
    members.swap(members_);
    left_ = 0;
  }
  for (auto& member : members) pthread_join(member->handle, nullptr);
}

}  // namespace rawloop
