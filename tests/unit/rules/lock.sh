#!/bin/bash
# SPDX-License-Identifier: MIT
# ke.lock.json: what is applied, to what, and what is refused; the same with KernelEvolve and without it.
. "$(dirname "$0")/lib.sh"

p="$scratch/p"
project "$p" <<'END'
include(KernelEvolveOptional.cmake)
add_library(ops STATIC a.cpp b.cpp)
add_library(ops::ops ALIAS ops)
ke_add_operator(a TARGET ops::ops SOURCES a.cpp SPEC a.ke.json)
ke_add_operator(b TARGET ops SOURCES b.cpp SPEC a.ke.json)
add_subdirectory(sub)
END
mkdir "$p/sub"
cp "$p/a.cpp" "$p/sub/c.cpp"
echo 'add_library(sub c.cpp)
ke_add_operator(c TARGET sub SOURCES c.cpp SPEC ../a.ke.json)' > "$p/sub/CMakeLists.txt"
cp "$KE_SOURCE/rules/KernelEvolveOptional.cmake" "$p"
git init -q "$p" 2> /dev/null || mkdir -p "$p/.git"
# Above the repository's root: must not be seen.
echo 'not even JSON' > "$scratch/ke.lock.json"

with="$scratch/with" without="$scratch/without"
both() { configure "$p" "$with" -G Ninja -DCMAKE_BUILD_TYPE="${type:-Release}" "$rules"
         cp "$scratch/log" "$scratch/log.with"
         configure "$p" "$without" -G Ninja -DCMAKE_BUILD_TYPE="${type:-Release}" -DCMAKE_DISABLE_FIND_PACKAGE_KernelEvolve=ON
         cmp <(sed "s|$with|$without|g" "$with/compile_commands.json") "$without/compile_commands.json" ||
           fail "builds with and without KernelEvolve differ"; }
compiler_id() { grep -h 'CMAKE_CXX_COMPILER_ID "' "$with"/CMakeFiles/*/CMakeCXXCompiler.cmake | cut -d'"' -f2; }
version() { grep -h 'CMAKE_CXX_COMPILER_VERSION "' "$with"/CMakeFiles/*/CMakeCXXCompiler.cmake | cut -d'"' -f2; }

both
[ -e "$with/ke/operators.json" ] || fail "not declared with KernelEvolve"
[ ! -e "$without/ke" ] || fail "declared without KernelEvolve"
plain=$(command_of "$with" "$p/a.cpp")

cat > "$p/ke.lock.json" <<END
{"version": 1, "operators": {
  "a": {"source": "a.cpp", "flags": ["-O2", "-fno-math-errno", "--param=max-unroll-times=4"], "compiler": "$(compiler_id) $(version)",
        "defines": {"TILE": "64", "KE_CLONES": "", "TYPE": "std::int32_t"}, "speedup": 3.1},
  "c": {"source": "sub/c.cpp", "flags": ["-funroll-loops"]}}}
END
both
has <(command_of "$with" "$p/a.cpp") " -O3 -DNDEBUG -O2 -fno-math-errno --param=max-unroll-times=4 -o "
for define in '-DTILE=64' '-DKE_CLONES=' '-DTYPE=std::int32_t'; do has <(command_of "$with" "$p/a.cpp" | tr -d '\\"') " $define"; done
has <(command_of "$with" "$p/sub/c.cpp") " -funroll-loops"
equal "$(command_of "$with" "$p/b.cpp" | sed 's/b\.cpp/a.cpp/g')" "$plain" "an operator without an entry"
build "$with"

# An edited lock takes effect with the next build, without a configure by hand.
sed -i 's/-funroll-loops/-fno-trapping-math/' "$p/ke.lock.json"
for b in "$with" "$without"; do
  build "$b"
  has <(command_of "$b" "$p/sub/c.cpp") " -fno-trapping-math"
done

# Two operators in one file: what both entries hold is there once.
echo 'ke_add_operator(c2 TARGET sub SOURCES c.cpp SPEC ../a.ke.json)' >> "$p/sub/CMakeLists.txt"
cat > "$p/ke.lock.json" <<'END'
{"version": 1, "operators": {
  "c": {"source": "sub/c.cpp", "flags": ["-fno-math-errno", "-fno-trapping-math"]},
  "c2": {"source": "sub/c.cpp", "flags": ["-fno-math-errno", "-funroll-loops"]}}}
END
both
has <(command_of "$with" "$p/sub/c.cpp") " -fno-math-errno -fno-trapping-math -funroll-loops -o"
sed -i '/(c2 /d' "$p/sub/CMakeLists.txt"

