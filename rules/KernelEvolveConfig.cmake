# SPDX-License-Identifier: MIT
# find_package(KernelEvolve). The folder can be moved: nothing in it names an absolute path.
if(CMAKE_VERSION VERSION_LESS 3.19)
  set(KernelEvolve_FOUND FALSE)
  set(KernelEvolve_NOT_FOUND_MESSAGE "KernelEvolve's rules need CMake 3.19 or newer; this is ${CMAKE_VERSION}")
  return()
endif()
include("${CMAKE_CURRENT_LIST_DIR}/KernelEvolve.cmake")
# ke::ke-build and ke::ke-ci; absent where only the rules are installed.
if(NOT TARGET ke-build)
  include("${CMAKE_CURRENT_LIST_DIR}/KernelEvolveTargets.cmake" OPTIONAL)
endif()
