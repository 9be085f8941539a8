# SPDX-License-Identifier: MIT
# cmake -DKE_TOOL=ke-build -DKE_VERB=search -DKE_BUILD_DIR=... [-DKE_CONFIG=...] [-DKE_TOOL_DIR=...] -P KeRun.cmake
# Runs the tool for a target of the user's build; more arguments for it come from the environment variable KE_ARGS.
cmake_policy(VERSION 3.19...3.31)

# Beside the package, when it is installed; otherwise wherever PATH leads.
set(folders "${KE_TOOL_DIR}")
if(NOT folders AND CMAKE_CURRENT_LIST_DIR MATCHES "^(.*)/lib/cmake/KernelEvolve$")
  set(folders "${CMAKE_MATCH_1}/bin")
endif()
find_program(tool "${KE_TOOL}" HINTS ${folders})
if(NOT tool)
  list(APPEND folders PATH)
  list(JOIN folders " or on " looked)
  message(FATAL_ERROR
    "${KE_TOOL} was not found on ${looked}.\n"
    "The rules of KernelEvolve are here, its tool is not. Build and install it:\n"
    "  ./dev build && cmake --install build --prefix ~/.local    (in a checkout of KernelEvolve)\n"
    "then put ~/.local/bin on PATH, or configure with -DKE_TOOL_DIR=<folder of ${KE_TOOL}>.")
endif()

set(arguments --build-dir "${KE_BUILD_DIR}")
if(KE_CONFIG)
  list(APPEND arguments --config "${KE_CONFIG}")
endif()
# The tool runs builds of its own; they must not talk to the make that runs this script.
unset(ENV{MAKEFLAGS})
unset(ENV{MAKELEVEL})
separate_arguments(more UNIX_COMMAND "$ENV{KE_ARGS}")
execute_process(COMMAND "${tool}" "${KE_VERB}" ${arguments} ${more} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  set(hint "")
  if(result EQUAL 2 AND more STREQUAL "")
    set(hint ".\nArguments come from the environment, e.g. KE_ARGS=\"--base origin/main\" or KE_ARGS=\"rmsnorm --budget 60s\"")
  endif()
  message(FATAL_ERROR "${KE_TOOL} ${KE_VERB} ended with ${result}${hint}")
endif()
