// What a new process is to be, in plain memory: all of it is read and put in
// order before there is a child, which only makes system calls. See
// spawn_child.h.
#ifndef RAWLOOP_PROCESS_SPAWN_PLAN_H_
#define RAWLOOP_PROCESS_SPAWN_PLAN_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace rawloop {

// Bits of SpawnPlan::parts. Those of lib/spawn/layout.ts.
enum SpawnPart : int32_t {
  kNewSession = 1,
  kProcessGroup = 2,
  kDirectory = 4,
  kUid = 8,
  kGid = 16,
  kGroups = 32,
  kUmask = 64,
  kPriority = 128,
  kTerminalFd = 256,
  kTerminalPath = 512,
  kPidfd = 1024,
  kOwnEnvironment = 2048,
};

// What stands behind a number in the child, if it is no descriptor of ours.
constexpr int kNothing = -1;
constexpr int kNullDevice = -2;

// A limit of setrlimit(2); all bits set: none.
struct SpawnLimit {
  int resource;
  uint64_t soft;
  uint64_t hard;
};

struct SpawnPlan {
  int32_t parts = 0;
  pid_t process_group = 0;  // 0: its own
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t umask = 0;
  int priority = 0;
  int terminal_fd = -1;
  const char* terminal_path = nullptr;
  const char* directory = nullptr;
  // Where the program may be, tried one after the other.
  const char* const* candidates = nullptr;
  size_t candidate_count = 0;
  char* const* arguments = nullptr;    // ends with null
  char* const* environment = nullptr;  // ends with null
  const gid_t* groups = nullptr;
  size_t group_count = 0;
  // By its number in the child: ours, or kNothing, kNullDevice. The child works
  // in it.
  int* descriptors = nullptr;
  size_t descriptor_count = 0;
  const SpawnLimit* limits = nullptr;
  size_t limit_count = 0;

  bool Has(SpawnPart part) const { return (parts & part) != 0; }
};

// What a child could not do. The names are those of lib/spawn/layout.ts.
enum SpawnStep : int32_t {
  kStepNone,
  kStepStart,
  kStepSession,
  kStepProcessGroup,
  kStepOpenTerminal,
  kStepTerminal,
  kStepMoveDescriptor,
  kStepPlaceDescriptor,
  kStepNullDevice,
  kStepCloseDescriptors,
  kStepDirectory,
  kStepPriority,
  kStepLimit,
  kStepGroups,
  kStepGid,
  kStepUid,
  kStepExecute,
};

struct SpawnFailure {
  SpawnStep step = kStepNone;
  int error = 0;  // an errno
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SPAWN_PLAN_H_
