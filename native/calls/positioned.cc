// pread and pwrite: bytes at a place of a file, whose own offset stays where it
// is; lseek: that offset. EINTR is retried, as nothing was transferred then.
// See pread(2), lseek(2).
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

static_assert(sizeof(off_t) == 8, "positions have 64 bits");

// pread(fd, buffer, offset?, length?, position): bytes read, 0 at the end, or
// -errno (-ESPIPE: what has no places, such as a pipe).
// pwrite(fd, buffer, offset?, length?, position): bytes written or -errno.
template <auto call>
napi_value MoveAt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  Span span;
  // With the other numbers, before the memory.
  if (!args.Descriptor(0, &fd) || !args.Position(4, &position) ||
      !args.Slice(1, &span)) {
    return nullptr;
  }
  return Int(env, OrErrno(Retried([&] {
               return call(fd, span.data, span.size, position);
             })));
}

// lseek(fd, offset, whence): the place in the file, or -errno.
napi_value Lseek(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  double offset;
  int whence;
  if (!args.Descriptor(0, &fd) ||
      !ReadInteger(env, args.at(1), "offset", -kMaxSafeInteger, kMaxSafeInteger,
                   &offset) ||
      !args.Integer(2, "whence", &whence)) {
    return nullptr;
  }
  const off_t place = lseek(fd, static_cast<off_t>(offset), whence);
  napi_value result;
  napi_create_double(env, static_cast<double>(place < 0 ? -errno : place),
                     &result);
  return result;
}

void RegisterPositioned(napi_env env, napi_value exports) {
  const Function functions[] = {{"pread", Guarded<MoveAt<pread>>},
                                {"pwrite", Guarded<MoveAt<pwrite>>},
                                {"lseek", Guarded<Lseek>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterPositioned);

}  // namespace
}  // namespace rawloop
