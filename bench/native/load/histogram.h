// A log-linear histogram of nanoseconds in the manner of HdrHistogram: every
// power of two is cut into 1,024 equal parts, so that a percentile is right to
// three significant digits and recording is a shift and an increment.
#ifndef RAWLOOP_BENCH_LOAD_HISTOGRAM_H_
#define RAWLOOP_BENCH_LOAD_HISTOGRAM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace load {

class Histogram {
 public:
  Histogram() : counts_(kSlots, 0) {}

  void Record(uint64_t value_ns) {
    counts_[SlotOf(std::min(value_ns, kMaxNs))]++;
    count_++;
    if (value_ns > max_ns_) max_ns_ = value_ns;
  }

  uint64_t count() const { return count_; }
  uint64_t max_ns() const { return max_ns_; }

  // The smallest recorded value that `fraction` of all values do not exceed,
  // to three digits; 0 when nothing was recorded.
  uint64_t Percentile(double fraction) const {
    if (count_ == 0) return 0;
    const uint64_t wanted = std::max<uint64_t>(
        1, static_cast<uint64_t>(fraction * static_cast<double>(count_) + 0.5));
    uint64_t seen = 0;
    for (size_t slot = 0; slot < counts_.size(); slot++) {
      seen += counts_[slot];
      if (seen >= wanted) return std::min(HighestOf(slot), max_ns_);
    }
    return max_ns_;
  }

 private:
  static constexpr int kPartBits = 10;
  static constexpr uint64_t kParts = uint64_t{1} << kPartBits;
  static constexpr int kMaxBits = 40;  // 2^40 ns are 18 minutes
  static constexpr uint64_t kMaxNs = (uint64_t{1} << kMaxBits) - 1;
  static constexpr size_t kSlots = (kMaxBits - kPartBits + 1) * kParts;

  // Values below 2,048 have a slot each; above, the top eleven bits choose.
  static size_t SlotOf(uint64_t value_ns) {
    const int top_bit = 63 - __builtin_clzll(value_ns | kParts);
    const int shift = top_bit - kPartBits;
    return static_cast<size_t>(shift) * kParts + (value_ns >> shift);
  }

  static uint64_t HighestOf(size_t slot) {
    if (slot < 2 * kParts) return slot;
    const uint64_t shift = slot / kParts - 1;
    const uint64_t part = slot % kParts + kParts;
    return ((part + 1) << shift) - 1;
  }

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t max_ns_ = 0;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_HISTOGRAM_H_
