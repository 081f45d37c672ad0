/*
 * rawloop for other addons: a function on a loop's pool of threads, a descriptor
 * watched by a loop. A C ABI of its own; nothing is linked: the functions come
 * by an object of JavaScript, so that several copies of rawloop in one process
 * do not meet, and a copy is found however its addon was loaded.
 *
 * JavaScript gives the addon `loop.nativeInterface`; the addon, in a call from
 * JavaScript, has
 *
 *   const rawloop_api* api = rawloop_from(env, value, 1);
 *
 * and may use it for as long as it keeps the object, by a napi_ref, on the
 * thread of that loop. See docs/native.md and examples/native-job.
 *
 * Versions: RAWLOOP_API_VERSION grows when functions are added, at the end of the
 * struct; what is there keeps its place and its meaning. `version` says what the
 * rawloop at hand has: ask rawloop_from for what you need.
 *
 * Results: 0 or more, or -errno.
 */
#ifndef RAWLOOP_H_
#define RAWLOOP_H_

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RAWLOOP_API_VERSION 1

/* What a descriptor is watched for, and what it is told to be ready for. */
enum {
  RAWLOOP_READ = 1,
  RAWLOOP_WRITE = 2,
  RAWLOOP_PRIORITY = 4,
  /* Told unasked: the other side is gone; there is an error to report. */
  RAWLOOP_HANGUP = 8,
  RAWLOOP_ERROR = 16,
  /* Asked for only: each change is told once, as EPOLLET has it. */
  RAWLOOP_EDGE = 32
};

/* A loop, as its interface knows it. */
typedef struct rawloop_loop rawloop_loop;
/* A job that was submitted, or a descriptor that is watched: 1 to 2^31-1. It may
 * be given again when that is over. */
typedef uint32_t rawloop_id;

/*
 * Whose `data` is: the caller's until submit() or watch() has returned an id,
 * then rawloop's, which gives it back by exactly one call of `drop`, the last
 * of all for it. Then nothing of this struct is used any more.
 */
typedef struct rawloop_job {
  /* On a thread of the pool, with all signals blocked. It may block; it must not
   * use Node-API. What it returns, 0 or more or less, is for `done`. An
   * environment that ends waits for it five seconds, and then no more: it uses
   * `data` and what lives as long as the process. Its code stays loaded. */
  int32_t (*work)(void* data);
  /* On the loop's thread, behind `work`, in a handle scope; null: nobody asks.
   * It may call JavaScript, and returns what that threw, which is the loop's to
   * tell: `return rawloop_thrown(env);`. Not called for work that was cancelled,
   * or whose loop or pool has ended meanwhile. */
  napi_value (*done)(void* data, int32_t result);
  /* The end of `data`; null: nothing to free. On any thread, and when the loop
   * is gone; it must not use Node-API. Never while `work` runs. */
  void (*drop)(void* data);
  void* data;
} rawloop_job;

typedef struct rawloop_watcher {
  /* On the loop's thread, in a handle scope. `events` is of RAWLOOP_READ and the
   * like. It may unwatch, and returns as `done` does. RAWLOOP_ERROR alone may be
   * the last call: the kernel refuses to watch any more. */
  napi_value (*ready)(void* data, int fd, uint32_t events);
  /* As that of a job: behind unwatch(), or when the loop has ended; but on the
   * loop's thread, where it may delete references, and no more of Node-API. */
  void (*drop)(void* data);
  void* data;
} rawloop_watcher;

typedef struct rawloop_api {
  uint32_t version; /* RAWLOOP_API_VERSION of the rawloop at hand */
  uint32_t size;    /* its sizeof(rawloop_api) */
  rawloop_loop* loop;

  /* All of these: on the thread of the loop, else -EPERM; -EBADF when the loop or
   * its pool is closed; -EINVAL for a null that is not said to be one. */

  /* The number of the lane of that name: "fs", "crypto", "dns", "zlib", or one
   * that the pool was given. -ENOENT: there is none. */
  int32_t (*lane)(rawloop_loop* loop, const char* name);
  /* Queues a job, which is copied, and keeps the loop alive until it is done.
   * Its id; -EINVAL for no lane or no `work`, -ENOBUFS when as many wait as may
   * (docs/pool.md), -EAGAIN or -ENOMEM when there is no thread. */
  int64_t (*submit)(rawloop_loop* loop, int32_t lane, const rawloop_job* job);
  /* 0: it was queued, will not run, and was dropped. -EBUSY: it runs or is done.
   * -ENOENT: it is over. */
  int32_t (*cancel)(rawloop_loop* loop, rawloop_id job);

  /* Watches a descriptor, which stays the caller's: it must be open until
   * unwatch(). Its id; -EINVAL for no event, for bits that this version has no
   * name for or no `ready`, -EEXIST when the loop
   * watches it already, -EPERM for what cannot be polled. */
  int64_t (*watch)(rawloop_loop* loop, int fd, uint32_t events,
                   const rawloop_watcher* watcher);
  /* For something else from now on; 0: for nothing, until later. */
  int32_t (*modify)(rawloop_loop* loop, rawloop_id watcher, uint32_t events);
  /* `ready` is not called any more; `drop` follows. */
  int32_t (*unwatch)(rawloop_loop* loop, rawloop_id watcher);
} rawloop_api;

/* By what an interface is known, in every version. */
static const napi_type_tag rawloop_tag = {0x9f3a60d1c27b4e58,
                                          0xa4c81f5e0b7d2396};

/* The interface that `value` is, of `version` at least; null: it is none, or
 * older, which rawloop_version tells. Throws nothing. */
static inline const rawloop_api* rawloop_from(napi_env env, napi_value value,
                                              uint32_t version) {
  napi_valuetype type;
  bool is = false;
  void* found = NULL;
  const rawloop_api* api;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_object ||
      napi_check_object_type_tag(env, value, &rawloop_tag, &is) != napi_ok ||
      !is || napi_unwrap(env, value, &found) != napi_ok) {
    return NULL;
  }
  api = (const rawloop_api*)found;
  return api->version >= version ? api : NULL;
}

/* The version of the interface that `value` is; 0: it is none. */
static inline uint32_t rawloop_version(napi_env env, napi_value value) {
  const rawloop_api* api = rawloop_from(env, value, 0);
  return api == NULL ? 0 : api->version;
}

/* What JavaScript threw in the last call from this addon, which is pending no
 * more; null: nothing. An addon's exceptions are its own: another addon, such as
 * rawloop, does not see them. */
static inline napi_value rawloop_thrown(napi_env env) {
  bool pending = false;
  napi_value error = NULL;
  napi_is_exception_pending(env, &pending);
  if (pending) napi_get_and_clear_last_exception(env, &error);
  return error;
}

#ifdef __cplusplus
}
#endif

#endif /* RAWLOOP_H_ */
