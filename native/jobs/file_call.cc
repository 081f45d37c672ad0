#include "jobs/file_call.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "pool/family.h"

namespace rawloop {

namespace {

constexpr double kMaxId = 4294967295;

bool IsText(FileArgument kind) { return kind == kPath || kind == kBytes; }

}  // namespace

std::unique_ptr<Job> FileCall::Make(const Args& args, Body body,
                                    const FileArgument* kinds, size_t count) {
  auto call = std::make_unique<FileCall>(body);
  for (size_t i = 0; i < count; i++) {
    if (!IsText(kinds[i]) && !call->Read(args, i, kinds[i])) return nullptr;
  }
  for (size_t i = 0; i < count; i++) {
    if (IsText(kinds[i]) && !call->ReadText(args, i, kinds[i])) return nullptr;
  }
  // Last: from here on it is the job's to end it.
  if (count > 0 && kinds[0] == kFd) call->use_.Begin(call->integer(0));
  return call;
}

FileCall::~FileCall() {
  if (opened_ >= 0) close(opened_);
  GiveBlock(large_);
}

bool FileCall::Read(const Args& args, size_t place, FileArgument kind) {
  const size_t index = kFirstArgument + place;
  int64_t* out = &numbers_[place];
  double number;
  switch (kind) {
    case kFd:
      int fd;
      if (!args.Descriptor(index, &fd)) return false;
      *out = fd;
      return true;
    case kInteger:
      int32_t integer;
      if (!args.Integer(index, "flags", &integer, 0)) return false;
      *out = integer;
      return true;
    case kId:
      if (!ReadInteger(args.env(), args.at(index), "id", -1, kMaxId, &number)) {
        return false;
      }
      break;
    default: {
      const double min = kind == kOffset ? -kMaxSafeInteger : -1;
      if (!ReadInteger(args.env(), args.at(index), "position", min,
                       kMaxSafeInteger, &number)) {
        return false;
      }
    }
  }
  *out = static_cast<int64_t>(number);
  return true;
}

bool FileCall::ReadText(const Args& args, size_t place, FileArgument kind) {
  Scratch* text = &texts_[text_count_];
  text_at_[place] = text_count_++;
  const napi_value value = args.at(kFirstArgument + place);
  if (kind == kPath) return text->CopyPath(args.env(), value, "path");
  return text->CopyMemory(args.env(), value, "bytes", kMaxTransferBytes);
}

void FileCall::Run() {
  status_ = static_cast<int32_t>(body_(this));
  use_.End();
}

Result FileCall::result() const {
  // Kept until it is taken, and so is the descriptor; see Taken().
  if (opened_ >= 0) return {&opened_, sizeof(opened_), true};
  if (status_ < 0) {
    return step_ == Step::kOwn ? Result{} : Result{&step_, sizeof(step_)};
  }
  if (size_ == 0) return {};
  return {large_.data == nullptr ? small_ : large_.data, size_};
}

uint8_t* FileCall::Output(size_t size) {
  GiveBlock(large_);
  large_ = {};
  return Grow(0, size);
}

uint8_t* FileCall::Grow(size_t filled, size_t size) {
  if (size <= sizeof(small_)) return small_;
  const Block more = TakeBlock(size);
  if (more.data == nullptr) return nullptr;
  memcpy(more.data, large_.data == nullptr ? small_ : large_.data, filled);
  GiveBlock(large_);
  large_ = more;
  return large_.data;
}

int64_t FileCall::Return(const void* data, size_t size) {
  uint8_t* output = Output(size);
  if (output == nullptr) return -ENOMEM;
  memcpy(output, data, size);
  size_ = size;
  return 0;
}

int64_t FileCall::ReturnDescriptor(int fd) {
  if (fd < 0) return -errno;
  opened_ = fd;
  return fd;
}

int64_t FileCall::Failed(Step step) {
  step_ = step;
  return -errno;
}

void FileCall::MustFinishFile(int fd) {
  struct stat s;
  if (fstat(fd, &s) == 0 && S_ISREG(s.st_mode)) MustFinish();
}

}  // namespace rawloop
