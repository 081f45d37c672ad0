{
  # What is compiled for a system is native/sources.json's to say, for CMake and
  # the cross builds as well.
  "targets": [
    {
      "target_name": "rawloop",
      # The tables of constants are made of lists of names.
      "rules": [{
        "rule_name": "constants",
        "extension": "txt",
        "inputs": ["native/constants/generate.cjs"],
        "outputs": ["<(INTERMEDIATE_DIR)/constants/<(RULE_INPUT_ROOT).cc"],
        "action": ["node", "native/constants/generate.cjs", "<(RULE_INPUT_PATH)", "<@(_outputs)"],
        "process_outputs_as_sources": 1,
      }],
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
          "libraries": ["-ldl", "-lpthread"],
        }],
        ["OS=='linux' and libkqueue==''", {
          "sources": ["<!@(node native/sources.cjs linux)"],
        }],
        # scripts/kqueue-addon.mjs: `-Dlibkqueue=FILE -Dlibkqueue_include=FOLDER`
        ["OS=='linux' and libkqueue!=''", {
          "sources": ["<!@(node native/sources.cjs linux_libkqueue)"],
          "include_dirs": ["<(libkqueue_include)"],
          "libraries": ["<(libkqueue)"],
        }],
        ["OS=='mac'", {
          "sources": ["<!@(node native/sources.cjs darwin)"],
        }],
        ["OS=='freebsd'", {
          "sources": ["<!@(node native/sources.cjs freebsd)"],
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
