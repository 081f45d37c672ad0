{
  # The source lists are mirrored in CMakeLists.txt; test/package checks that
  # the two agree. A backend is chosen here, by list, not by #ifdef in bodies.
  "variables": {
    "common_sources": [
      "native/core/addon.cc",
      "native/calls/address.cc",
      "native/core/args.cc",
      "native/constants/constants.cc",
      "native/core/descriptor_table.cc",
      "native/calls/descriptors.cc",
      "native/core/environment.cc",
      "native/host/host_loop.cc",
      "native/host/host_loop_libuv.cc",
      "native/host/host_loop_waiter.cc",
      "native/jobs/crypto.cc",
      "native/jobs/crypto_pbkdf2.cc",
      "native/jobs/fs.cc",
      "native/jobs/fs_stat.cc",
      "native/jobs/openssl.cc",
      "native/jobs/scratch.cc",
      "native/pool/binding.cc",
      "native/pool/completions.cc",
      "native/pool/crew.cc",
      "native/pool/family.cc",
      "native/pool/lanes.cc",
      "native/pool/thread_pool.cc",
      "native/calls/process.cc",
      "native/process/signal_sharing.cc",
      "native/process/signal_table.cc",
      "native/process/signals.cc",
      "native/process/signals_handler.cc",
      "native/process/signals_libuv.cc",
      "native/calls/socket_options.cc",
      "native/calls/sockets.cc",
      "native/stream/batch.cc",
      "native/thread_server/thread_server.cc",
      "native/thread_server/thread_server_binding.cc",
      "native/thread_server/thread_server_client.cc",
      "native/calls/vectored.cc",
      "native/poll/waker.cc",
    ],
    # Linux
    "epoll_sources": [
      "native/poll/epoll.cc",
      "native/calls/eventfd.cc",
      "native/poll/file_watch.cc",
      "native/poll/file_watcher.cc",
      "native/os/fork_mark.cc",
      "native/os/identity_linux.cc",
      "native/os/opening_flags.cc",
      "native/jobs/stat_linux.cc",
      "native/pool/wakeup_eventfd.cc",
      "native/process/signal_sharing_elf.cc",
      "native/calls/socket_option_lists_linux.cc",
      "native/os/thread_name_linux.cc",
    ],
    "no_kqueue_sources": [
      "native/poll/kqueue_absent.cc",
    ],
    # macOS, FreeBSD, and Linux when it is built against libkqueue for tests
    "kqueue_sources": [
      "native/poll/kqueue.cc",
      "native/constants/kqueue_constants.cc",
      "native/poll/kqueue_poller.cc",
      "native/poll/kqueue_wait.cc",
    ],
    "darwin_sources": [
      "native/poll/epoll_absent.cc",
      "native/os/fork_mark_absent.cc",
      "native/os/identity_stat.cc",
      "native/os/opening_fcntl.cc",
      "native/poll/file_watch_absent.cc",
      "native/jobs/stat_bsd.cc",
      "native/pool/wakeup_pipe.cc",
      "native/process/signal_sharing_darwin.cc",
      "native/calls/socket_option_lists_bsd.cc",
      "native/os/thread_name_darwin.cc",
    ],
    "bsd_sources": [
      "native/poll/epoll_absent.cc",
      "native/os/fork_mark_absent.cc",
      "native/os/identity_stat.cc",
      "native/os/opening_flags.cc",
      "native/poll/file_watch_absent.cc",
      "native/jobs/stat_bsd.cc",
      "native/pool/wakeup_pipe.cc",
      "native/process/signal_sharing_elf.cc",
      "native/calls/socket_option_lists_bsd.cc",
      "native/os/thread_name_bsd.cc",
    ],
  },
  "targets": [
    {
      "target_name": "rawloop",
      "sources": ["<@(common_sources)"],
      "include_dirs": [
        "native",
        "<!(node -p \"require('node-addon-api').include_dir\")",
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A Worker that is being terminated takes no exception: that is no fault.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],
      "cflags": ["-Wall", "-Wextra", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17"],
      # What our code throws, that there is no memory, it catches itself.
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-exceptions"],
      "ldflags": ["-Wl,-z,relro,-z,now", "-Wl,--as-needed"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
      },
      "conditions": [
        ["OS=='linux'", {
          "sources": ["<@(epoll_sources)"],
          "libraries": ["-ldl", "-lpthread"],
        }],
        ["OS=='linux' and libkqueue==''", {
          "sources": ["<@(no_kqueue_sources)"],
        }],
        # scripts/kqueue-addon.mjs: `-Dlibkqueue=FILE -Dlibkqueue_include=FOLDER`
        ["OS=='linux' and libkqueue!=''", {
          "sources": ["<@(kqueue_sources)"],
          "include_dirs": ["<(libkqueue_include)"],
          "libraries": ["<(libkqueue)"],
        }],
        ["OS=='mac'", {
          "sources": ["<@(kqueue_sources)", "<@(darwin_sources)"],
        }],
        ["OS=='freebsd'", {
          "sources": ["<@(kqueue_sources)", "<@(bsd_sources)"],
          "libraries": ["-lpthread"],
        }],
        # `npx node-gyp rebuild -- -Dwerror=1`
        ["werror==1", {
          "cflags": ["-Werror"],
          "xcode_settings": { "GCC_TREAT_WARNINGS_AS_ERRORS": "YES" },
        }],
      ],
      "variables": { "werror%": 0, "libkqueue%": "", "libkqueue_include%": "" },
    },
  ],
}
