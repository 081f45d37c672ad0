// The name of a thread on FreeBSD. See thread_name.h.
#include <pthread.h>
#include <pthread_np.h>

#include "os/thread_name.h"

namespace rawloop {

void NameThread(const char* name) { pthread_set_name_np(pthread_self(), name); }

}  // namespace rawloop
