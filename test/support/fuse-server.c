// A file system of two files whose content is "from a server", mounted at the
// path that it is given, for root: `slow` is looked up anew each time, `kept`
// is not for an hour. What is written is taken, and lost. Says "ready". SIGSTOP
// makes it a server that does not answer; whoever kills it ends the file
// system. See fuse(4), Documentation/filesystems/fuse.rst.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char kContent[] = "from a server";
static int device;

static void Answer(uint64_t request, int error, const void* data, size_t size) {
  char bytes[4096];
  struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + size),
                                 .error = error,
                                 .unique = request};
  memcpy(bytes, &head, sizeof(head));
  memcpy(bytes + sizeof(head), data, size);
  if (write(device, bytes, head.len) < 0) perror("write");
}

static struct fuse_attr AttributesOf(uint64_t node) {
  struct fuse_attr attr = {.ino = node, .nlink = 1};
  attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
  attr.size = node == FUSE_ROOT_ID ? 0 : sizeof(kContent) - 1;
  return attr;
}

static void Serve(const struct fuse_in_header* in, const void* argument) {
  struct fuse_init_out init = {.major = 7, .minor = 31, .max_write = 4096};
  struct fuse_entry_out entry = {0};
  struct fuse_attr_out attributes = {0};
  struct fuse_open_out opened = {.open_flags = FOPEN_KEEP_CACHE};
  struct fuse_statfs_out status = {.st = {.bsize = 4096, .namelen = 255}};
  struct fuse_write_out written = {0};
  const struct fuse_read_in* wanted = argument;
  const int is_kept = in->opcode == FUSE_LOOKUP && !strcmp(argument, "kept");
  switch (in->opcode) {
    case FUSE_INIT:
      return Answer(in->unique, 0, &init, sizeof(init));
    case FUSE_LOOKUP:
      if (!is_kept && strcmp(argument, "slow") != 0) break;
      entry.nodeid = is_kept ? 2 : 3;
      entry.attr = AttributesOf(entry.nodeid);
      entry.entry_valid = entry.attr_valid = is_kept ? 3600 : 0;
      return Answer(in->unique, 0, &entry, sizeof(entry));
    case FUSE_GETATTR:
      attributes.attr = AttributesOf(in->nodeid);
      attributes.attr_valid = in->nodeid == 3 ? 0 : 3600;
      return Answer(in->unique, 0, &attributes, sizeof(attributes));
    case FUSE_OPEN:
    case FUSE_OPENDIR:
      return Answer(in->unique, 0, &opened, sizeof(opened));
    case FUSE_READ: {
      const size_t all = sizeof(kContent) - 1;
      const size_t from = wanted->offset < all ? wanted->offset : all;
      return Answer(in->unique, 0, kContent + from, all - from);
    }
    case FUSE_WRITE:
      written.size = ((const struct fuse_write_in*)argument)->size;
      return Answer(in->unique, 0, &written, sizeof(written));
    case FUSE_STATFS:
      return Answer(in->unique, 0, &status, sizeof(status));
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
    case FUSE_FLUSH:
      return Answer(in->unique, 0, NULL, 0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      return;
    default:
      return Answer(in->unique, -ENOSYS, NULL, 0);
  }
  Answer(in->unique, -ENOENT, NULL, 0);
}

int main(int count, char** arguments) {
  static char request[1 << 16];
  char options[80];
  if (count != 2) return 2;
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  snprintf(options, sizeof(options),
           "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
  if (device < 0 ||
      mount("rawloop", arguments[1], "fuse", MS_NOSUID | MS_NODEV, options)) {
    perror("mount");
    return 77;
  }
  puts("ready");
  fflush(stdout);
  while (read(device, request, sizeof(request)) > 0) {
    Serve((const void*)request, request + sizeof(struct fuse_in_header));
  }
  return 0;
}
