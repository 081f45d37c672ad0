#include "pool/lanes.h"

#include <algorithm>

namespace rawloop {

uint32_t Lanes::Add(size_t limit) {
  ready_.reserve(lanes_.size() + 1);
  Lane lane;
  lane.limit = limit;
  lanes_.push_back(std::move(lane));
  return static_cast<uint32_t>(lanes_.size() - 1);
}

void Lanes::Push(uint32_t lane, std::unique_ptr<Job> job) {
  job->lane_ = lane;
  job->queued_ = true;
  lanes_[lane].queue.PushBack(std::move(job));
  queued_++;
  Update(lane);
}

std::unique_ptr<Job> Lanes::Pop() {
  if (ready_.empty()) return nullptr;
  const uint32_t index = ready_.front();
  ready_.erase(ready_.begin());
  Lane& lane = lanes_[index];
  lane.ready = false;
  lane.running++;
  running_++;
  std::unique_ptr<Job> job = lane.queue.PopFront();
  job->queued_ = false;
  queued_--;
  Update(index);
  return job;
}

void Lanes::Done(const Job& job) {
  Lane& lane = lanes_[job.lane_];
  lane.running--;
  lane.completed++;
  running_--;
  completed_++;
  Update(job.lane_);
}

std::unique_ptr<Job> Lanes::Remove(Job* job) {
  const uint32_t lane = job->lane_;
  std::unique_ptr<Job> removed = lanes_[lane].queue.Remove(job);
  job->queued_ = false;
  queued_--;
  Update(lane);
  return removed;
}

void Lanes::Clear(JobList* dropped) {
  for (Lane& lane : lanes_) {
    while (!lane.queue.empty()) dropped->PushBack(lane.queue.PopFront());
    lane.ready = false;
  }
  ready_.clear();
  queued_ = 0;
}

void Lanes::Update(uint32_t index) {
  Lane& lane = lanes_[index];
  const bool ready = !lane.queue.empty() && lane.running < lane.limit;
  if (ready == lane.ready) return;
  lane.ready = ready;
  if (ready) {
    ready_.push_back(index);
  } else {
    ready_.erase(std::find(ready_.begin(), ready_.end(), index));
  }
}

LaneStats Lanes::Stats(uint32_t lane) const {
  const Lane& from = lanes_[lane];
  return {from.limit, from.queue.size(), from.running, from.completed};
}

}  // namespace rawloop
