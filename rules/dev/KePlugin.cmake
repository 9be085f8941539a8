# One mechanism for every kind of plug-in: a generated table instead of static self-registration, whose objects linkers
# drop from static libraries.
#
# ke_add_plugin(<kind> <name> SOURCES a.cpp ... [DEPENDS ke_model ...]): one member; it defines `make_<kind>_<name>()`.
function(ke_add_plugin kind name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;DEPENDS")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ke_add_plugin(${kind} ${name}): expected SOURCES <file>..., found '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  add_library(ke_${kind}_${name} OBJECT ${arg_SOURCES})
  ke_settings(ke_${kind}_${name})
  target_link_libraries(ke_${kind}_${name} PUBLIC ${arg_DEPENDS})
  ke_precompiled(ke_${kind}_${name} ke_base "")
  set_property(GLOBAL APPEND PROPERTY KE_PLUGINS_${kind} ${name})
endfunction()

# ke_write_table(<kind> <room>): writes <build>/generated/<kind>.def with one row `KE_PLUGIN(<name>)` per member, in the
# order of their declaration, and puts the members' objects into ke_<room>. Members may be declared later in the tree.
function(ke_write_table kind room)
  target_include_directories(ke_${room} PRIVATE "${KernelEvolve_BINARY_DIR}/generated")
  cmake_language(EVAL CODE "cmake_language(DEFER DIRECTORY \"${KernelEvolve_SOURCE_DIR}\" CALL _ke_write_table ${kind} ${room})")
endfunction()

function(_ke_write_table kind room)
  get_property(names GLOBAL PROPERTY KE_PLUGINS_${kind})
  set(rows "")
  foreach(name IN LISTS names)
    string(APPEND rows "KE_PLUGIN(${name})\n")
    target_sources(ke_${room} PRIVATE $<TARGET_OBJECTS:ke_${kind}_${name}>)
  endforeach()
  file(CONFIGURE OUTPUT "${KernelEvolve_BINARY_DIR}/generated/${kind}.def" CONTENT "${rows}" @ONLY)
endfunction()
