#include "pool/lanes.h"

namespace rawloop {

uint32_t Lanes::Add(size_t limit) {
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
}

const Lanes::Lane* Lanes::Next() const {
  if (queued_ == 0) return nullptr;
  for (size_t i = 0; i < lanes_.size(); i++) {
    const Lane& lane = lanes_[(turn_ + i) % lanes_.size()];
    if (!lane.queue.empty() && lane.running < lane.limit) return &lane;
  }
  return nullptr;
}

std::unique_ptr<Job> Lanes::Pop() {
  const Lane* next = Next();
  if (next == nullptr) return nullptr;
  const auto index = static_cast<size_t>(next - lanes_.data());
  turn_ = index + 1;
  lanes_[index].running++;
  running_++;
  std::unique_ptr<Job> job = lanes_[index].queue.PopFront();
  job->queued_ = false;
  queued_--;
  return job;
}

void Lanes::Done(const Job& job) {
  Lane& lane = lanes_[job.lane_];
  lane.running--;
  lane.completed++;
  running_--;
  completed_++;
}

std::unique_ptr<Job> Lanes::Remove(Job* job) {
  queued_--;
  job->queued_ = false;
  return lanes_[job->lane_].queue.Remove(job);
}

void Lanes::Clear(JobList* dropped) {
  for (Lane& lane : lanes_) {
    while (!lane.queue.empty()) dropped->PushBack(lane.queue.PopFront());
  }
  queued_ = 0;
}

LaneStats Lanes::Stats(uint32_t lane) const {
  const Lane& from = lanes_[lane];
  return {from.limit, from.queue.size(), from.running, from.completed};
}

}  // namespace rawloop
