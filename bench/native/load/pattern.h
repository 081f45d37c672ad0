// The bytes that a connection sends and expects back: a counter that rolls over
// at 251, a prime, so that no two messages in a row are alike and a lost,
// doubled or swapped piece shows. They are sent straight from one table and
// checked with one memcmp, which costs next to nothing beside the system call.
#ifndef RAWLOOP_BENCH_LOAD_PATTERN_H_
#define RAWLOOP_BENCH_LOAD_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace load {

class Pattern {
 public:
  // `max_bytes`: the longest piece that At() and Matches() will be asked for.
  explicit Pattern(size_t max_bytes) : bytes_(max_bytes + kPeriod) {
    for (size_t i = 0; i < bytes_.size(); i++) {
      bytes_[i] = static_cast<unsigned char>(i % kPeriod);
    }
  }

  // The stream of bytes from `position` on. Streams of different `seed` differ,
  // so that an answer given to the wrong connection shows as well.
  const unsigned char* At(uint64_t position, uint32_t seed) const {
    return bytes_.data() + (position + seed) % kPeriod;
  }

  bool Matches(uint64_t position, uint32_t seed, const unsigned char* bytes,
               size_t count) const {
    return std::memcmp(At(position, seed), bytes, count) == 0;
  }

 private:
  static constexpr size_t kPeriod = 251;
  std::vector<unsigned char> bytes_;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_PATTERN_H_
