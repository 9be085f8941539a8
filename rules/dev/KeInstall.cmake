# SPDX-License-Identifier: MIT
# What `cmake --install` gives, and the same layout in the build tree (as links), so that the tool finds its data and
# projects find the package in one way: <prefix>/bin, <prefix>/lib/cmake/KernelEvolve, <prefix>/share/kernelevolve.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
option(KE_INSTALL "Install rules for KernelEvolve" ${PROJECT_IS_TOP_LEVEL})

set(KE_PACKAGE_FILES KernelEvolve.cmake KernelEvolveConfig.cmake KernelEvolveOptional.cmake KeText.cmake KeLock.cmake
                     KeRegistry.cmake KeCommands.cmake KeRun.cmake KeOperator.cmake)
# Folders of data that the tool reads at run time.
set(KE_DATA_FOLDERS kb templates backends)

function(ke_install)
  set(package "${KernelEvolve_BINARY_DIR}/lib/cmake/KernelEvolve")
  set(data "${KernelEvolve_BINARY_DIR}/share/kernelevolve")
  file(MAKE_DIRECTORY "${package}" "${data}")
  write_basic_package_version_file("${package}/KernelEvolveConfigVersion.cmake" VERSION "${KernelEvolve_VERSION}"
                                   COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  foreach(file IN LISTS KE_PACKAGE_FILES)
    file(CREATE_LINK "${KernelEvolve_SOURCE_DIR}/rules/${file}" "${package}/${file}" COPY_ON_ERROR SYMBOLIC)
  endforeach()
  foreach(folder IN LISTS KE_DATA_FOLDERS)
    if(IS_DIRECTORY "${KernelEvolve_SOURCE_DIR}/${folder}")
      file(CREATE_LINK "${KernelEvolve_SOURCE_DIR}/${folder}" "${data}/${folder}" SYMBOLIC)
    endif()
  endforeach()
  if(KE_INSTALL)
    ke_install_rules("${package}")
    ke_install_tool("${package}")
  endif()
endfunction()

function(ke_install_rules package)
  list(TRANSFORM KE_PACKAGE_FILES PREPEND "${KernelEvolve_SOURCE_DIR}/rules/")
  install(FILES ${KE_PACKAGE_FILES} "${package}/KernelEvolveConfigVersion.cmake"
          DESTINATION lib/cmake/KernelEvolve COMPONENT rules)
endfunction()

function(ke_install_tool package)
  set(tools "")
  foreach(tool ke-build ke-ci ke-confine)
    if(TARGET ${tool})
      list(APPEND tools ${tool})
    endif()
  endforeach()
  if(NOT tools)
    return()
  endif()
  install(TARGETS ${tools} EXPORT KernelEvolveTargets RUNTIME DESTINATION bin COMPONENT tool)
  install(EXPORT KernelEvolveTargets NAMESPACE ke:: DESTINATION lib/cmake/KernelEvolve COMPONENT tool)
  export(EXPORT KernelEvolveTargets NAMESPACE ke:: FILE "${package}/KernelEvolveTargets.cmake")
  foreach(folder kb templates)
    if(IS_DIRECTORY "${KernelEvolve_SOURCE_DIR}/${folder}")
      install(DIRECTORY "${KernelEvolve_SOURCE_DIR}/${folder}" DESTINATION share/kernelevolve COMPONENT tool)
    endif()
  endforeach()
  # The runner is compiled with the candidate, on the user's machine.
  install(DIRECTORY "${KernelEvolve_SOURCE_DIR}/backends" DESTINATION share/kernelevolve COMPONENT tool
          FILES_MATCHING PATTERN "runner*" PATTERN "*_test*" EXCLUDE)
  install(FILES "${KernelEvolve_SOURCE_DIR}/LICENSE" DESTINATION share/kernelevolve COMPONENT tool OPTIONAL)
endfunction()

ke_install()
