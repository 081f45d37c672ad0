// The stack of a child that shares its parent's memory, which must not write
// over its parent's own. There is one such child at a time for each thread that
// starts them, as that waits until the child's program runs: so the memory is
// kept for the next. To map and unmap it each time costs as much as all else
// that the parent does beside clone(2). See spawn_child.h, mmap(2).
#ifndef RAWLOOP_PROCESS_CHILD_STACK_H_
#define RAWLOOP_PROCESS_CHILD_STACK_H_

#include <sys/mman.h>

#include <cstddef>

namespace rawloop {

class ChildStack {
 public:
  ChildStack() = default;
  ~ChildStack() {
    if (memory_ != nullptr) munmap(memory_, kBytes);
  }
  ChildStack(const ChildStack&) = delete;
  ChildStack& operator=(const ChildStack&) = delete;

  // Where it begins, as it grows downwards; null and errno: no memory.
  void* Top() {
    if (memory_ == nullptr) {
      void* mapped = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANON, -1, 0);
      if (mapped == MAP_FAILED) return nullptr;
      memory_ = mapped;
    }
    return static_cast<char*>(memory_) + kBytes;
  }

 private:
  static constexpr size_t kBytes = size_t{64} * 1024;
  void* memory_ = nullptr;
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_CHILD_STACK_H_
