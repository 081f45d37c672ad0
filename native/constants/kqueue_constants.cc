// Every constant of sys/event.h that this system defines, as a table: a name
// that the header lacks is left out. See kqueue(2).
#include "constants/kqueue_constants.h"

#include <sys/types.h>
// After sys/types.h, which NetBSD's and OpenBSD's needs.
#include <sys/event.h>

#include <cstdint>

namespace rawloop {
namespace {

struct Constant {
  const char* name;
  double value;
};

// clang-format off
// The flags of a filter are unsigned: NOTE_EXIT is the highest bit of 32.
const Constant kConstants[] = {
#ifdef EVFILT_READ
    {"EVFILT_READ", static_cast<double>(EVFILT_READ)},
#endif
#ifdef EVFILT_WRITE
    {"EVFILT_WRITE", static_cast<double>(EVFILT_WRITE)},
#endif
#ifdef EVFILT_AIO
    {"EVFILT_AIO", static_cast<double>(EVFILT_AIO)},
#endif
#ifdef EVFILT_VNODE
    {"EVFILT_VNODE", static_cast<double>(EVFILT_VNODE)},
#endif
#ifdef EVFILT_PROC
    {"EVFILT_PROC", static_cast<double>(EVFILT_PROC)},
#endif
#ifdef EVFILT_SIGNAL
    {"EVFILT_SIGNAL", static_cast<double>(EVFILT_SIGNAL)},
#endif
#ifdef EVFILT_TIMER
    {"EVFILT_TIMER", static_cast<double>(EVFILT_TIMER)},
#endif
#ifdef EVFILT_PROCDESC
    {"EVFILT_PROCDESC", static_cast<double>(EVFILT_PROCDESC)},
#endif
#ifdef EVFILT_FS
    {"EVFILT_FS", static_cast<double>(EVFILT_FS)},
#endif
#ifdef EVFILT_LIO
    {"EVFILT_LIO", static_cast<double>(EVFILT_LIO)},
#endif
#ifdef EVFILT_USER
    {"EVFILT_USER", static_cast<double>(EVFILT_USER)},
#endif
#ifdef EVFILT_SENDFILE
    {"EVFILT_SENDFILE", static_cast<double>(EVFILT_SENDFILE)},
#endif
#ifdef EVFILT_EMPTY
    {"EVFILT_EMPTY", static_cast<double>(EVFILT_EMPTY)},
#endif
#ifdef EVFILT_MACHPORT
    {"EVFILT_MACHPORT", static_cast<double>(EVFILT_MACHPORT)},
#endif
#ifdef EVFILT_EXCEPT
    {"EVFILT_EXCEPT", static_cast<double>(EVFILT_EXCEPT)},
#endif
#ifdef EVFILT_DEVICE
    {"EVFILT_DEVICE", static_cast<double>(EVFILT_DEVICE)},
#endif
#ifdef EV_ADD
    {"EV_ADD", static_cast<double>(EV_ADD)},
#endif
#ifdef EV_DELETE
    {"EV_DELETE", static_cast<double>(EV_DELETE)},
#endif
#ifdef EV_ENABLE
    {"EV_ENABLE", static_cast<double>(EV_ENABLE)},
#endif
#ifdef EV_DISABLE
    {"EV_DISABLE", static_cast<double>(EV_DISABLE)},
#endif
#ifdef EV_ONESHOT
    {"EV_ONESHOT", static_cast<double>(EV_ONESHOT)},
#endif
#ifdef EV_CLEAR
    {"EV_CLEAR", static_cast<double>(EV_CLEAR)},
#endif
#ifdef EV_RECEIPT
    {"EV_RECEIPT", static_cast<double>(EV_RECEIPT)},
#endif
#ifdef EV_DISPATCH
    {"EV_DISPATCH", static_cast<double>(EV_DISPATCH)},
#endif
#ifdef EV_DISPATCH2
    {"EV_DISPATCH2", static_cast<double>(EV_DISPATCH2)},
#endif
#ifdef EV_UDATA_SPECIFIC
    {"EV_UDATA_SPECIFIC", static_cast<double>(EV_UDATA_SPECIFIC)},
#endif
#ifdef EV_VANISHED
    {"EV_VANISHED", static_cast<double>(EV_VANISHED)},
#endif
#ifdef EV_FORCEONESHOT
    {"EV_FORCEONESHOT", static_cast<double>(EV_FORCEONESHOT)},
#endif
#ifdef EV_KEEPUDATA
    {"EV_KEEPUDATA", static_cast<double>(EV_KEEPUDATA)},
#endif
#ifdef EV_SYSFLAGS
    {"EV_SYSFLAGS", static_cast<double>(EV_SYSFLAGS)},
#endif
#ifdef EV_FLAG0
    {"EV_FLAG0", static_cast<double>(EV_FLAG0)},
#endif
#ifdef EV_FLAG1
    {"EV_FLAG1", static_cast<double>(EV_FLAG1)},
#endif
#ifdef EV_FLAG2
    {"EV_FLAG2", static_cast<double>(EV_FLAG2)},
#endif
#ifdef EV_OOBAND
    {"EV_OOBAND", static_cast<double>(EV_OOBAND)},
#endif
#ifdef EV_POLL
    {"EV_POLL", static_cast<double>(EV_POLL)},
#endif
#ifdef EV_EOF
    {"EV_EOF", static_cast<double>(EV_EOF)},
#endif
#ifdef EV_ERROR
    {"EV_ERROR", static_cast<double>(EV_ERROR)},
#endif
#ifdef NOTE_TRIGGER
    {"NOTE_TRIGGER", static_cast<double>(static_cast<uint32_t>(NOTE_TRIGGER))},
#endif
#ifdef NOTE_FFNOP
    {"NOTE_FFNOP", static_cast<double>(static_cast<uint32_t>(NOTE_FFNOP))},
#endif
#ifdef NOTE_FFAND
    {"NOTE_FFAND", static_cast<double>(static_cast<uint32_t>(NOTE_FFAND))},
#endif
#ifdef NOTE_FFOR
    {"NOTE_FFOR", static_cast<double>(static_cast<uint32_t>(NOTE_FFOR))},
#endif
#ifdef NOTE_FFCOPY
    {"NOTE_FFCOPY", static_cast<double>(static_cast<uint32_t>(NOTE_FFCOPY))},
#endif
#ifdef NOTE_FFCTRLMASK
    {"NOTE_FFCTRLMASK", static_cast<double>(static_cast<uint32_t>(NOTE_FFCTRLMASK))},
#endif
#ifdef NOTE_FFLAGSMASK
    {"NOTE_FFLAGSMASK", static_cast<double>(static_cast<uint32_t>(NOTE_FFLAGSMASK))},
#endif
#ifdef NOTE_LOWAT
    {"NOTE_LOWAT", static_cast<double>(static_cast<uint32_t>(NOTE_LOWAT))},
#endif
#ifdef NOTE_FILE_POLL
    {"NOTE_FILE_POLL", static_cast<double>(static_cast<uint32_t>(NOTE_FILE_POLL))},
#endif
#ifdef NOTE_OOB
    {"NOTE_OOB", static_cast<double>(static_cast<uint32_t>(NOTE_OOB))},
#endif
#ifdef NOTE_EOF
    {"NOTE_EOF", static_cast<double>(static_cast<uint32_t>(NOTE_EOF))},
#endif
#ifdef NOTE_DELETE
    {"NOTE_DELETE", static_cast<double>(static_cast<uint32_t>(NOTE_DELETE))},
#endif
#ifdef NOTE_WRITE
    {"NOTE_WRITE", static_cast<double>(static_cast<uint32_t>(NOTE_WRITE))},
#endif
#ifdef NOTE_EXTEND
    {"NOTE_EXTEND", static_cast<double>(static_cast<uint32_t>(NOTE_EXTEND))},
#endif
#ifdef NOTE_ATTRIB
    {"NOTE_ATTRIB", static_cast<double>(static_cast<uint32_t>(NOTE_ATTRIB))},
#endif
#ifdef NOTE_LINK
    {"NOTE_LINK", static_cast<double>(static_cast<uint32_t>(NOTE_LINK))},
#endif
#ifdef NOTE_RENAME
    {"NOTE_RENAME", static_cast<double>(static_cast<uint32_t>(NOTE_RENAME))},
#endif
#ifdef NOTE_REVOKE
    {"NOTE_REVOKE", static_cast<double>(static_cast<uint32_t>(NOTE_REVOKE))},
#endif
#ifdef NOTE_TRUNCATE
    {"NOTE_TRUNCATE", static_cast<double>(static_cast<uint32_t>(NOTE_TRUNCATE))},
#endif
#ifdef NOTE_NONE
    {"NOTE_NONE", static_cast<double>(static_cast<uint32_t>(NOTE_NONE))},
#endif
#ifdef NOTE_FUNLOCK
    {"NOTE_FUNLOCK", static_cast<double>(static_cast<uint32_t>(NOTE_FUNLOCK))},
#endif
#ifdef NOTE_OPEN
    {"NOTE_OPEN", static_cast<double>(static_cast<uint32_t>(NOTE_OPEN))},
#endif
#ifdef NOTE_CLOSE
    {"NOTE_CLOSE", static_cast<double>(static_cast<uint32_t>(NOTE_CLOSE))},
#endif
#ifdef NOTE_CLOSE_WRITE
    {"NOTE_CLOSE_WRITE", static_cast<double>(static_cast<uint32_t>(NOTE_CLOSE_WRITE))},
#endif
#ifdef NOTE_READ
    {"NOTE_READ", static_cast<double>(static_cast<uint32_t>(NOTE_READ))},
#endif
#ifdef NOTE_CHANGE
    {"NOTE_CHANGE", static_cast<double>(static_cast<uint32_t>(NOTE_CHANGE))},
#endif
#ifdef NOTE_EXIT
    {"NOTE_EXIT", static_cast<double>(static_cast<uint32_t>(NOTE_EXIT))},
#endif
#ifdef NOTE_EXITSTATUS
    {"NOTE_EXITSTATUS", static_cast<double>(static_cast<uint32_t>(NOTE_EXITSTATUS))},
#endif
#ifdef NOTE_FORK
    {"NOTE_FORK", static_cast<double>(static_cast<uint32_t>(NOTE_FORK))},
#endif
#ifdef NOTE_EXEC
    {"NOTE_EXEC", static_cast<double>(static_cast<uint32_t>(NOTE_EXEC))},
#endif
#ifdef NOTE_SIGNAL
    {"NOTE_SIGNAL", static_cast<double>(static_cast<uint32_t>(NOTE_SIGNAL))},
#endif
#ifdef NOTE_EXIT_DETAIL
    {"NOTE_EXIT_DETAIL", static_cast<double>(static_cast<uint32_t>(NOTE_EXIT_DETAIL))},
#endif
#ifdef NOTE_TRACK
    {"NOTE_TRACK", static_cast<double>(static_cast<uint32_t>(NOTE_TRACK))},
#endif
#ifdef NOTE_TRACKERR
    {"NOTE_TRACKERR", static_cast<double>(static_cast<uint32_t>(NOTE_TRACKERR))},
#endif
#ifdef NOTE_CHILD
    {"NOTE_CHILD", static_cast<double>(static_cast<uint32_t>(NOTE_CHILD))},
#endif
#ifdef NOTE_PCTRLMASK
    {"NOTE_PCTRLMASK", static_cast<double>(static_cast<uint32_t>(NOTE_PCTRLMASK))},
#endif
#ifdef NOTE_PDATAMASK
    {"NOTE_PDATAMASK", static_cast<double>(static_cast<uint32_t>(NOTE_PDATAMASK))},
#endif
#ifdef NOTE_SECONDS
    {"NOTE_SECONDS", static_cast<double>(static_cast<uint32_t>(NOTE_SECONDS))},
#endif
#ifdef NOTE_MSECONDS
    {"NOTE_MSECONDS", static_cast<double>(static_cast<uint32_t>(NOTE_MSECONDS))},
#endif
#ifdef NOTE_USECONDS
    {"NOTE_USECONDS", static_cast<double>(static_cast<uint32_t>(NOTE_USECONDS))},
#endif
#ifdef NOTE_NSECONDS
    {"NOTE_NSECONDS", static_cast<double>(static_cast<uint32_t>(NOTE_NSECONDS))},
#endif
#ifdef NOTE_ABSOLUTE
    {"NOTE_ABSOLUTE", static_cast<double>(static_cast<uint32_t>(NOTE_ABSOLUTE))},
#endif
#ifdef NOTE_ABSTIME
    {"NOTE_ABSTIME", static_cast<double>(static_cast<uint32_t>(NOTE_ABSTIME))},
#endif
#ifdef NOTE_LEEWAY
    {"NOTE_LEEWAY", static_cast<double>(static_cast<uint32_t>(NOTE_LEEWAY))},
#endif
#ifdef NOTE_CRITICAL
    {"NOTE_CRITICAL", static_cast<double>(static_cast<uint32_t>(NOTE_CRITICAL))},
#endif
#ifdef NOTE_BACKGROUND
    {"NOTE_BACKGROUND", static_cast<double>(static_cast<uint32_t>(NOTE_BACKGROUND))},
#endif
#ifdef NOTE_MACH_CONTINUOUS_TIME
    {"NOTE_MACH_CONTINUOUS_TIME", static_cast<double>(static_cast<uint32_t>(NOTE_MACH_CONTINUOUS_TIME))},
#endif
#ifdef NOTE_MACHTIME
    {"NOTE_MACHTIME", static_cast<double>(static_cast<uint32_t>(NOTE_MACHTIME))},
#endif
};
// clang-format on

}  // namespace

void AddKqueueConstants(napi_env env, napi_value exports) {
  napi_value constants;
  napi_get_named_property(env, exports, "constants", &constants);
  for (const Constant& constant : kConstants) {
    napi_value value;
    napi_create_double(env, constant.value, &value);
    Define(env, constants, constant.name, value);
  }
}

}  // namespace rawloop