# The nearest lock counts; a repository below this one has its own.
echo '{"version": 1, "operators": {"c": {"source": "c.cpp", "flags": ["-fno-signed-zeros"]}}}' > "$p/sub/ke.lock.json"
both
has <(command_of "$with" "$p/sub/c.cpp") " -fno-signed-zeros -o"
rm "$p/sub/ke.lock.json"

# lock_a MEMBERS: a lock with one entry for a.
lock_a() { echo "{\"version\": 1, \"operators\": {\"a\": {$1}}}" > "$p/ke.lock.json"; }
not_applied() { lacks <(command_of "$with" "$p/a.cpp") "$1"; has "$scratch/log.with" "$2"; has "$scratch/log" "$2"; }

lock_a '"source": "a.cpp", "flags": ["-fno-math-errno"], "defines": {"TILE": "8"}, "compiler": "Fictitious 3.2"'
both
not_applied "-fno-math-errno" "operators.a.flags are for Fictitious 3.2, this is $(compiler_id) $(version): not applied"
has <(command_of "$with" "$p/a.cpp") "-DTILE=8"
lock_a "\"source\": \"a.cpp\", \"flags\": [\"-fno-math-errno\"], \"compiler\": \"$(compiler_id) 99.0\""
both
not_applied "-fno-math-errno" "flags are for $(compiler_id) 99.0"
lock_a '"source": "a.cpp", "flags": ["-fno-math-errno"], "processor": "pdp11"'
both
not_applied "-fno-math-errno" "flags are for pdp11"
lock_a '"source": "b.cpp", "flags": ["-fno-math-errno"]'
both
not_applied "-fno-math-errno" 'operators.a.source is "b.cpp", which is no source of this operator: not applied.'
lock_a '"source": "a.cpp", "flags": ["-fno-math-errno"]'
type=Debug both
lacks <(command_of "$with" "$p/a.cpp") "-fno-math-errno"

# Threads need a library where the target is linked: also by an executable that knows nothing of it.
cp "$p/CMakeLists.txt" "$scratch/lists"
echo 'int main() { return 0; }' > "$p/main.cpp"
echo 'add_executable(user main.cpp)
target_link_libraries(user ops)' >> "$p/CMakeLists.txt"
lock_a '"source": "a.cpp", "flags": ["-fno-math-errno", "-fopenmp"]'
both
has <(command_of "$with" "$p/a.cpp") " -fno-math-errno -fopenmp -o"
for b in "$with" "$without"; do
  has <(ninja -C "$b" -t commands user | tail -1) "-fopenmp"
  build "$b"
done
lock_a '"source": "a.cpp", "flags": ["-fopenmp-simd"]'
both
lacks <(ninja -C "$with" -t commands user | tail -1) "-fopenmp"
cp "$scratch/lists" "$p/CMakeLists.txt"

# Flags that could load, read or write files, and anything that is no flag: refused by both, with the flag's name.
refused() {
  lock_a "\"source\": \"a.cpp\", $1"
  not_configure "$p" "$with" "$rules"
  has "$scratch/log" "$2"
  not_configure "$p" "$without"
  has "$scratch/log" "$2"
}
for flag in -fplugin=evil.so -include -I/tmp -fprofile-use=x -B/tmp @file '-O2 -Ix' '$<1:-O2>' '-O2;-Ix' -mllvm -Wl,-z -fpass-plugin=x -fdump-tree-all -fuse-ld=x '-f/x' evil.cpp; do
  refused "\"flags\": [\"$flag\"]" "is not an optimisation flag"
done
refused '"flags": ["-O2", "-specs=x"]' '"-specs=x" is not an optimisation flag (-O, -f, -m, --param=) without paths.'
for define in '"A=B": "1"' '"TILE": "$<1:2>"' '"TILE": "8;9"' '"TILE": "__has_include(\"/etc\")"' '"A(x)": "x"'; do
  refused "\"defines\": {$define}" "is not a plain macro definition"
done
echo '{"version": 2, "operators": {}}' > "$p/ke.lock.json"
not_configure "$p" "$with" "$rules"
has "$scratch/log" 'found version 2, expected 1. Update'
for text in '' '<<<<<<< HEAD' '[]' '{"version": 1}' '{"operators": []}'; do
  echo "$text" > "$p/ke.lock.json"
  not_configure "$p" "$with" "$rules"
  has "$scratch/log" 'ke.lock.json: expected an object with the member "operators"'
  not_configure "$p" "$without"
  has "$scratch/log" 'ke.lock.json: expected an object with the member "operators"'
done
