{
  # The source lists are mirrored in CMakeLists.txt; test/package checks that
  # the two agree. A backend is chosen here, by list, not by #ifdef in bodies.
  "variables": {
    "common_sources": [
      "native/addon.cc",
      "native/address.cc",
      "native/args.cc",
      "native/constants.cc",
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
      "native/signals.cc",
      "native/socket_options.cc",
      "native/sockets.cc",
      "native/stream_batch.cc",
      "native/thread_server.cc",
      "native/thread_server_binding.cc",
      "native/thread_server_client.cc",
      "native/vectored.cc",
      "native/waker.cc",
    ],
    "epoll_sources": [
      "native/epoll.cc",
      "native/eventfd.cc",
      "native/pool_linux.cc",
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
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "ldflags": ["-Wl,-z,relro,-z,now", "-Wl,--as-needed"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
      },
      "conditions": [
        ["OS=='linux'", {
          "sources": ["<@(epoll_sources)"],
          "libraries": ["-ldl", "-lpthread"],
        }],
        # `npx node-gyp rebuild -- -Dwerror=1`
        ["werror==1", {
          "cflags": ["-Werror"],
          "xcode_settings": { "GCC_TREAT_WARNINGS_AS_ERRORS": "YES" },
        }],
      ],
      "variables": { "werror%": 0 },
    },
  ],
}
