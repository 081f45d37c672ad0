// pread and pwrite: bytes at a place of a file, whose own offset stays where it
// is. EINTR is retried, as nothing was transferred then. See pread(2).
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/args.h"
#include "core/module.h"

namespace rawloop {
namespace {

static_assert(sizeof(off_t) == 8, "positions have 64 bits");

// (fd, buffer, offset?, length?, position): the position is read with the other
// numbers, before the memory.
bool ReadPositioned(const Args& args, int* fd, int64_t* position, Span* span) {
  return args.Descriptor(0, fd) && args.Position(4, position) &&
         args.Slice(1, span);
}

// pread(fd, buffer, offset?, length?, position): bytes read, 0 at the end, or
// -errno (-ESPIPE: what has no places, such as a pipe).
napi_value Pread(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  Span span;
  if (!ReadPositioned(args, &fd, &position, &span)) return nullptr;
  ssize_t result;
  do {
    result = pread(fd, span.data, span.size, position);
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

// pwrite(fd, buffer, offset?, length?, position): bytes written or -errno.
napi_value Pwrite(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int64_t position;
  Span span;
  if (!ReadPositioned(args, &fd, &position, &span)) return nullptr;
  ssize_t result;
  do {
    result = pwrite(fd, span.data, span.size, position);
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

void RegisterPositioned(napi_env env, napi_value exports) {
  const Function functions[] = {{"pread", Guarded<Pread>},
                                {"pwrite", Guarded<Pwrite>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterPositioned);

}  // namespace
}  // namespace rawloop
