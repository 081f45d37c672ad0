// A library with one fault, made as Node loads it: what a sanitizer that is set
// up well ends the process for. `npm run test:sanitizers` builds one for each
// kind of fault and goes no further when it is not told, as silence of the
// suites would then mean nothing.
#include <climits>
#include <cstdlib>
#include <thread>

namespace {

#if defined(FAULT_MEMORY)
void MakeFault() {
  // The compiler may not know what it points to, or UBSan tells of it first.
  char* volatile bytes = static_cast<char*>(std::malloc(8));
  volatile char* past = bytes;
  past[8] = 1;
  std::free(bytes);
}
#elif defined(FAULT_UNDEFINED)
void MakeFault() {
  volatile int most = INT_MAX;
  most = most + 1;
}
#elif defined(FAULT_THREADS)
int shared = 0;
void Count() {
  for (int i = 0; i < 1000; ++i) ++shared;
}
// Not in this thread: inside dlopen(3), which Node calls, nothing is looked at.
void MakeFault() {
  std::thread one(Count);
  std::thread other(Count);
  one.join();
  other.join();
}
#endif

struct AtLoad {
  AtLoad() { MakeFault(); }
} at_load;

}  // namespace
