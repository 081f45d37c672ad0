// The file system family: what makes each of its jobs, for the table in fs.cc.
#ifndef RAWLOOP_JOBS_FS_H_
#define RAWLOOP_JOBS_FS_H_

#include <memory>

#include "core/args.h"
#include "pool/job.h"

namespace rawloop {

std::unique_ptr<Job> MakeAccess(const Args& args);
std::unique_ptr<Job> MakeReadlink(const Args& args);
std::unique_ptr<Job> MakeStat(const Args& args);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_FS_H_
