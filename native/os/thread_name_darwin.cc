// The name of a thread on macOS, where one can name oneself only. See
// thread_name.h.
#include <pthread.h>

#include "os/thread_name.h"

namespace rawloop {

void NameThread(const char* name) { pthread_setname_np(name); }

}  // namespace rawloop
