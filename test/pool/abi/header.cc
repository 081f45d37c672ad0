// The header in C++, with every warning: it has to be as quiet as in C.
#include <rawloop.h>

static_assert(RAWLOOP_API_VERSION >= 1, "a version");
