// The load client of the benchmarks: one thread, epoll, C++17. It loads one
// server on loopback, checks every byte of the answers, and prints rates,
// round-trip percentiles and the server's CPU time as one JSON line. Exit
// status: 0 all answered, 1 an error (see `firstError`), 2 bad arguments.
#include <sys/resource.h>

#include <cstdio>

#include "load/churn.h"
#include "load/datagram.h"
#include "load/echo.h"
#include "load/options.h"
#include "load/pass.h"
#include "load/window.h"

namespace {

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void RunEcho(const load::Options& options, load::Window* window) {
  load::EchoLoad echo(options, window);
  if (echo.Open()) echo.Run();
}

// Prints a line of its own when all connections stand; the harness looks at the
// server's memory then, and closes this program's stdin when it has seen it.
void RunIdle(const load::Options& options, load::Window* window) {
  load::EchoLoad echo(options, window);
  if (!echo.Open()) return;
  std::printf("{\"mode\":\"idle\",\"open\":%d}\n", options.connections);
  std::fflush(stdout);
  echo.Hold();
}

void RunDatagram(const load::Options& options, load::Window* window) {
  load::DatagramLoad datagrams(options, window);
  if (datagrams.Open()) datagrams.Run();
}

void RunPass(const load::Options& options, load::Window* window) {
  load::PassLoad pass(options, window);
  if (pass.Open()) pass.Run();
}

}  // namespace

int main(int argc, char** argv) {
  const load::Options options = load::ParseOptions(argc, argv);
  load::Window window(options);
  if (!window.Prepare()) {
    std::fprintf(stderr, "load: there is no process %d to measure\n",
                 static_cast<int>(options.server_pid));
    return 1;
  }
  RaiseDescriptorLimit();
  switch (options.mode) {
    case load::Mode::kEcho:
      RunEcho(options, &window);
      break;
    case load::Mode::kChurn:
      load::ChurnLoad(options, &window).Run();
      break;
    case load::Mode::kIdle:
      RunIdle(options, &window);
      break;
    case load::Mode::kDatagram:
      RunDatagram(options, &window);
      break;
    case load::Mode::kPass:
      RunPass(options, &window);
      break;
  }
  if (!window.SaveSamples()) {
    window.AddError("the round trips could not be written");
  }
  window.PrintJson();
  return window.errors() == 0 ? 0 : 1;
}
