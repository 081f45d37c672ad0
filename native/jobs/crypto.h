// The crypto family: what makes each of its jobs, for the table in crypto.cc.
#ifndef RAWLOOP_JOBS_CRYPTO_H_
#define RAWLOOP_JOBS_CRYPTO_H_

#include <memory>

#include "core/args.h"
#include "pool/job.h"

namespace rawloop {

std::unique_ptr<Job> MakePbkdf2(const Args& args);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_CRYPTO_H_
