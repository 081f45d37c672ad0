// A plan for a child from what JavaScript hands over: words, and all strings in
// one. Both are copied: other threads may write to words, and the child reads
// bytes. The layout is lib/spawn/layout.ts's.
#ifndef RAWLOOP_PROCESS_SPAWN_ARGUMENTS_H_
#define RAWLOOP_PROCESS_SPAWN_ARGUMENTS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/args.h"
#include "process/spawn_plan.h"

namespace rawloop {

class SpawnArguments {
 public:
  // False with a RangeError pending: the numbers do not fit together.
  bool Read(napi_env env, const Span& words, napi_value strings);

  // Points into this object.
  const SpawnPlan& plan() const { return plan_; }

 private:
  bool ReadWords(const Span& words);
  bool ReadText(napi_env env, napi_value strings);
  bool FindStrings();

  SpawnPlan plan_;
  std::vector<int32_t> words_;
  std::vector<gid_t> groups_;
  std::vector<SpawnLimit> limits_;
  std::string text_;
  std::vector<char*> pointers_;
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SPAWN_ARGUMENTS_H_
