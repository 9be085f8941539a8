# tree-sitter's core and its CUDA grammar (a superset of C and C++) as pinned npm source packages, compiled here:
# Debian's libtree-sitter 0.20 rejects the grammar's ABI 15. The tarballs are checked against SHA-512 sums.
set(KE_THIRD_PARTY_DIR "${KernelEvolve_SOURCE_DIR}/.third_party" CACHE PATH "Where pinned source packages are unpacked")

function(ke_npm_source name version sha512)
  set(folder "${KE_THIRD_PARTY_DIR}/${name}-${version}")
  if(NOT EXISTS "${folder}/package.json")
    find_program(KE_NPM npm)
    if(NOT KE_NPM)
      message(FATAL_ERROR "npm is needed once to fetch the source package ${name}@${version} (apt-get install npm), "
                          "or unpack it yourself into ${folder}")
    endif()
    file(MAKE_DIRECTORY "${KE_THIRD_PARTY_DIR}")
    message(STATUS "fetching the source package ${name}@${version} with npm")
    execute_process(COMMAND "${KE_NPM}" pack --silent --ignore-scripts "${name}@${version}"
                    WORKING_DIRECTORY "${KE_THIRD_PARTY_DIR}" RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE why TIMEOUT 300)
    set(tarball "${KE_THIRD_PARTY_DIR}/${name}-${version}.tgz")
    if(failed OR NOT EXISTS "${tarball}")
      message(FATAL_ERROR "npm pack ${name}@${version} failed: ${why}")
    endif()
    file(SHA512 "${tarball}" found)
    if(NOT found STREQUAL "${sha512}")
      file(REMOVE "${tarball}")
      message(FATAL_ERROR "${name}@${version}: SHA-512 is ${found}, expected ${sha512}")
    endif()
    file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${folder}.tmp")
    file(REMOVE_RECURSE "${folder}")
    file(RENAME "${folder}.tmp/package" "${folder}")
    file(REMOVE_RECURSE "${folder}.tmp" "${tarball}")
  endif()
endfunction()

ke_npm_source(tree-sitter 0.25.1 "9ab70476462d1dfacad40e9fb373ba171901a344228395d45ea1e1c54390bb46e63e8d34405e17692c7879da5acdd1f0c674828e518a1a022a59d68de1dbd32c")
ke_npm_source(tree-sitter-cuda 0.21.1 "57ccc8db671f890cadd10defeca3e433829530f5ea2201eb71b60262f7c50722dc33b3ccebe9a9ce14561af50fe10826c179161dd709a097090be79fe95f59e8")

set(core "${KE_THIRD_PARTY_DIR}/tree-sitter-0.25.1/vendor/tree-sitter/lib")
set(cuda "${KE_THIRD_PARTY_DIR}/tree-sitter-cuda-0.21.1/src")
add_library(ke_tree_sitter STATIC "${core}/src/lib.c" "${cuda}/parser.c" "${cuda}/scanner.c")
# The grammar is a table of 20 MB: optimising it costs minutes and gains nothing.
set_source_files_properties("${cuda}/parser.c" PROPERTIES COMPILE_OPTIONS "-O0;-g0")
target_compile_options(ke_tree_sitter PRIVATE -w -std=gnu11)
target_include_directories(ke_tree_sitter SYSTEM PUBLIC "${core}/include" PRIVATE "${core}/src" "${cuda}")
set_target_properties(ke_tree_sitter PROPERTIES POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF)
