// sendfile, splice, memfd_create: bytes that move inside the kernel, and a file
// that is memory alone. EINTR is retried, as nothing was transferred then.
// Linux; elsewhere see file_transfers_absent.cc. See sendfile(2), splice(2),
// memfd_create(2).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

// A place in a file, or null: the file's own offset, which moves.
class Place {
 public:
  bool Read(const Args& args, size_t index, const char* name) {
    int64_t position = 0;
    given_ = args.Has(index);
    if (given_ && !args.Position(index, &position, name)) return false;
    value_ = position;
    return true;
  }

  // For the kernel, which writes to it.
  template <typename Offset>
  Offset* Get(Offset* room) const {
    *room = value_;
    return given_ ? room : nullptr;
  }

 private:
  bool given_ = false;
  int64_t value_ = 0;
};

bool ReadLength(const Args& args, size_t index, const char* name, size_t* out) {
  double length;
  if (!ReadInteger(args.env(), args.at(index), name, 0, kMaxSafeInteger,
                   &length)) {
    return false;
  }
  *out = static_cast<size_t>(
      std::min(length, static_cast<double>(kMaxTransferBytes)));
  return true;
}

// sendfile(out_fd, in_fd, offset, count): bytes moved, 0 at the end, or -errno.
napi_value Sendfile(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int out_fd;
  int in_fd;
  Place place;
  size_t count;
  if (!args.Descriptor(0, &out_fd, "out_fd") ||
      !args.Descriptor(1, &in_fd, "in_fd") || !place.Read(args, 2, "offset") ||
      !ReadLength(args, 3, "count", &count)) {
    return nullptr;
  }
  off_t offset;
  ssize_t result = Retried(
      [&] { return sendfile(out_fd, in_fd, place.Get(&offset), count); });
  return Int(env, OrErrno(result));
}

// splice(fd_in, off_in, fd_out, off_out, len, flags?): bytes moved, 0 at the
// end, or -errno.
napi_value Splice(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int in_fd;
  Place in_place;
  int out_fd;
  Place out_place;
  size_t length;
  unsigned int flags = 0;
  if (!args.Descriptor(0, &in_fd, "fd_in") ||
      !in_place.Read(args, 1, "off_in") ||
      !args.Descriptor(2, &out_fd, "fd_out") ||
      !out_place.Read(args, 3, "off_out") ||
      !ReadLength(args, 4, "len", &length) ||
      !args.OptionalInteger(5, "flags", &flags)) {
    return nullptr;
  }
  loff_t in_offset;
  loff_t out_offset;
  ssize_t result = Retried([&] {
    return splice(in_fd, in_place.Get(&in_offset), out_fd,
                  out_place.Get(&out_offset), length, flags);
  });
  return Int(env, OrErrno(result));
}

// memfd_create(name, flags?): descriptor or -errno (-EINVAL: a name over 249
// bytes, or with a NUL in it, which would be cut off).
napi_value MemfdCreate(napi_env env, napi_callback_info info) {
  Args args(env, info);
  unsigned int flags = 0;
  size_t length = 0;
  if (!args.OptionalInteger(1, "flags", &flags)) return nullptr;
  if (napi_get_value_string_utf8(env, args.at(0), nullptr, 0, &length) !=
      napi_ok) {
    ThrowType(env, "name", "a string");
    return nullptr;
  }
  std::string name(length + 1, '\0');
  napi_get_value_string_utf8(env, args.at(0), name.data(), length + 1, &length);
  name.resize(length);
  if (name.find('\0') != std::string::npos) return Int(env, -EINVAL);
  return Opened(env, memfd_create(name.c_str(), flags | MFD_CLOEXEC));
}

void RegisterFileTransfers(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendfile", Guarded<Sendfile>},
                                {"splice", Guarded<Splice>},
                                {"memfd_create", Guarded<MemfdCreate>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterFileTransfers);

}  // namespace
}  // namespace rawloop
