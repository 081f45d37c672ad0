#include "pool/lanes.h"

#include <algorithm>
#include <utility>

namespace rawloop {

uint32_t Lanes::Add(const LaneOptions& options) {
  ready_.reserve(lanes_.size() + 1);
  Lane lane;
  lane.options = options;
  lanes_.push_back(std::move(lane));
  return static_cast<uint32_t>(lanes_.size() - 1);
}

void Lanes::Resize(size_t threads) {
  threads_ = threads;
  for (uint32_t lane = 0; lane < lanes_.size(); lane++) Update(lane);
}

int Lanes::Find(const std::string& name) const {
  for (size_t lane = 0; lane < lanes_.size(); lane++) {
    if (lanes_[lane].options.name == name) return static_cast<int>(lane);
  }
  return -1;
}

size_t Lanes::LimitOf(const Lane& lane) const {
  const size_t limit = lane.options.limit;
  if (!lane.options.halves) return limit;
  return std::min(limit, std::max<size_t>(1, threads_ / 2));
}

bool Lanes::IsFull(uint32_t index) const {
  const Lane& lane = lanes_[index];
  return queued_ >= max_queued_ || lane.queue.size() >= lane.options.max_queued;
}

void Lanes::Push(uint32_t lane, std::unique_ptr<Job> job) {
  job->lane_ = lane;
  job->queued_ = true;
  lanes_[lane].queue.PushBack(std::move(job));
  queued_++;
  Update(lane);
}

Job* Lanes::Pop() {
  if (ready_.empty()) return nullptr;
  const uint32_t index = ready_.front();
  Lane& lane = lanes_[index];
  Job* const job = lane.queue.first();
  running_.PushBack(lane.queue.PopFront());
  job->queued_ = false;
  Dequeued(lane);
  lane.running++;
  lane.taken++;
  if (lane.taken == lane.options.priority) {
    // Its turn is over: out of the line, and to its end if it has more.
    ready_.erase(ready_.begin());
    lane.ready = false;
    lane.taken = 0;
  }
  Update(index);
  return job;
}

std::unique_ptr<Job> Lanes::Done(Job* job) {
  Lane& lane = lanes_[job->lane_];
  lane.running--;
  lane.completed++;
  completed_++;
  Update(job->lane_);
  return running_.Remove(job);
}

std::unique_ptr<Job> Lanes::Remove(Job* job) {
  const uint32_t index = job->lane_;
  Lane& lane = lanes_[index];
  std::unique_ptr<Job> removed = lane.queue.Remove(job);
  job->queued_ = false;
  Dequeued(lane);
  Update(index);
  return removed;
}

void Lanes::Clear(const Completions* home, JobList* dropped) {
  for (Lane& lane : lanes_) {
    for (Job* job = lane.queue.first(); job != nullptr;) {
      Job* const next = JobList::Next(job);
      if (home == nullptr || job->home_.get() == home) {
        dropped->PushBack(Remove(job));
      }
      job = next;
    }
  }
}

bool Lanes::TookHalf() { return std::exchange(took_half_, false); }

void Lanes::Dequeued(const Lane& lane) {
  queued_--;
  took_half_ = took_half_ || queued_ == max_queued_ / 2 ||
               lane.queue.size() == lane.options.max_queued / 2;
}

void Lanes::Update(uint32_t index) {
  Lane& lane = lanes_[index];
  const bool ready = IsReady(lane);
  if (ready == lane.ready) return;
  lane.ready = ready;
  if (ready) {
    ready_.push_back(index);
  } else {
    lane.taken = 0;
    ready_.erase(std::find(ready_.begin(), ready_.end(), index));
  }
}

LaneStats Lanes::Stats(uint32_t lane) const {
  const Lane& from = lanes_[lane];
  LaneStats stats;
  static_cast<LaneOptions&>(stats) = from.options;
  stats.limit = LimitOf(from);
  stats.queued = from.queue.size();
  stats.running = from.running;
  stats.completed = from.completed;
  return stats;
}

}  // namespace rawloop
