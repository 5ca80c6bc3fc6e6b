# AddressSanitizer and UndefinedBehaviorSanitizer.
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE None CACHE STRING "")
set(CMAKE_C_FLAGS "-g -O1" CACHE STRING "")
set(RSLOAD_SANITIZE address CACHE STRING "")
