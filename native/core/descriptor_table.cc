#include "core/descriptor_table.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bitset>
#include <cerrno>
#include <cstdlib>
#include <mutex>

#include "core/descriptor_use.h"
#include "os/identity.h"

namespace rawloop {
namespace {

// A word is the owner's number above an identity, and whether a handle has it
// at the top; 0: not owned by us.
using Word = std::atomic<uint64_t>;
constexpr uint64_t kIdentityMask = (uint64_t{1} << kIdentityBits) - 1;
constexpr uint64_t kHeld = uint64_t{1} << 63;
constexpr size_t kOwners = size_t{1} << (63 - kIdentityBits);

constexpr int kChunkBits = 14;
constexpr size_t kChunks = size_t{1} << (31 - kChunkBits);
constexpr size_t kChunkWords = size_t{1} << kChunkBits;

// Chunks come with the first number that falls into them, and stay.
std::atomic<Word*> chunks[kChunks];

std::mutex owners_mutex;
std::bitset<kOwners> owners;

uint64_t TakeOwner() {
  std::lock_guard<std::mutex> lock(owners_mutex);
  for (size_t i = 1; i < kOwners; i++) {
    if (owners[i]) continue;
    owners[i] = true;
    return i;
  }
  return 0;
}

void GiveBackOwner(uint64_t owner) {
  std::lock_guard<std::mutex> lock(owners_mutex);
  owners[owner] = false;
}

// Null when it never was owned.
Word* Find(int fd) {
  Word* chunk = chunks[fd >> kChunkBits].load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : &chunk[fd & (kChunkWords - 1)];
}

// Null when there is no memory.
Word* FindOrMake(int fd) {
  Word* found = Find(fd);
  if (found != nullptr) return found;
  // All zero bits are a word of 0; memory that is not looked at stays unused.
  auto* made = static_cast<Word*>(calloc(kChunkWords, sizeof(Word)));
  if (made == nullptr) return nullptr;
  Word* none = nullptr;
  if (!chunks[fd >> kChunkBits].compare_exchange_strong(none, made)) free(made);
  return Find(fd);
}

uint64_t OwnerOf(uint64_t word) { return (word & ~kHeld) >> kIdentityBits; }

int Unowned(int fd) { return Identify(fd) == kNotOpen ? -EBADF : -EPERM; }

}  // namespace

OwnedDescriptors::OwnedDescriptors() : owner_(TakeOwner()) {
  BeginIdentities();
}

OwnedDescriptors::~OwnedDescriptors() {
  for (int fd = 0; fd < end_; fd++) {
    Word* word = Find(fd);
    if (word == nullptr) {
      fd |= static_cast<int>(kChunkWords - 1);
    } else if (OwnerOf(word->load()) == owner_) {
      // A job that was left behind may read from it: see pool/ending.cc.
      if (Release(fd) == 0) CloseUnused(fd);
    }
  }
  EndIdentities();
  if (owner_ != 0) GiveBackOwner(owner_);
}

int OwnedDescriptors::Store(int fd, Word* word, uint64_t identity) {
  if (word == nullptr) {
    close(fd);
    return -ENOMEM;
  }
  word->store(owner_ << kIdentityBits | identity);
  end_ = std::max(end_, fd + 1);
  return fd;
}

int OwnedDescriptors::Opened(int fd) {
  return Store(fd, owner_ == 0 ? nullptr : FindOrMake(fd), Identify(fd));
}

int OwnedDescriptors::Received(int fd) {
  return Store(fd, owner_ == 0 ? nullptr : FindOrMake(fd), kUnknown);
}

int OwnedDescriptors::Settle(int fd) {
  Word* word = Find(fd);
  uint64_t before = word == nullptr ? 0 : word->load();
  // Any other may be a stranger's by now.
  if ((before & kIdentityMask) != kUnknown || OwnerOf(before) != owner_) {
    return Check(fd);
  }
  Identity identity = Identify(fd);
  if (identity == kNotOpen) return -EBADF;
  uint64_t now = (before & ~kIdentityMask) | identity;
  return word->compare_exchange_strong(before, now) ? 0 : -EPERM;
}

int OwnedDescriptors::CloseReceived(int fd) {
  Word* word = Find(fd);
  uint64_t now = word == nullptr ? 0 : word->load();
  // Any other may be a stranger's by now.
  if ((now & kIdentityMask) != kUnknown) return Close(fd);
  return CloseKnown(fd);
}

int OwnedDescriptors::OpenedPair(const int fds[2]) {
  if (Opened(fds[0]) < 0) {
    close(fds[1]);
    return -ENOMEM;
  }
  if (Opened(fds[1]) >= 0) return 0;
  Close(fds[0]);
  return -ENOMEM;
}

int OwnedDescriptors::Adopt(int fd) {
  Identity identity = Identify(fd);
  if (identity == kNotOpen) return -EBADF;
  Word* word = owner_ == 0 ? nullptr : FindOrMake(fd);
  if (word == nullptr) return -ENOMEM;
  uint64_t before = word->load();
  // Somebody's, unless it is a file that is gone, which its owner does not
  // know.
  if (before != 0 && CheckIdentity(fd, before & kIdentityMask) == 0) {
    return OwnerOf(before) == owner_ ? 0 : -EBUSY;
  }
  if (!word->compare_exchange_strong(before,
                                     owner_ << kIdentityBits | identity)) {
    return -EBUSY;
  }
  end_ = std::max(end_, fd + 1);
  return 0;
}

int OwnedDescriptors::Check(int fd) const {
  Word* word = Find(fd);
  uint64_t now = word == nullptr ? 0 : word->load();
  if (now == 0 || OwnerOf(now) != owner_) return Unowned(fd);
  return CheckIdentity(fd, now & kIdentityMask);
}

int OwnedDescriptors::Hold(int fd, bool on) {
  Word* word = Find(fd);
  uint64_t before = word == nullptr ? 0 : word->load();
  if (before == 0 || OwnerOf(before) != owner_) return Unowned(fd);
  uint64_t now = on ? before | kHeld : before & ~kHeld;
  return word->compare_exchange_strong(before, now) ? 0 : -EPERM;
}

bool OwnedDescriptors::IsHeld(int fd) const {
  Word* word = Find(fd);
  return word != nullptr && (word->load() & kHeld) != 0;
}

int OwnedDescriptors::Release(int fd) { return Take(fd, false); }

int OwnedDescriptors::Close(int fd) { return Take(fd, true); }

int OwnedDescriptors::CloseKnown(int fd) {
  Word* word = Find(fd);
  uint64_t before = word == nullptr ? 0 : word->load();
  if (before == 0 || OwnerOf(before) != owner_) return Unowned(fd);
  if (!word->compare_exchange_strong(before, 0)) return -EPERM;
  return CloseNow(fd);
}

// The word goes first: after the close the number may be another thread's.
int OwnedDescriptors::Take(int fd, bool and_close) {
  Word* word = Find(fd);
  uint64_t before = word == nullptr ? 0 : word->load();
  if (before == 0 || OwnerOf(before) != owner_) return Unowned(fd);
  int error = CheckIdentity(fd, before & kIdentityMask);
  if (!word->compare_exchange_strong(before, 0)) return -EPERM;
  if (error < 0 || !and_close) return error;
  return CloseNow(fd);
}

}  // namespace rawloop
