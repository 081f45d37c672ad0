#include "pool/sharing.h"

#include <map>
#include <mutex>

namespace rawloop {

namespace {

struct Table {
  std::mutex mutex;
  std::map<uint32_t, std::weak_ptr<ThreadPool>> pools;
  uint32_t next = 1;
};

// Process-wide, as threads are. It is never destroyed: threads may be there
// when the process exits.
Table& Shared() {
  static auto* const table = new Table();
  return *table;
}

}  // namespace

uint32_t ShareThreads(const std::shared_ptr<ThreadPool>& pool) {
  Table& table = Shared();
  std::lock_guard<std::mutex> lock(table.mutex);
  for (auto it = table.pools.begin(); it != table.pools.end();) {
    const std::shared_ptr<ThreadPool> other = it->second.lock();
    if (other == pool) return it->first;
    it = other == nullptr ? table.pools.erase(it) : std::next(it);
  }
  const uint32_t number = table.next++;
  table.pools.emplace(number, pool);
  return number;
}

std::shared_ptr<ThreadPool> SharedThreads(uint64_t number) {
  Table& table = Shared();
  std::lock_guard<std::mutex> lock(table.mutex);
  const auto found = table.pools.find(static_cast<uint32_t>(number));
  if (number > UINT32_MAX || found == table.pools.end()) return nullptr;
  std::shared_ptr<ThreadPool> pool = found->second.lock();
  return pool == nullptr || pool->Ended() ? nullptr : pool;
}

}  // namespace rawloop
