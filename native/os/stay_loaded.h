// Code that may be called when nobody has it open any more: handlers of signals
// and of fork(2), threads that outlive the environment that loaded them. A host
// closes what a Worker loaded when that ends. See dlopen(3).
#ifndef RAWLOOP_OS_STAY_LOADED_H_
#define RAWLOOP_OS_STAY_LOADED_H_

namespace rawloop {

// Keeps the library that `code` lies in loaded to the end of the process.
// Idempotent.
void KeepLoaded(const void* code);

// Keeps this copy of the addon.
void StayLoaded();

}  // namespace rawloop

#endif  // RAWLOOP_OS_STAY_LOADED_H_
