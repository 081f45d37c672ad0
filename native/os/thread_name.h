// A name for the calling thread, as ps and gdb show it: at most 15 bytes. The
// call has another form on each system (thread_name_*.cc), chosen by source
// list. See pthread_setname_np(3).
#ifndef RAWLOOP_OS_THREAD_NAME_H_
#define RAWLOOP_OS_THREAD_NAME_H_

namespace rawloop {

void NameThread(const char* name);

}  // namespace rawloop

#endif  // RAWLOOP_OS_THREAD_NAME_H_
