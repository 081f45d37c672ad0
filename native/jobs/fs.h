// The file system family: its operations, a table in a file of its own for each
// kind, which fs.cc puts together.
#ifndef RAWLOOP_JOBS_FS_H_
#define RAWLOOP_JOBS_FS_H_

#include <cstddef>

#include "pool/family.h"

namespace rawloop {

struct Operations {
  const Operation* first;
  size_t count;
};

template <size_t N>
constexpr Operations AllOf(const Operation (&operations)[N]) {
  return {operations, N};
}

extern const Operations kStatusCalls;      // fs_status.cc
extern const Operations kPathCalls;        // fs_paths.cc
extern const Operations kNameCalls;        // fs_names.cc
extern const Operations kDescriptorCalls;  // fs_descriptors.cc
extern const Operations kTransferCalls;    // fs_transfers.cc
extern const Operations kWholeCalls;       // fs_whole.cc
extern const Operations kFolderCalls;      // fs_folders.cc
extern const Operations kTreeCalls;        // fs_trees.cc
extern const Operations kCopyCalls;        // fs_copy.cc
extern const Operations kLockCalls;        // fs_locks.cc
extern const Operations kSendCalls;        // fs_send.cc

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_FS_H_
