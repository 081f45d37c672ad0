#include "core/descriptor_use.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "core/retried.h"

namespace rawloop {

namespace {

struct Use {
  size_t count = 0;
  bool closes = false;  // the last use is to close it
};

struct Table {
  std::mutex mutex;
  std::unordered_map<int, Use> uses;
};

// Never destroyed: a thread may end its last job while the process exits.
Table& Uses() {
  static Table* const table = new Table();
  return *table;
}

// As the host has them, children get it. False: there is no room, or no such
// device.
bool PutNullDevice(int fd) {
  const int device =
      Retried([] { return open("/dev/null", O_RDWR | O_CLOEXEC); });
  if (device < 0) return false;
  if (device == fd) return fcntl(fd, F_SETFD, 0) == 0;
  const int result = Retried([&] { return dup2(device, fd); });
  close(device);
  return result == fd;
}

}  // namespace

int CloseNow(int fd) {
  if (fd > STDERR_FILENO) return close(fd) < 0 && errno != EINTR ? -errno : 0;
  if (fcntl(fd, F_GETFD) < 0) return -errno;
  if (PutNullDevice(fd)) return 0;
  // Its own place is the room.
  close(fd);
  PutNullDevice(fd);
  return 0;
}

void DescriptorUse::Begin(int fd) {
  Table& table = Uses();
  std::lock_guard<std::mutex> lock(table.mutex);
  table.uses[fd].count++;
  fd_ = fd;
}

void DescriptorUse::End() {
  if (fd_ < 0) return;
  const int fd = fd_;
  fd_ = -1;
  Table& table = Uses();
  std::unique_lock<std::mutex> lock(table.mutex);
  const auto found = table.uses.find(fd);
  if (--found->second.count > 0) return;
  const bool closes = found->second.closes;
  table.uses.erase(found);
  lock.unlock();
  if (closes) CloseNow(fd);
}

int CloseUnused(int fd) {
  Table& table = Uses();
  std::unique_lock<std::mutex> lock(table.mutex);
  const auto found = table.uses.find(fd);
  if (found != table.uses.end()) {
    found->second.closes = true;
    return 0;
  }
  lock.unlock();
  return CloseNow(fd);
}

}  // namespace rawloop
