# ke_room(<name> SOURCES ... DEPENDS ...): one room of the house, an object-like static library `ke_<name>`.
# Warnings and the include root are private to us; nothing global is touched.
function(ke_room name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ke_room(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_library(ke_${name} STATIC ${arg_SOURCES})
  ke_settings(ke_${name})
  target_link_libraries(ke_${name} PUBLIC ${arg_DEPENDS})
  ke_precompiled(ke_${name} ke_base "${KernelEvolve_SOURCE_DIR}/ke-build/base/prelude.h")
endfunction()

# Parsing the JSON and formatting headers takes longer than compiling most files: it is done once and shared.
option(KE_PRECOMPILED "Share precompiled headers between our own targets" ON)
function(ke_precompiled target owner header)
  if(NOT KE_PRECOMPILED)
    return()
  elseif(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${header})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# ke_hot(<file>...): sources with loops over data, optimised fully whatever the rest of the build asks for. GCC 12 crashes on
# headers that were precompiled at another level.
function(ke_hot)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-O3>" SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# ke_command(<target>): an executable that ends in <build>/bin. Its objects come first when it is linked, so that their copies
# of what the standard library inlines are the ones that every room then uses: they must be optimised like the rest.
function(ke_command target)
  ke_settings(${target})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${KernelEvolve_BINARY_DIR}/bin")
  ke_precompiled(${target} ke-build "${KernelEvolve_SOURCE_DIR}/ke-build/base/prelude.h;<CLI/CLI.hpp>")
endfunction()

# ke_program(<name> <room> <file>...): a program of the developers' own, on top of one room; it is not installed.
function(ke_program name room)
  add_executable(${name} ${ARGN})
  ke_settings(${name})
  target_link_libraries(${name} PRIVATE ke_${room})
  ke_precompiled(${name} ke-build "")  # the headers of another executable
endfunction()

# -Wno-restrict: GCC 12 warns falsely on `"a" + string` (GCC bug 105651).
function(ke_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${KernelEvolve_SOURCE_DIR}>")
  target_compile_options(${target} PRIVATE -Wall -Wextra $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<BOOL:${KE_WERROR}>:-Werror>)
endfunction()

# ke_test(<room> <file>... [TOGETHER <suite>...] [ALONE <suite>...] [ELSEWHERE <suite>...]): unit tests of one room, one executable, every TEST is a ctest test labelled
# with the room. Suites under TOGETHER are one ctest test each, because their set-up is dear. So are those under MEASURING, of which one
# runs at a time. Suites under ELSEWHERE are run by other tests only.
# EARLY: these keep a core busy and measure nothing, so that they start beside the tests that do and wait for each other.
function(ke_test room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EARLY" "" "TOGETHER;MEASURING;ELSEWHERE")
  add_executable(test_${room} ${arg_UNPARSED_ARGUMENTS})
  ke_settings(test_${room})
  # What is tested is optimised, the tests are not: that halves their build.
  target_compile_options(test_${room} PRIVATE $<$<CONFIG:Release>:-O0>)
  target_link_libraries(test_${room} PRIVATE ke_${room} GTest::gtest GTest::gtest_main)
  target_compile_definitions(test_${room} PRIVATE "KE_TEST_STATE=\"${KernelEvolve_BINARY_DIR}/tests\"")
  ke_precompiled(test_${room} test_base "${KernelEvolve_SOURCE_DIR}/ke-build/base/prelude.h;<gtest/gtest.h>")
  set(suites ${arg_TOGETHER} ${arg_MEASURING} ${arg_ELSEWHERE})
  list(TRANSFORM suites APPEND ".*")
  list(JOIN suites ":" alone)
  # What is known of this machine is not to end up in the home of whoever runs the tests.
  set(cache "XDG_CACHE_HOME=${KernelEvolve_BINARY_DIR}/tests/cache")
  set(cost 0)
  if(arg_EARLY)
    set(cost 50)
  endif()
  include(GoogleTest)
  gtest_discover_tests(test_${room} TEST_PREFIX "${room}." TEST_FILTER "*-${alone}" DISCOVERY_TIMEOUT 30
                       PROPERTIES LABELS "${room}" TIMEOUT 120 COST ${cost} ENVIRONMENT "${cache}")
  foreach(suite IN LISTS arg_TOGETHER arg_MEASURING)
    add_test(NAME ${room}.${suite} COMMAND test_${room} "--gtest_filter=${suite}.*")
    set_tests_properties(${room}.${suite} PROPERTIES LABELS "${room}" TIMEOUT 300 ENVIRONMENT "${cache}")
  endforeach()
  foreach(suite IN LISTS arg_MEASURING)
    ke_judges_in_turn(${room}.${suite})
  endforeach()
endfunction()
