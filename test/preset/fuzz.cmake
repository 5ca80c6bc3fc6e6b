# libFuzzer targets with AddressSanitizer.
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE None CACHE STRING "")
set(CMAKE_C_FLAGS "-g -O1" CACHE STRING "")
set(RSLOAD_SANITIZE address CACHE STRING "")
set(RSLOAD_FUZZ ON CACHE BOOL "")
