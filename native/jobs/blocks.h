// Memory for the results of jobs, kept for the next: what free(3) gives back to
// the kernel is mapped, cleared and paged in anew, which costs as much as to
// read a file of 64 KiB. It is taken on a pool thread and given back on the
// loop's; each function is safe on any. There is one store for each copy of the
// addon, of kKeptBytes at most.
#ifndef RAWLOOP_JOBS_BLOCKS_H_
#define RAWLOOP_JOBS_BLOCKS_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

constexpr size_t kKeptBytes = 8 * 1024 * 1024;

struct Block {
  uint8_t* data = nullptr;  // null: there is none
  size_t size = 0;
};

// One of at least `size` bytes; none when there is not so much memory.
Block TakeBlock(size_t size);
// Gives back what TakeBlock gave; none is all right.
void GiveBlock(Block block);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_BLOCKS_H_
