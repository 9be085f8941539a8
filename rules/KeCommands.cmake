# SPDX-License-Identifier: MIT
# ke-detect, ke-check, ke-bench, ke-search and ke-gate in the user's build. They run the tool through KeRun.cmake, which
# looks for it at build time: installing it later needs no new configure.
include_guard(GLOBAL)

# Adds each target once. Names that the project uses itself are left alone.
function(_ke_add_commands operators)
  set(prefix "ke-")
  if(DEFINED KE_TARGET_PREFIX)
    set(prefix "${KE_TARGET_PREFIX}")
  endif()
  get_property(ours GLOBAL PROPERTY KE_COMMAND_TARGETS)
  foreach(verb detect check bench search gate)
    set(target "${prefix}${verb}")
    if(target IN_LIST ours)
      continue()
    elseif(TARGET "${target}")
      message(WARNING "KernelEvolve: the project has a target \"${target}\" of its own, so the one that runs "
                      "\"${verb}\" is left out. Set KE_TARGET_PREFIX (now \"${prefix}\") to have it under another name.")
      continue()
    endif()
    _ke_add_command("${target}" ${verb})
    set_property(GLOBAL APPEND PROPERTY KE_COMMAND_TARGETS "${target}")
  endforeach()
endfunction()

function(_ke_add_command target verb)
  set(tool ke-build)
  if(verb STREQUAL "gate")
    set(tool ke-ci)
  endif()
  set(folder "${KE_TOOL_DIR}")
  if(TARGET ${tool} AND NOT folder)
    set(folder "$<TARGET_FILE_DIR:${tool}>")
  endif()
  add_custom_target("${target}"
    COMMAND "${CMAKE_COMMAND}" "-DKE_TOOL=${tool}" "-DKE_VERB=${verb}" "-DKE_BUILD_DIR=${CMAKE_BINARY_DIR}"
            "-DKE_CONFIG=$<CONFIG>" "-DKE_TOOL_DIR=${folder}" -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/KeRun.cmake"
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
    USES_TERMINAL VERBATIM)
  set_property(TARGET "${target}" PROPERTY FOLDER KernelEvolve)
  if(TARGET ${tool})
    add_dependencies("${target}" ${tool})
  endif()
  # The kernels must be up to date before the tool looks at them; detect compares sources, gate builds both sides itself.
  if(verb MATCHES "^(check|bench|search)$")
    get_property(targets GLOBAL PROPERTY KE_OPERATOR_TARGETS)
    list(REMOVE_DUPLICATES targets)
    add_dependencies("${target}" ${targets})
  endif()
endfunction()
