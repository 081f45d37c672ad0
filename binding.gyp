{
  # The source lists are mirrored in CMakeLists.txt; test/package checks that
  # the two agree. A backend is chosen here, by list, not by #ifdef in bodies.
  "variables": {
    "common_sources": [
      "native/addon.cc",
      "native/address.cc",
      "native/args.cc",
      "native/constants.cc",
      "native/descriptor_table.cc",
      "native/descriptors.cc",
      "native/environment.cc",
      "native/host_loop.cc",
      "native/host_loop_libuv.cc",
      "native/host_loop_waiter.cc",
      "native/pool.cc",
      "native/pool_crypto.cc",
      "native/pool_fs.cc",
      "native/pool_scratch.cc",
      "native/pool_threads.cc",
      "native/process.cc",
      "native/signal_sharing.cc",
      "native/signal_table.cc",
      "native/signals.cc",
      "native/signals_handler.cc",
      "native/signals_libuv.cc",
      "native/socket_options.cc",
      "native/sockets.cc",
      "native/stream_batch.cc",
      "native/thread_server.cc",
      "native/thread_server_binding.cc",
      "native/thread_server_client.cc",
      "native/vectored.cc",
      "native/waker.cc",
    ],
    # Linux
    "epoll_sources": [
      "native/epoll.cc",
      "native/eventfd.cc",
      "native/file_watch.cc",
      "native/file_watcher.cc",
      "native/fork_mark.cc",
      "native/identity_linux.cc",
      "native/opening_flags.cc",
      "native/pool_linux.cc",
      "native/signal_sharing_elf.cc",
      "native/socket_option_lists_linux.cc",
      "native/thread_name_linux.cc",
    ],
    "no_kqueue_sources": [
      "native/kqueue_absent.cc",
    ],
    # macOS, FreeBSD, and Linux when it is built against libkqueue for tests
    "kqueue_sources": [
      "native/kqueue.cc",
      "native/kqueue_constants.cc",
      "native/kqueue_poller.cc",
      "native/kqueue_wait.cc",
    ],
    "darwin_sources": [
      "native/epoll_absent.cc",
      "native/fork_mark_absent.cc",
      "native/identity_stat.cc",
      "native/opening_fcntl.cc",
      "native/file_watch_absent.cc",
      "native/pool_bsd.cc",
      "native/signal_sharing_darwin.cc",
      "native/socket_option_lists_bsd.cc",
      "native/thread_name_darwin.cc",
    ],
    "bsd_sources": [
      "native/epoll_absent.cc",
      "native/fork_mark_absent.cc",
      "native/identity_stat.cc",
      "native/opening_flags.cc",
      "native/file_watch_absent.cc",
      "native/pool_bsd.cc",
      "native/signal_sharing_elf.cc",
      "native/socket_option_lists_bsd.cc",
      "native/thread_name_bsd.cc",
    ],
  },
  "targets": [
    {
      "target_name": "rawloop",
      "sources": ["<@(common_sources)"],
      "include_dirs": [
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
