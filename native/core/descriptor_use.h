// Which descriptors jobs are working with. A number that is closed is given out
// again at once: a thread that is about to read from it would read a stranger's
// file. So a close that a job asks for waits for those that have the descriptor
// already, and the last of them does it.
//
// Descriptors are numbers of the process, so there is one table for each copy
// of the addon. Every function is safe from any thread.
#ifndef RAWLOOP_CORE_DESCRIPTOR_USE_H_
#define RAWLOOP_CORE_DESCRIPTOR_USE_H_

namespace rawloop {

// Holds a descriptor open, against CloseUnused, from Begin to End.
class DescriptorUse {
 public:
  DescriptorUse() = default;
  ~DescriptorUse() { End(); }
  DescriptorUse(const DescriptorUse&) = delete;
  DescriptorUse& operator=(const DescriptorUse&) = delete;

  // Once. Throws std::bad_alloc.
  void Begin(int fd);
  // Idempotent.
  void End();

 private:
  int fd_ = -1;
};

// Closes `fd`. 0 or -errno: EINTR is none, as the descriptor is gone then; see
// close(2). The numbers of stdin, stdout and stderr are not given out again,
// as /dev/null takes the place: what is opened next would be read and written
// as one of them, and libuv ends the process when it closes such a number.
int CloseNow(int fd);

// The same, or leaves it to the last use that it has.
int CloseUnused(int fd);

}  // namespace rawloop

#endif  // RAWLOOP_CORE_DESCRIPTOR_USE_H_
