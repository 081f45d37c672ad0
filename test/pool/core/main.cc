// Drives the core of the pool (native/pool without binding.cc and family.cc)
// from a loop of its own. Built with sanitizers by core.test.ts, and without
// Node-API's headers. Arguments: a scenario, a number of rounds. Prints what
// came of it; the exit code is 0 when nothing went wrong. The scenarios are
// headers: one file to compile, as sanitizers make that slow.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ends.h"
#include "harness.h"
#include "jobs.h"
#include "lanes.h"
#include "late.h"
#include "left.h"
#include "sharing.h"
#include "spin.h"

namespace rawloop {
namespace {

const struct {
  const char* name;
  void (*run)(int);
} kScenarios[] = {{"order", Order},
                  {"priority", Priority},
                  {"blocked", Blocked},
                  {"limits", Limits},
                  {"raised", Raised},
                  {"results", Results},
                  {"churn", Churn},
                  {"idling", Idling},
                  {"shared", Shared},
                  {"given back", Given},
                  {"full", Full},
                  {"ring", Ring},
                  {"spin", Looking},
                  {"late", Late},
                  {"stop", Stop},
                  {"left", Left},
                  {"left by one", LeftByOne},
                  {"finished", Finished}};

}  // namespace
}  // namespace rawloop

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const int rounds = atoi(arguments[2]);
  for (const auto& scenario : rawloop::kScenarios) {
    if (strcmp(scenario.name, arguments[1]) != 0) continue;
    scenario.run(rounds);
    rawloop::Expect("jobs left", rawloop::jobs_alive, 0);
    printf("%s: %d rounds, %d wrong\n", scenario.name, rounds,
           rawloop::wrong.load());
    return rawloop::wrong == 0 ? 0 : 1;
  }
  return 2;
}
