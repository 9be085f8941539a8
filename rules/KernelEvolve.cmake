# SPDX-License-Identifier: MIT
# What a project gets from find_package(KernelEvolve), add_subdirectory() or FetchContent: ke_add_operator().
# No flag, variable or property of the project is touched beyond what docs/cmake.md lists.
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.19...3.31)

include("${CMAKE_CURRENT_LIST_DIR}/KeText.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/KeLock.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/KeRegistry.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/KeCommands.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/KeOperator.cmake")

# Also without any operator: a list that an earlier configure left behind must not survive.
_ke_schedule_finish()
cmake_policy(POP)
