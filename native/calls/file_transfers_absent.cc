// sendfile, splice, memfd_create are not on this system: macOS and the BSDs
// have a sendfile of another meaning, from a file to a socket alone and with
// no offset of the file's own.
#include "core/absent.h"
#include "core/module.h"

namespace rawloop {
namespace {

void RegisterFileTransfers(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendfile", AbsentCall},
                                {"splice", AbsentCall},
                                {"memfd_create", AbsentCall}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterFileTransfers);

}  // namespace
}  // namespace rawloop
