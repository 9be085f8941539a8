#!/bin/bash
# SPDX-License-Identifier: MIT
# operators.json and the File API query: content, subdirectories, repeated configures, operators that go away.
. "$(dirname "$0")/lib.sh"

p="$scratch/a \"project\" here" b="$scratch/build folder"
project "$p" <<'END'
find_package(KernelEvolve REQUIRED)
# ke_add_operator(one in a comment is no declaration
add_subdirectory(left)
add_subdirectory(right)
add_library(many OBJECT)
target_sources(many PRIVATE a.cpp $<1:${CMAKE_CURRENT_SOURCE_DIR}/b.cpp>)
foreach(letter a b)
  ke_add_operator(loop-${letter} TARGET many SOURCES ${letter}.cpp SPEC a.ke.json)
endforeach()
# Declared far from its target, and from the folder that compiles it.
ke_add_operator(far.one TARGET left SOURCES left/a.cpp SPEC a.ke.json)
END
for side in left right; do
  mkdir "$p/$side"
  cp "$p/a.cpp" "$p/b.cpp" "$p/a.ke.json" "$p/$side"
done
echo 'add_library(left a.cpp b.cpp)
ke_add_operator(
  one
  TARGET left SOURCES a.cpp b.cpp SPEC a.ke.json)' > "$p/left/CMakeLists.txt"
echo 'find_package(KernelEvolve REQUIRED)
add_executable(tool a.cpp main.cpp)
KE_ADD_OPERATOR("two" SPEC a.ke.json SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/../right/a.cpp TARGET tool)' > "$p/right/CMakeLists.txt"
echo 'int main() {}' > "$p/right/main.cpp"

configure "$p" "$b" -G Ninja "$rules"
list="$b/ke/operators.json"
equal "$(json "$list" version)" 1
names="" where="" targets=""
for i in 0 1 2 3 4; do
  names="$names $(json "$list" operators $i name)"
  targets="$targets $(json "$list" operators $i target)"
  where="$where $(json "$list" operators $i declared_at)"
done
equal "$names" " one two loop-a loop-b far.one"
equal "$targets" " left tool many many left"
equal "$where" " left/CMakeLists.txt:2 right/CMakeLists.txt:3 CMakeLists.txt:10 CMakeLists.txt:10 CMakeLists.txt:13"
equal "$(json "$list" operators 0 sources 0)" "$p/left/a.cpp"
equal "$(json "$list" operators 0 sources 1)" "$p/left/b.cpp"
equal "$(json "$list" operators 0 spec)" "$p/left/a.ke.json"
equal "$(json "$list" operators 1 sources 0)" "$p/right/a.cpp" "normalised"

# The query is there after the first configure, and the next one answers it.
query="$b/.cmake/api/v1/query/client-ke/query.json"
kinds=""
for i in 0 1 2 3; do kinds="$kinds $(json "$query" requests $i kind)-$(json "$query" requests $i version)"; done
equal "$kinds" " codemodel-2 cache-2 cmakeFiles-1 toolchains-1"
configure "$p" "$b"
for kind in codemodel-v2 cache-v2 cmakeFiles-v1 toolchains-v1; do
  ls "$b/.cmake/api/v1/reply/$kind"-*.json > "$scratch/log" 2>&1 || fail "no reply for $kind"
done

# A configure that changes nothing touches nothing.
touch -d '2001-01-01' "$list" "$query"
configure "$p" "$b"
equal "$(date -r "$list" +%Y) $(date -r "$query" +%Y)" "2001 2001" "rewritten without need"
build "$b" --target tool left many

# Operators that are no longer declared leave the list, also the last one.
sed -i '/add_subdirectory(right)/d' "$p/CMakeLists.txt"
configure "$p" "$b"
lacks "$list" '"two"'
has "$list" '"far.one"'
sed -i '/ke_add_operator/d; /add_subdirectory/d; /foreach/d' "$p/CMakeLists.txt"
configure "$p" "$b"
equal "$(json "$list" operators)" "[]"

# A project without operators gets no folder of ours.
configure "$p" "$scratch/b2" -G Ninja "$rules"
[ ! -e "$scratch/b2/ke" ] || fail "ke/ without operators"

# In a unity build the kernel stays a translation unit of its own, the one that is measured.
project "$scratch/u" <<'END'
find_package(KernelEvolve REQUIRED)
add_library(ops a.cpp b.cpp c.cpp)
set_property(TARGET ops PROPERTY UNITY_BUILD ON)
ke_add_operator(a TARGET ops SOURCES a.cpp SPEC a.ke.json)
END
echo 'int c() { return 3; }' > "$scratch/u/c.cpp"
configure "$scratch/u" "$scratch/bu" -G Ninja "$rules"
command_of "$scratch/bu" "$scratch/u/a.cpp" > "$scratch/log"
lacks "$scratch/bu/compile_commands.json" "u/b.cpp"
