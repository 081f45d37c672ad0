#include "jobs/blocks.h"

#include <cstdlib>
#include <mutex>

namespace rawloop {

namespace {

// Smaller ones malloc(3) keeps itself; larger ones are rare.
constexpr size_t kSmallest = 16 * 1024;
constexpr size_t kSizes = 5;
// A read of a file takes a byte more than it has, to see its end.
constexpr size_t kSpare = 64;
constexpr size_t kMost = 256;

constexpr size_t SizeAt(size_t place) { return (kSmallest << place) + kSpare; }

// The sizes are powers of two: which of them; kSizes: none.
size_t PlaceOf(size_t size) {
  if (size <= kSmallest / 2) return kSizes;
  size_t place = 0;
  while (place < kSizes && SizeAt(place) < size) place++;
  return place;
}

struct Store {
  std::mutex mutex;
  size_t bytes = 0;
  size_t counts[kSizes] = {};
  uint8_t* blocks[kSizes][kMost];
};

// Never destroyed: a thread may end its last job while the process exits.
Store& Blocks() {
  static Store* const store = new Store();
  return *store;
}

}  // namespace

Block TakeBlock(size_t size) {
  const size_t place = PlaceOf(size);
  if (place == kSizes) {
    auto* data = static_cast<uint8_t*>(malloc(size));
    return data == nullptr ? Block{} : Block{data, size};
  }
  {
    Store& store = Blocks();
    std::lock_guard<std::mutex> lock(store.mutex);
    if (store.counts[place] > 0) {
      store.bytes -= SizeAt(place);
      return {store.blocks[place][--store.counts[place]], SizeAt(place)};
    }
  }
  auto* data = static_cast<uint8_t*>(malloc(SizeAt(place)));
  return data == nullptr ? Block{} : Block{data, SizeAt(place)};
}

void GiveBlock(Block block) {
  const size_t place = PlaceOf(block.size);
  if (block.data != nullptr && place < kSizes && SizeAt(place) == block.size) {
    Store& store = Blocks();
    std::lock_guard<std::mutex> lock(store.mutex);
    if (store.counts[place] < kMost && store.bytes + block.size <= kKeptBytes) {
      store.bytes += block.size;
      store.blocks[place][store.counts[place]++] = block.data;
      return;
    }
  }
  free(block.data);
}

}  // namespace rawloop
