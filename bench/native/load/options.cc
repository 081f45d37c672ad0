// Reads and checks the load client's command line. See getopt_long(3).
#include "options.h"

#include <getopt.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace load {
namespace {

constexpr char kUsage[] =
    "usage: load --port N [--host 127.0.0.1] | --path PATH\n"
    "  --mode echo|churn|idle|datagram|pass (echo)\n"
    "  --connections N   held at once (50)\n"
    "  --size BYTES      of a message (64)\n"
    "  --depth N         messages on the way per connection (1)\n"
    "  --warmup-ms N     load before the measured window (200)\n"
    "  --duration-ms N   length of the measured window (1000)\n"
    "  --messages N      end the window after so many (0: no limit)\n"
    "  --server-pid PID  read that process's CPU time around the window\n"
    "  --samples FILE    write every round trip there: 32-bit words, ns\n"
    "  --close fin|rst   how churn ends a connection (fin)\n"
    "Only loopback addresses are accepted. One JSON line goes to stdout.\n";

constexpr size_t kMaxBytesOnTheWay = 16 << 20;  // of one connection
constexpr size_t kMinDatagramBytes = 8;         // its index and its number
constexpr size_t kMaxDatagramBytes = 1472;      // what fits into one frame

[[noreturn]] void Fail(const char* option, const char* complaint) {
  std::fprintf(stderr, "load: --%s %s\n%s", option, complaint, kUsage);
  std::exit(2);
}

int64_t ParseNumber(const char* option, const char* text, int64_t low,
                    int64_t high) {
  char* end = nullptr;
  errno = 0;
  const long long number = std::strtoll(text, &end, 10);
  if (*text == '\0' || *end != '\0' || errno != 0 || number < low ||
      number > high) {
    char complaint[96];
    std::snprintf(complaint, sizeof(complaint),
                  "must be a whole number from %lld to %lld",
                  static_cast<long long>(low), static_cast<long long>(high));
    Fail(option, complaint);
  }
  return number;
}

Mode ParseMode(const char* text) {
  for (const Mode mode :
       {Mode::kEcho, Mode::kChurn, Mode::kIdle, Mode::kDatagram, Mode::kPass}) {
    if (std::strcmp(text, ModeName(mode)) == 0) return mode;
  }
  Fail("mode", "must be echo, churn, idle, datagram or pass");
}

CloseBy ParseCloseBy(const char* text) {
  if (std::strcmp(text, "fin") == 0) return CloseBy::kFin;
  if (std::strcmp(text, "rst") == 0) return CloseBy::kReset;
  Fail("close", "must be fin or rst");
}

// What the modes cannot do together with the rest.
void CheckTogether(const Options& options) {
  const bool is_path = options.server.family() == AF_UNIX;
  if (!is_path && options.server.port() == 0) {
    Fail("port", "is required, or --path");
  }
  if (options.message_bytes * options.depth > kMaxBytesOnTheWay) {
    Fail("depth", "times --size must not exceed 16 MiB");
  }
  switch (options.mode) {
    case Mode::kChurn:
      if (is_path) Fail("mode", "churn needs --port");
      break;
    case Mode::kDatagram:
      if (is_path) Fail("mode", "datagram needs --port");
      if (options.message_bytes < kMinDatagramBytes ||
          options.message_bytes > kMaxDatagramBytes) {
        Fail("size", "of a datagram must be 8 to 1472");
      }
      break;
    case Mode::kPass:
      if (!is_path) Fail("mode", "pass needs --path");
      if (options.depth != 1) Fail("depth", "of pass must be 1");
      break;
    default:
      break;
  }
}

}  // namespace

const char* ModeName(Mode mode) {
  switch (mode) {
    case Mode::kEcho:
      return "echo";
    case Mode::kChurn:
      return "churn";
    case Mode::kIdle:
      return "idle";
    case Mode::kDatagram:
      return "datagram";
    case Mode::kPass:
      return "pass";
  }
  return "";
}

Options ParseOptions(int argc, char** argv) {
  static const option kLongOptions[] = {
      {"host", required_argument, nullptr, 'h'},
      {"port", required_argument, nullptr, 'p'},
      {"path", required_argument, nullptr, 'u'},
      {"mode", required_argument, nullptr, 'm'},
      {"connections", required_argument, nullptr, 'c'},
      {"size", required_argument, nullptr, 's'},
      {"depth", required_argument, nullptr, 'd'},
      {"warmup-ms", required_argument, nullptr, 'w'},
      {"duration-ms", required_argument, nullptr, 't'},
      {"messages", required_argument, nullptr, 'n'},
      {"server-pid", required_argument, nullptr, 'i'},
      {"samples", required_argument, nullptr, 'f'},
      {"close", required_argument, nullptr, 'x'},
      {"help", no_argument, nullptr, 'H'},
      {nullptr, 0, nullptr, 0}};
  Options options;
  int choice;
  int index = 0;
  while ((choice = getopt_long(argc, argv, "", kLongOptions, &index)) != -1) {
    if (choice == '?') std::exit((std::fputs(kUsage, stderr), 2));
    const char* name = kLongOptions[index].name;
    const auto number = [name](int64_t low, int64_t high) {
      return ParseNumber(name, optarg, low, high);
    };
    switch (choice) {
      case 'h':
        if (!options.server.SetLoopbackHost(optarg)) {
          Fail(name, "must be an IPv4 loopback address");
        }
        break;
      case 'p':
        options.server.SetPort(static_cast<uint16_t>(number(1, 65535)));
        break;
      case 'u':
        if (!options.server.SetPath(optarg)) Fail(name, "is too long");
        break;
      case 'm':
        options.mode = ParseMode(optarg);
        break;
      case 'c':
        options.connections = static_cast<int>(number(1, 20000));
        break;
      case 's':
        options.message_bytes = static_cast<size_t>(number(1, 1 << 20));
        break;
      case 'd':
        options.depth = static_cast<int>(number(1, 1024));
        break;
      case 'w':
        options.warmup_ms = number(0, 60'000);
        break;
      case 't':
        options.duration_ms = number(1, 600'000);
        break;
      case 'n':
        options.messages = number(0, int64_t{1} << 40);
        break;
      case 'i':
        options.server_pid = static_cast<pid_t>(number(1, 1 << 30));
        break;
      case 'f':
        options.samples_path = optarg;
        break;
      case 'x':
        options.close_by = ParseCloseBy(optarg);
        break;
      default:
        std::fputs(kUsage, stdout);
        std::exit(0);
    }
  }
  if (optind != argc) std::exit((std::fputs(kUsage, stderr), 2));
  CheckTogether(options);
  return options;
}

}  // namespace load
