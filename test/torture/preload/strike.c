#define _GNU_SOURCE
#include "strike.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TORTURE_NAME(name) #name,
const char* const kCallNames[kCalls] = {TORTURE_CALLS(TORTURE_NAME)};

struct Range {
  uintptr_t from;
  uintptr_t to;
};

// Written while nothing is armed, read by any thread while something is.
static struct Range addon, host, library;
static enum Scope armed_scope;
static enum Call armed_call;
static int armed_error;
static long armed_first;
static bool armed_lasting;
static atomic_bool counting;
static atomic_bool armed;
static atomic_long uses[kCalls];
static atomic_long struck;
static _Thread_local int held;
// The thread that armed: of the host's threads this one alone counts.
static _Thread_local bool is_subject;

static int Locate(struct dl_phdr_info* info, size_t size, void* data) {
  (void)size;
  (void)data;
  struct Range range = {UINTPTR_MAX, 0};
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    uintptr_t to = from + info->dlpi_phdr[i].p_memsz;
    if (from < range.from) range.from = from;
    if (to > range.to) range.to = to;
  }
  if (info->dlpi_name[0] == '\0' && host.to == 0) host = range;
  if (strstr(info->dlpi_name, "rawloop") && strstr(info->dlpi_name, ".node")) {
    addon = range;
  }
  // A std::thread of the addon is created by the library's code.
  if (strstr(info->dlpi_name, "libstdc++.so") != NULL) library = range;
  return 0;
}

static bool In(const struct Range* range, const void* address) {
  return (uintptr_t)address >= range->from && (uintptr_t)address < range->to;
}

static bool IsSocket(int fd) {
  int type;
  unsigned int size = sizeof(type);
  int before = errno;
  // Neither this nor what it fails with is the host's call.
  long result = 0;
#if defined(SYS_getsockopt)
  held++;
  result = syscall(SYS_getsockopt, fd, 1 /* SOL_SOCKET */, 3 /* SO_TYPE */,
                   &type, &size);
  held--;
#endif
  errno = before;
  return result == 0;
}

static bool Counts(enum Call call, const void* caller, int fd) {
  if (armed_scope == kAddon) {
    return In(&addon, caller) ||
           (call == kCall_pthread_create && In(&library, caller));
  }
  if (!is_subject || !In(&host, caller)) return false;
  switch (call) {
    case kCall_read:
    case kCall_write:
    case kCall_readv:
    case kCall_writev:
    case kCall_close:
      return IsSocket(fd);
    case kCall_epoll_ctl_add:
    case kCall_epoll_ctl_mod:
    case kCall_epoll_ctl_del:
    case kCall_epoll_wait:
    case kCall_epoll_pwait2:
      return true;
    default:
      return call <= kCall_recv;
  }
}

int Strike(enum Call call, const void* caller, int fd) {
  if (!atomic_load_explicit(&counting, memory_order_acquire)) return 0;
  if (held > 0 || !Counts(call, caller, fd)) return 0;
  long use = atomic_fetch_add(&uses[call], 1) + 1;
  if (call != armed_call || !atomic_load(&armed)) return 0;
  if (use != armed_first && !(armed_lasting && use > armed_first)) return 0;
  atomic_fetch_add(&struck, 1);
  return armed_error;
}

void Arm(enum Scope scope, enum Call call, int error, long first,
         bool lasting) {
  atomic_store(&counting, false);
  memset(&host, 0, sizeof(host));
  dl_iterate_phdr(Locate, NULL);
  for (int i = 0; i < kCalls; i++) atomic_store(&uses[i], 0);
  atomic_store(&struck, 0);
  armed_scope = scope;
  armed_call = call;
  armed_error = error;
  armed_first = first;
  armed_lasting = lasting;
  is_subject = true;
  atomic_store(&armed, error != 0);
  atomic_store_explicit(&counting, true, memory_order_release);
}

void Disarm(void) { atomic_store(&armed, false); }
void Hold(void) { held++; }
void Release(void) { held--; }
long Uses(enum Call call) { return atomic_load(&uses[call]); }
long Struck(void) { return atomic_load(&struck); }
