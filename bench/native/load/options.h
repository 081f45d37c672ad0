// The command line of the load client: one struct, read once at the start.
// The limits keep a run bounded, whatever the caller asks for.
#ifndef RAWLOOP_BENCH_LOAD_OPTIONS_H_
#define RAWLOOP_BENCH_LOAD_OPTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "address.h"

namespace load {

enum class Mode { kEcho, kChurn, kIdle, kDatagram, kPass };

// How the churn client ends a connection; see churn.cc for the choice.
enum class CloseBy { kFin, kReset };

struct Options {
  Address server;
  Mode mode = Mode::kEcho;
  CloseBy close_by = CloseBy::kFin;
  int connections = 50;
  size_t message_bytes = 64;
  int depth = 1;
  int64_t warmup_ms = 200;
  int64_t duration_ms = 1000;
  int64_t messages = 0;      // stop after that many measured ones; 0: no limit
  std::string samples_path;  // empty: round trips are not kept
  pid_t server_pid = 0;      // whose CPU time to read; 0: nobody's
};

// Prints the usage and exits: with 0 for --help, with 2 for a bad argument.
Options ParseOptions(int argc, char** argv);

const char* ModeName(Mode mode);

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_OPTIONS_H_
