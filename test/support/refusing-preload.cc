// Preloaded by tests: what the system has no more of. FAILING_NEW_BYTES: `new`
// of so many bytes fails. NO_THREADS, which the program may set at any time: no
// thread is started.
#include <dlfcn.h>
#include <pthread.h>

#include <cerrno>
#include <cstdlib>
#include <new>

namespace {

std::size_t FailingSize() {
  static const char* given = std::getenv("FAILING_NEW_BYTES");
  return given == nullptr ? 0 : std::strtoul(given, nullptr, 10);
}

using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*),
                       void*);

}  // namespace

extern "C" int pthread_create(pthread_t* thread,
                              const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) {
  static const auto create =
      reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  if (std::getenv("NO_THREADS") != nullptr) return EAGAIN;
  return create(thread, attributes, start, argument);
}

void* operator new(std::size_t size) {
  if (size == FailingSize()) throw std::bad_alloc();
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
