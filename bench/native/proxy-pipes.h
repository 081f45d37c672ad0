/*
 * The pipes through which proxy-splice.c moves bytes: empty ones are kept for
 * whoever is next, as a warm pipe costs less than a new one. See pipe(7).
 */
#ifndef RAWLOOP_BENCH_PROXY_PIPES_H_
#define RAWLOOP_BENCH_PROXY_PIPES_H_

enum { kPipeBytes = 256 * 1024 };

struct carrier {
  int ends[2]; /* read, write */
};

/* An empty one; NULL: there are no descriptors or no memory. */
struct carrier *carrier_take(void);
/* It is empty again. */
void carrier_give(struct carrier *carrier);
/* What is in it is lost. */
void carrier_close(struct carrier *carrier);

#endif /* RAWLOOP_BENCH_PROXY_PIPES_H_ */
