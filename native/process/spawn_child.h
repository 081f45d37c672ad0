// The child between its birth and its program. On Linux it shares its parent's
// memory, whose thread waits meanwhile, so that nothing is copied whatever the
// parent's size; elsewhere it is a copy. Either way only one of several threads
// is there, and locks of the others may be held for ever: so it allocates
// nothing, calls only what signal-safety(7) lists, and system calls.
//
// What differs by system is chosen by source list, the functions in the order
// of this page:
//
//   spawn_linux.cc  clone(2) with CLONE_VM, CLONE_VFORK
//   spawn_fork.cc   macOS and the BSDs: fork(2), and a pipe that tells of what
//                   failed
#ifndef RAWLOOP_PROCESS_SPAWN_CHILD_H_
#define RAWLOOP_PROCESS_SPAWN_CHILD_H_

#include "process/child_stack.h"
#include "process/spawn_plan.h"

namespace rawloop {

// Makes the child what the plan says and runs its program. On return it could
// not, and `failure` is filled: the child has to exit.
void BecomeProgram(const SpawnPlan& plan, SpawnFailure* failure);

// ---- by system --------------------------------------------------------------

// Starts a child that runs BecomeProgram, and waits until its program runs, or
// will not. The pid, and `*pidfd` if the plan wants one and the kernel gives
// it, else -1. On failure -errno, and `failure` says of what; no child is left.
// Where the child shares its parent's memory it runs on `stack`.
int StartChild(const SpawnPlan& plan, ChildStack* stack, int* pidfd,
               SpawnFailure* failure);

// That of this process, as a child takes it over. See environ(7).
char** OwnEnvironment();

// In the child. Each is 0 or -1 and errno.

// Every signal as it is by default; all stay blocked.
void ResetSignals();
void UnblockSignals();
// Of this process alone. The C library's would change the parent's threads.
int SetGroups(const gid_t* groups, size_t count);
int SetGid(gid_t gid);
int SetUid(uid_t uid);
// No descriptor from `first` on is there for the program.
int CloseFrom(int first);

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SPAWN_CHILD_H_
