// Identities on the BSDs and macOS: device, inode and kind. What has no inode
// of its own there (a kqueue) is told from other kinds, not from its like. See
// identity.h for the contract.
#include "os/identity_inode.h"

namespace rawloop {

Identity Identify(int fd) {
  struct stat status;
  if (fstat(fd, &status) == 0) return IdentityOf(status);
  return errno == EBADF ? kNotOpen : kUnknown;
}

int CheckIdentity(int fd, Identity identity) {
  Identity now = Identify(fd);
  if (now == kNotOpen) return -EBADF;
  return now == identity || identity == kUnknown ? 0 : -EPERM;
}

void BeginIdentities() {}
void EndIdentities() {}

int CloseIdentical(int fd, Identity identity) {
  int error = CheckIdentity(fd, identity);
  return error < 0 ? error : CloseOnce(fd);
}

}  // namespace rawloop
