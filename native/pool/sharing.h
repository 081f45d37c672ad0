// Pools by number, for other threads of the process: a number can be posted to
// a Worker, an object of one environment cannot. Each copy of the addon has
// numbers of its own, and none of them keeps a pool.
#ifndef RAWLOOP_POOL_SHARING_H_
#define RAWLOOP_POOL_SHARING_H_

#include <cstdint>
#include <memory>

#include "pool/thread_pool.h"

namespace rawloop {

// The number of a pool, the same each time.
uint32_t ShareThreads(const std::shared_ptr<ThreadPool>& pool);
// Null: there is none of that number any more, or it has ended.
std::shared_ptr<ThreadPool> SharedThreads(uint64_t number);

}  // namespace rawloop

#endif  // RAWLOOP_POOL_SHARING_H_
