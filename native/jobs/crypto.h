// The crypto family: what makes each of its jobs, for the table in crypto.cc.
#ifndef RAWLOOP_JOBS_CRYPTO_H_
#define RAWLOOP_JOBS_CRYPTO_H_

#include <memory>

#include "core/args.h"
#include "jobs/scratch.h"
#include "pool/job.h"

namespace rawloop {

std::unique_ptr<Job> MakeHash(const Args& args);
std::unique_ptr<Job> MakePbkdf2(const Args& args);
std::unique_ptr<Job> MakeRandomBytes(const Args& args);
std::unique_ptr<Job> MakeScrypt(const Args& args);

// Memory for what a job makes. False, with an exception pending, when there is
// not so much.
bool AllocateKey(napi_env env, Scratch* key, size_t size);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_CRYPTO_H_
