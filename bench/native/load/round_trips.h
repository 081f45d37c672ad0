// The round trips of a window, one by one: the client prints exact percentiles
// of them, and the harness takes them all into a histogram over many windows.
// Recording is a store: 4 bytes a message, in order.
#ifndef RAWLOOP_BENCH_LOAD_ROUND_TRIPS_H_
#define RAWLOOP_BENCH_LOAD_ROUND_TRIPS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

namespace load {

class RoundTrips {
 public:
  RoundTrips() { values_ns_.reserve(kExpected); }

  // Saturates at 4.29 s, which no answer that counts takes.
  void Record(uint64_t value_ns) {
    values_ns_.push_back(
        static_cast<uint32_t>(std::min<uint64_t>(value_ns, kMaxNs)));
  }

  uint64_t count() const { return values_ns_.size(); }

  // The smallest value that `fraction` of all do not exceed; 0 without any.
  uint32_t Percentile(double fraction) {
    if (values_ns_.empty()) return 0;
    const auto last = values_ns_.size() - 1;
    const auto wanted = static_cast<size_t>(
        fraction * static_cast<double>(values_ns_.size()) + 0.5);
    const auto place = std::min(last, wanted == 0 ? 0 : wanted - 1);
    const auto it = values_ns_.begin() + static_cast<std::ptrdiff_t>(place);
    std::nth_element(values_ns_.begin(), it, values_ns_.end());
    return *it;
  }

  // Writes the values as 32-bit words in the byte order of this machine.
  bool Save(const std::string& path) const {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return false;
    const size_t written = std::fwrite(values_ns_.data(), sizeof(uint32_t),
                                       values_ns_.size(), file);
    return std::fclose(file) == 0 && written == values_ns_.size();
  }

 private:
  static constexpr size_t kExpected = size_t{1} << 20;
  static constexpr uint64_t kMaxNs = std::numeric_limits<uint32_t>::max();

  std::vector<uint32_t> values_ns_;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_ROUND_TRIPS_H_
