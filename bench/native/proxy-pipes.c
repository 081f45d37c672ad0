/* See the header. */
#define _GNU_SOURCE
#include "proxy-pipes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { kKeptPipes = 16 };

static struct carrier *kept[kKeptPipes];
static int kept_count;

struct carrier *carrier_take(void) {
  if (kept_count > 0) return kept[--kept_count];
  struct carrier *carrier = malloc(sizeof(*carrier));
  if (carrier == NULL) return NULL;
  if (pipe2(carrier->ends, O_NONBLOCK | O_CLOEXEC) < 0) {
    free(carrier);
    return NULL;
  }
  fcntl(carrier->ends[1], F_SETPIPE_SZ, kPipeBytes);
  return carrier;
}

void carrier_close(struct carrier *carrier) {
  close(carrier->ends[0]);
  close(carrier->ends[1]);
  free(carrier);
}

void carrier_give(struct carrier *carrier) {
  if (kept_count < kKeptPipes) {
    kept[kept_count++] = carrier;
  } else {
    carrier_close(carrier);
  }
}
