// The family of name look-ups: what makes each of its jobs, for the table in
// dns.cc, and what the C library says when there is no answer.
#ifndef RAWLOOP_JOBS_DNS_H_
#define RAWLOOP_JOBS_DNS_H_

#include <cstdint>
#include <memory>

#include "core/args.h"
#include "pool/job.h"

namespace rawloop {

std::unique_ptr<Job> MakeLookup(const Args& args);
std::unique_ptr<Job> MakeLookupService(const Args& args);

// The status of a job whose call gave `error`, an EAI_*: -errno when the system
// failed, as errno says now; else this base less the number without its sign,
// which is minus on some systems. See getaddrinfo(3).
constexpr int32_t kLookupErrorBase = -10000;
int32_t LookupStatus(int error);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_DNS_H_
