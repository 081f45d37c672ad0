{
  "targets": [
    {
      "target_name": "native_job",
      "sources": ["job.c"],
      # The folder of rawloop.h: "<!(node -p \"require('path').dirname(require.resolve('rawloop/package.json'))\")/include"
      # where rawloop is a dependency; here it is two folders above.
      "include_dirs": ["../../include"],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-Wall", "-Wextra", "-Werror"],
    },
  ],
}
