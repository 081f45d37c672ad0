// The kqueue half of a poller: registrations, as filters with one receipt for
// each change, and the waker. Waiting stands in kqueue_wait.cc. See kqueue(2).
#include "poll/kqueue_poller.h"

#include <sys/stat.h>

#include <cerrno>

#include "core/args.h"
#include "core/module.h"
#include "poll/readiness.h"
#include "poll/waker.h"

namespace rawloop {
namespace {

// Interest.EDGE, ONESHOT and VNODE of lib/poller/interest.ts.
constexpr uint32_t kEdge = 0x100;
constexpr uint32_t kOneshot = 0x200;
constexpr uint32_t kVnode = 0x800;
constexpr uint32_t kInterests = 0xfff;
constexpr int kNone = -1;

// No descriptor has this number.
constexpr uintptr_t kWakerIdent = 0x80000000;

// Out-of-band data has a filter on macOS and OpenBSD.
#ifdef EVFILT_EXCEPT
constexpr int kPriorityFilter = EVFILT_EXCEPT;
constexpr unsigned int kPriorityNotes = NOTE_OOB;
#else
constexpr int kPriorityFilter = 0;
constexpr unsigned int kPriorityNotes = 0;
#endif

// Whatever happens to a file or a folder.
constexpr unsigned int kVnodeNotes = kNotesOfWriting | NOTE_ATTRIB | NOTE_LINK |
                                     NOTE_RENAME | NOTE_DELETE | kNoteRevoke;

constexpr struct {
  uint32_t bit;
  int filter;
  unsigned int notes;
} kFilters[] = {
    {kReadable, EVFILT_READ, 0},
    {kWritable, EVFILT_WRITE, 0},
    {kPriority, kPriorityFilter, kPriorityNotes},
    {kVnode, EVFILT_VNODE, kVnodeNotes},
};
constexpr uint32_t kConditions = kReadable | kWritable | kPriority | kVnode;

// Which filters stand for an interest. For none it is that of reading,
// disabled: so that the kernel still knows the registration, and forgets it
// with a close.
uint32_t FiltersOf(uint32_t interest) {
  uint32_t conditions = interest & kConditions;
  return conditions == 0 ? kReadable : conditions;
}

bool IsIdle(uint32_t interest) { return (interest & kConditions) == 0; }

int FlagsOf(uint32_t interest) {
  int flags = EV_ADD;
  if ((interest & kEdge) != 0) flags |= EV_CLEAR;
  if ((interest & kOneshot) != 0) flags |= EV_DISPATCH;
  return flags | EV_ENABLE;
}

void PushDeletes(int fd, uint32_t filters, Changes* changes) {
  for (const auto& entry : kFilters) {
    if ((filters & entry.bit) != 0) {
      changes->Push(
          Change(static_cast<uintptr_t>(fd), entry.filter, EV_DELETE));
    }
  }
}

void PushAdds(int fd, uint32_t interest, uint64_t udata, Changes* changes) {
  uint32_t filters = FiltersOf(interest);
  for (const auto& entry : kFilters) {
    if ((filters & entry.bit) == 0) continue;
    Event add = Change(static_cast<uintptr_t>(fd), entry.filter,
                       FlagsOf(interest), udata);
    add.fflags = entry.notes;
    changes->Push(add);
  }
  // Apart from the other, as libkqueue forgets it along with EV_ADD.
  if (IsIdle(interest)) {
    changes->Push(Change(static_cast<uintptr_t>(fd), EVFILT_READ, EV_DISABLE));
  }
}

// What may be registered, and what of it the records are judged by. 0 or
// -errno.
int Examine(int kq, int fd, uint32_t interest, uint64_t token,
            uint64_t* udata) {
  struct stat status;
  if (fstat(fd, &status) < 0) return -errno;
  // kqueue would take them: always ready but at the end of a file, which is no
  // readiness that a loop can use. epoll refuses them. What happens to them can
  // be waited for, and nothing else along with it.
  const bool is_file = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
  const bool waits = (interest & kConditions & ~kVnode) != 0;
  if (is_file && (waits || IsIdle(interest))) return -EPERM;
  if ((interest & kVnode) != 0 && (!is_file || waits)) return -EINVAL;
  if (fd == kq) return -EINVAL;
  if ((interest & kPriority) != 0 && kPriorityFilter == 0) return -ENOTSUP;
  *udata = token;
  if (S_ISSOCK(status.st_mode)) *udata |= kIsSocket;
  if ((interest & kOneshot) != 0) *udata |= kIsOneshot;
  if ((interest & kEdge) != 0) *udata |= kIsEdge;
  constexpr uint32_t kBoth = kReadable | kWritable;
  if ((interest & kBoth) == kBoth) *udata |= kIsBoth;
  return 0;
}

// kqueueUpdate(kq, fd, before, interest, token): replaces the filters of the
// interest `before` (-1: none yet) by those of `interest` (-1: none any more).
// 0 or -errno; -ENOENT when `before` is not there. A failure leaves none.
napi_value KqueueUpdate(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kq;
  int fd;
  int before;
  int interest;
  double token = 0;
  if (!args.Descriptor(0, &kq, "kq") || !args.Descriptor(1, &fd) ||
      !args.Integer(2, "before", &before, kNone, kInterests) ||
      !args.Integer(3, "interest", &interest, kNone, kInterests) ||
      (args.Has(4) &&
       !ReadInteger(env, args.at(4), "token", 0, kMaxSafeInteger, &token))) {
    return nullptr;
  }
  Changes changes;
  // A filter's flags are those that it was added with: it is added anew.
  if (before != kNone) PushDeletes(fd, FiltersOf(before), &changes);
  if (interest != kNone) {
    uint64_t udata;
    int error = Examine(kq, fd, interest, static_cast<uint64_t>(token), &udata);
    if (error < 0) return Int(env, error);
    PushAdds(fd, interest, udata, &changes);
  }
  int error = changes.Apply(kq);
  if (error < 0) return Int(env, error);
  bool ended = false;
  for (int i = 0; i < changes.count(); i++) {
    if (changes.is_delete(i)) {
      ended = ended || changes.error(i) == 0;
    } else if (error == 0) {
      error = -changes.error(i);
    }
  }
  if (interest == kNone) return Int(env, ended ? 0 : -ENOENT);
  // What was to be replaced is gone: the number is another descriptor's by now.
  if (error == 0 && before != kNone && !ended) error = -ENOENT;
  if (error < 0) {
    Changes undo;
    PushDeletes(fd, FiltersOf(interest), &undo);
    undo.Apply(kq);
  }
  return Int(env, error);
}

// kqueueHas(kq, fd, interest, token): whether the kernel still has the
// registration of that interest: a close ends it. 1, 0 or -errno.
napi_value KqueueHas(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kq;
  int fd;
  uint32_t interest;
  double token;
  if (!args.Descriptor(0, &kq, "kq") || !args.Descriptor(1, &fd) ||
      !args.Integer(2, "interest", &interest, 0, kInterests) ||
      !ReadInteger(env, args.at(3), "token", 0, kMaxSafeInteger, &token)) {
    return nullptr;
  }
  uint64_t udata = 0;
  int error = Examine(kq, fd, interest, static_cast<uint64_t>(token), &udata);
  if (error < 0) return Int(env, error == -EPERM ? 0 : error);
  uint32_t filters = FiltersOf(interest);
  for (const auto& entry : kFilters) {
    if ((filters & entry.bit) == 0) continue;
    // Neither EV_ADD nor anything else: the kernel looks it up, and puts back
    // the udata and the notes that it has.
    Event look = Change(static_cast<uintptr_t>(fd), entry.filter, 0, udata);
    look.fflags = entry.notes;
    Changes changes;
    changes.Push(look);
    error = changes.Apply(kq);
    if (error < 0) return Int(env, error);
    return Int(env, changes.error(0) != ENOENT && changes.error(0) != EBADF);
  }
  return Int(env, 0);
}

// kqueueWake(kq, state): triggers the waker of this poller, as wake() does by
// writing, from any thread. False when `state` says that it is closed.
napi_value KqueueWake(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kq;
  WakerWriter writer;
  if (!args.Descriptor(0, &kq, "kq") || !writer.Enter(env, args.at(1))) {
    return nullptr;
  }
  if (writer.open()) {
    Event trigger = Change(kWakerIdent, EVFILT_USER, 0);
    trigger.fflags = NOTE_TRIGGER;
    Changes changes;
    changes.Push(trigger);
    changes.Apply(kq);
  }
  napi_value result;
  napi_get_boolean(env, writer.open(), &result);
  return result;
}

// kqueueAddWaker(kq): the EVFILT_USER event that kqueueWake triggers. 0 or
// -errno. It resets itself as it is reported.
napi_value KqueueAddWaker(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kq;
  if (!args.Descriptor(0, &kq, "kq")) return nullptr;
  Changes changes;
  changes.Push(Change(kWakerIdent, EVFILT_USER, EV_ADD | EV_CLEAR));
  int error = changes.Apply(kq);
  return Int(env, error < 0 ? error : -changes.error(0));
}

void RegisterKqueuePoller(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueueAddWaker", Guarded<KqueueAddWaker>},
                                {"kqueueHas", Guarded<KqueueHas>},
                                {"kqueueUpdate", Guarded<KqueueUpdate>},
                                {"kqueueWake", Guarded<KqueueWake>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterKqueuePoller);

}  // namespace
}  // namespace rawloop
