# Without vector code and without ISA-L: the paths that other machines take.
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(RSLOAD_PORTABLE ON CACHE BOOL "")
set(RSLOAD_ISAL OFF CACHE BOOL "")
