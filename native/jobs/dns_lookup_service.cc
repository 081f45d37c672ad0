// lookupService(address, port): the name of the host that has an address, and
// of the service that a port is for. See getnameinfo(3), services(5).
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "jobs/dns.h"
#include "jobs/scratch.h"
#include "pool/family.h"

namespace rawloop {

namespace {

class LookupServiceJob final : public Job {
 public:
  explicit LookupServiceJob(uint16_t port) : port_(port) {}

  Scratch* address() { return &address_; }

  // The result is a line for the host and one for the service.
  void Run() override {
    sockaddr_storage storage = {};
    const socklen_t size = ReadAddress(&storage);
    if (size == 0) {
      status_ = -EINVAL;
      return;
    }
    char service[NI_MAXSERV];
    errno = 0;
    status_ = LookupStatus(getnameinfo(reinterpret_cast<sockaddr*>(&storage),
                                       size, lines_, NI_MAXHOST, service,
                                       sizeof(service), NI_NAMEREQD));
    if (status_ < 0) return;
    size_ = strlen(lines_);
    lines_[size_++] = '\n';
    memcpy(lines_ + size_, service, strlen(service));
    size_ += strlen(service);
  }

  Result result() const override {
    if (status_ < 0) return {};
    return {lines_, size_};
  }

 private:
  // Fills `storage`; its size. 0: it is no address.
  socklen_t ReadAddress(sockaddr_storage* storage) const {
    auto* v4 = reinterpret_cast<sockaddr_in*>(storage);
    if (inet_pton(AF_INET, address_.text(), &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port_);
      return sizeof(*v4);
    }
    auto* v6 = reinterpret_cast<sockaddr_in6*>(storage);
    if (inet_pton(AF_INET6, address_.text(), &v6->sin6_addr) != 1) return 0;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port_);
    return sizeof(*v6);
  }

  const uint16_t port_;
  Scratch address_;
  char lines_[NI_MAXHOST + NI_MAXSERV + 1];
  size_t size_ = 0;
};

}  // namespace

std::unique_ptr<Job> MakeLookupService(const Args& args) {
  uint16_t port;
  if (!args.Integer(kFirstArgument + 1, "port", &port)) return nullptr;
  auto job = std::make_unique<LookupServiceJob>(port);
  const napi_value address = args.at(kFirstArgument);
  if (!job->address()->CopyPath(args.env(), address, "address")) return nullptr;
  return job;
}

}  // namespace rawloop
