// The name of a thread on Linux. See thread_name.h.
#include <pthread.h>

#include "os/thread_name.h"

namespace rawloop {

void NameThread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace rawloop
