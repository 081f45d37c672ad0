#include "jobs/entries.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/retried.h"

namespace rawloop {

namespace {

// malloc, not new: without memory a new on a thread ends the process.
template <typename T>
bool MakeRoom(T** memory, uint32_t* room, uint32_t wanted) {
  if (wanted <= *room) return true;
  const uint32_t more = std::max(wanted, *room * 2);
  void* grown = realloc(*memory, sizeof(T) * more);
  if (grown == nullptr) return false;
  *memory = static_cast<T*>(grown);
  *room = more;
  return true;
}

uint8_t TypeOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return DT_REG;
    case S_IFDIR:
      return DT_DIR;
    case S_IFLNK:
      return DT_LNK;
    case S_IFIFO:
      return DT_FIFO;
    case S_IFSOCK:
      return DT_SOCK;
    case S_IFCHR:
      return DT_CHR;
    case S_IFBLK:
      return DT_BLK;
    default:
      return DT_UNKNOWN;
  }
}

}  // namespace

Entries::~Entries() {
  free(entries_);
  free(names_);
}

bool Entries::Add(const char* name, uint8_t type, uint64_t inode) {
  if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) {
    return true;
  }
  const auto size = static_cast<uint32_t>(strlen(name) + 1);
  // 4 GiB of names are more than a folder can have.
  if (name_bytes_ > UINT32_MAX / 4 ||
      !MakeRoom(&names_, &name_room_,
                std::max<uint32_t>(4096, name_bytes_ + size)) ||
      !MakeRoom(&entries_, &room_, std::max<uint32_t>(128, count_ + 1))) {
    return false;
  }
  memcpy(names_ + name_bytes_, name, size);
  entries_[count_++] = {inode, 0, name_bytes_, type};
  name_bytes_ += size;
  return true;
}

void Entries::CompleteTypes(int folder) {
  for (uint32_t i = 0; i < count_; i++) {
    struct stat s;
    if (At(i)->type != DT_UNKNOWN) continue;
    // One that is gone by now stays unknown.
    if (fstatat(folder, name(i), &s, AT_SYMLINK_NOFOLLOW) == 0) {
      At(i)->type = TypeOf(s.st_mode);
    }
  }
}

size_t Entries::CommonBytes() const {
  if (count_ == 0) return 0;
  const char* first = name(0);
  size_t common = strlen(first);
  for (uint32_t i = 1; i < count_ && common > 0; i++) {
    const char* other = name(i);
    size_t same = 0;
    while (same < common && other[same] == first[same]) same++;
    common = same;
  }
  return common;
}

// By the eight bytes behind what all begin with, as a number; the rest is
// looked at where these are the same. Of 1,000 names strcmp alone was a fifth
// of readdir.
void Entries::Sort() {
  const size_t common = CommonBytes();
  for (uint32_t i = 0; i < count_; i++) {
    const char* rest = name(i) + common;
    uint64_t key = 0;
    for (size_t at = 0, end = 0; at < sizeof(key); at++) {
      key = key << 8 | static_cast<uint8_t>(rest[end]);
      if (rest[end] != 0) end++;
    }
    At(i)->key = key;
  }
  const char* names = names_;
  std::sort(entries_, entries_ + count_,
            [names](const Entry& one, const Entry& other) {
              if (one.key != other.key) return one.key < other.key;
              return strcmp(names + one.name, names + other.name) < 0;
            });
}

void Entries::Write(uint8_t* output) const {
  memcpy(output, &count_, sizeof(count_));
  uint8_t* types = output + sizeof(count_);
  uint8_t* names = types + count_;
  for (uint32_t i = 0; i < count_; i++) {
    types[i] = type(i);
    const size_t size = strlen(name(i)) + 1;
    memcpy(names, name(i), size);
    names += size;
  }
}

int64_t Entries::ReturnTo(FileCall* call) const {
  uint8_t* output = call->Output(bytes());
  if (output == nullptr) return -ENOMEM;
  Write(output);
  call->SetSize(bytes());
  return 0;
}

void Entries::WriteListing(uint8_t* output) const {
  Write(output);
  uint8_t* behind = output + bytes();
  for (uint32_t i = 0; i < count_; i++) {
    memcpy(behind + i * sizeof(uint64_t), &At(i)->inode, sizeof(uint64_t));
  }
}

int ReadAllEntries(int fd, Entries* entries) {
  int result;
  do {
    result = ReadEntries(fd, entries);
  } while (result > 0);
  return result;
}

int ListFolder(int fd, Entries* entries) {
  const int opened = Retried(
      [&] { return openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (opened < 0) return -errno;
  const int result = ReadAllEntries(opened, entries);
  if (result == 0) {
    entries->CompleteTypes(opened);
    entries->Sort();
  }
  close(opened);
  return result;
}

}  // namespace rawloop
