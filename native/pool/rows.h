// A batch of completions as JavaScript sees it, in memory of its own: first a
// row for each, cells of eight bytes of which most are float64, then, packed
// one behind the other, the results that are small. What is larger, or secret,
// stays with its job until takeBytes() copies it. lib/pool/batch.ts reads it.
#ifndef RAWLOOP_POOL_ROWS_H_
#define RAWLOOP_POOL_ROWS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "pool/job.h"

namespace rawloop {

class Rows {
 public:
  static constexpr size_t kIdCell = 0;      // the id of the request
  static constexpr size_t kStatusCell = 1;  // Job::status()
  static constexpr size_t kQueuedCell = 2;  // ms in the queue
  static constexpr size_t kRunCell = 3;     // ms on a thread; -1: dropped
  static constexpr size_t kDoneCell = 4;    // ms from then to this row
  static constexpr size_t kSizeCell = 5;    // bytes of the result
  static constexpr size_t kPlaceCell = 6;   // cell where it is packed; -1: not
  static constexpr size_t kCells = 7;
  static constexpr size_t kCellBytes = sizeof(double);
  // Results of up to so many bytes are packed: there is room for one a row.
  static constexpr size_t kPackedBytes = 256;
  static constexpr size_t kBytesEach = kCells * kCellBytes + kPackedBytes;

  // `memory` has room for `rows` rows: kBytesEach for each of them.
  Rows(uint8_t* memory, size_t rows)
      : memory_(memory), end_(rows * kCells), now_(Job::Clock::now()) {}

  // The next row. True when the result, if there is one, was packed.
  bool Add(const Job& job) {
    using Ms = std::chrono::duration<double, std::milli>;
    const Result result = job.result();
    const bool packs = result.size <= kPackedBytes && !result.is_secret;
    Write(kIdCell, job.id());
    Write(kStatusCell, job.status());
    Write(kQueuedCell, Ms(job.began_at() - job.queued_at()).count());
    const auto ran = Ms(job.done_at() - job.began_at()).count();
    Write(kRunCell, job.dropped() ? -1 : ran);
    Write(kDoneCell, Ms(now_ - job.done_at()).count());
    Write(kSizeCell, static_cast<double>(result.size));
    Write(kPlaceCell, packs ? static_cast<double>(end_) : -1);
    row_ += kCells;
    if (packs && result.size > 0) {
      memcpy(memory_ + end_ * kCellBytes, result.data, result.size);
      end_ += (result.size + kCellBytes - 1) / kCellBytes;
    }
    return packs || result.size == 0;
  }

 private:
  static_assert(kPackedBytes % kCellBytes == 0);

  void Write(size_t cell, double value) {
    memcpy(memory_ + (row_ + cell) * kCellBytes, &value, sizeof(value));
  }

  uint8_t* const memory_;
  size_t row_ = 0;  // cell where the next row begins
  size_t end_;      // cell behind what is packed
  const Job::Clock::time_point now_;
};

}  // namespace rawloop

#endif  // RAWLOOP_POOL_ROWS_H_
