// Prints a measured window as the one JSON line that the harness reads.
#include "window.h"

#include <cinttypes>
#include <cstdio>

namespace load {

void Window::PrintJson() {
  const double seconds = static_cast<double>(elapsed_ns_) / 1e9;
  const double messages = static_cast<double>(round_trips_.count());
  const auto micros = [](uint64_t ns) { return static_cast<double>(ns) / 1e3; };
  std::printf("{\"mode\":\"%s\",\"connections\":%d,\"size\":%zu,\"depth\":%d,",
              ModeName(options_.mode), options_.connections,
              options_.message_bytes, options_.depth);
  std::printf("\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64
              ",\"seconds\":%.6f,\"messagesPerSecond\":%.1f,",
              round_trips_.count(), bytes_, seconds,
              seconds > 0 ? messages / seconds : 0);
  std::printf("\"p50Us\":%.3f,\"p90Us\":%.3f,\"p99Us\":%.3f,\"p999Us\":%.3f,",
              micros(round_trips_.Percentile(0.5)),
              micros(round_trips_.Percentile(0.9)),
              micros(round_trips_.Percentile(0.99)),
              micros(round_trips_.Percentile(0.999)));
  std::printf("\"maxUs\":%.3f,\"serverCpuNs\":",
              micros(round_trips_.Percentile(1)));
  if (has_server_clock_) {
    std::printf("%" PRId64, server_cpu_ns_);
  } else {
    std::printf("null");
  }
  if (options_.mode == Mode::kDatagram) {
    std::printf(",\"sent\":%" PRIu64 ",\"received\":%" PRIu64, sent_,
                received_);
    std::printf(",\"lost\":%" PRIu64 ",\"strays\":%" PRIu64, lost_, strays_);
  }
  // The first error is a text of this program's own: nothing to escape.
  std::printf(",\"clientCpuNs\":%" PRId64 ",\"errors\":%" PRIu64
              ",\"firstError\":\"%s\"}\n",
              client_cpu_ns_, errors_, first_error_.c_str());
  std::fflush(stdout);
}

}  // namespace load
