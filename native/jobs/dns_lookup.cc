// lookup(host, family, flags): the addresses of a host, by whatever the system
// is set up to ask (files, DNS, LDAP, ...). It may take as long as those do: no
// thread can be stopped in it. See getaddrinfo(3), nsswitch.conf(5).
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include "jobs/dns.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

// An address, '%' and its interface, and the end of its line.
constexpr size_t kLineBytes = INET6_ADDRSTRLEN + IF_NAMESIZE + 2;

int FamilyOf(int number) {
  if (number == 4) return AF_INET;
  return number == 6 ? AF_INET6 : AF_UNSPEC;
}

// Writes one line at `line`; how many bytes. 0: it is of another family.
size_t WriteLine(const addrinfo& found, char* line) {
  if (found.ai_family == AF_INET) {
    const auto* address = reinterpret_cast<sockaddr_in*>(found.ai_addr);
    inet_ntop(AF_INET, &address->sin_addr, line, kLineBytes);
  } else if (found.ai_family == AF_INET6) {
    const auto* address = reinterpret_cast<sockaddr_in6*>(found.ai_addr);
    inet_ntop(AF_INET6, &address->sin6_addr, line, kLineBytes);
    char name[IF_NAMESIZE];
    if (address->sin6_scope_id != 0 &&
        if_indextoname(address->sin6_scope_id, name) != nullptr) {
      const size_t length = strlen(line);
      snprintf(line + length, kLineBytes - length, "%%%s", name);
    }
  } else {
    return 0;
  }
  const size_t length = strlen(line);
  line[length] = '\n';
  return length + 1;
}

class LookupJob final : public Job {
 public:
  LookupJob(int family, int flags) : family_(family), flags_(flags) {}

  Scratch* host() { return &host_; }

  // The result is a line for each address, in the order of the C library's.
  void Run() override {
    addrinfo hints = {};
    hints.ai_family = FamilyOf(family_);
    // One of each address, instead of one for each type of socket.
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags_;
    addrinfo* found = nullptr;
    errno = 0;
    status_ = LookupStatus(getaddrinfo(host_.text(), nullptr, &hints, &found));
    if (status_ < 0) return;
    Write(found);
    freeaddrinfo(found);
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {lines_->data(), size_};
  }

 private:
  void Write(const addrinfo* first) {
    size_t count = 0;
    for (auto* each = first; each != nullptr; each = each->ai_next) count++;
    if (!lines_.emplace().Allocate(count * kLineBytes)) {
      status_ = -ENOMEM;
      return;
    }
    auto* lines = reinterpret_cast<char*>(lines_->data());
    for (auto* each = first; each != nullptr; each = each->ai_next) {
      size_ += WriteLine(*each, lines + size_);
    }
  }

  const int family_;
  const int flags_;
  Scratch host_;
  std::optional<Scratch> lines_;
  size_t size_ = 0;
};

}  // namespace

std::unique_ptr<Job> MakeLookup(const Args& args) {
  int family;
  int flags;
  if (!args.Integer(kFirstArgument + 1, "family", &family, 0, 6) ||
      !args.Integer(kFirstArgument + 2, "flags", &flags, 0)) {
    return nullptr;
  }
  auto job = std::make_unique<LookupJob>(family, flags);
  const napi_value host = args.at(kFirstArgument);
  if (!job->host()->CopyPath(args.env(), host, "host")) return nullptr;
  return job;
}

}  // namespace rawloop
