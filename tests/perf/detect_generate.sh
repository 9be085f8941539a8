#!/bin/sh
# SPDX-License-Identifier: MIT
# Generates a git repository with many small C++ sources, builds it, and commits one change:
#   tests/perf/detect_generate.sh FOLDER [sources=10000] [libraries=100]
# FOLDER/repo is the repository (HEAD~1 is the base), FOLDER/build the warm build folder. Every library has one operator.
# Each source includes two headers of its library and one that all share. The File API reply is CMake's and .ninja_deps is
# written by ninja, but to save minutes a compiler launcher answers for the compiler: it writes the depfile that g++ would
# write, and an empty object. With KE_PERF_REAL=1 the real compiler runs at -O0 instead.
set -eu
folder=${1:?usage: detect_generate.sh FOLDER [sources] [libraries]}
sources=${2:-10000}
libraries=${3:-100}
each=$((sources / libraries))
repo=$folder/repo
build=$folder/build
mkdir -p "$repo/include"

awk -v repo="$repo" -v libraries="$libraries" -v each="$each" '
function put(path, text) { printf "%s", text > path; close(path) }
BEGIN {
  put(repo "/include/common.h", "#pragma once\n#define COMMON_WIDTH 4\ninline float common(float x) { return x + 1; }\n")
  cmake = "cmake_minimum_required(VERSION 3.20)\nproject(Many LANGUAGES CXX)\n"
  operators = ""
  for (l = 0; l < libraries; ++l) {
    dir = repo "/lib" l
    system("mkdir -p " dir)
    put(dir "/types.h", "#pragma once\n#include \"common.h\"\nstruct Type" l " { float value; };\n")
    put(dir "/math.h", "#pragma once\n#include \"types.h\"\n#define WIDTH" l " 8\ninline float math" l "(float x) { return common(x) * WIDTH" l "; }\n")
    list = ""
    for (i = 0; i < each; ++i) {
      name = "f" l "_" i
      list = list " lib" l "/" name ".cpp"
      text = "// Source " i " of library " l ".\n#include \"math.h\"\n#include \"types.h\"\n\n"
      if (i + 1 < each) text = text "float f" l "_" (i + 1) "(float x);\n"
      text = text "float " name "(float x) {\n  Type" l " t{x};\n  for (int k = 0; k < COMMON_WIDTH; ++k) t.value += math" l "(x);\n"
      if (i % 10 != 0 && i + 1 < each) text = text "  t.value += f" l "_" (i + 1) "(t.value);\n"
      put(dir "/" name ".cpp", text "  return t.value;\n}\n")
    }
    put(dir "/kernel.cpp", "#include \"math.h\"\nfloat f" l "_1(float x);\nvoid op" l "(const float* x, float* y, long n) {\n  for (long i = 0; i < n; ++i) y[i] = f" l "_1(math" l "(x[i]));\n}\n")
    put(dir "/op" l ".ke.json", "{\"name\": \"op" l "\", \"op_type\": \"elementwise\", \"axes\": {\"n\": {\"type\": \"var\"}},\n \"inputs\": {\"x\": {\"shape\": [\"n\"], \"dtype\": \"float32\"}}, \"outputs\": {\"y\": {\"shape\": [\"n\"], \"dtype\": \"float32\"}},\n \"ke\": {\"kernel\": {\"language\": \"cpp\", \"entry\": \"op" l "\", \"call\": \"op" l "(x, y, n)\"}, \"workloads\": [{\"name\": \"w\", \"axes\": {\"n\": 100}}], \"hidden\": {\"n\": [1, 100]}}}\n")
    cmake = cmake "add_library(lib" l " STATIC lib" l "/kernel.cpp" list ")\ntarget_include_directories(lib" l " PUBLIC include)\n"
    operators = operators (l ? "," : "") "{\"name\":\"op" l "\",\"target\":\"lib" l "\",\"spec\":\"${CMAKE_CURRENT_SOURCE_DIR}/lib" l "/op" l ".ke.json\",\"sources\":[\"${CMAKE_CURRENT_SOURCE_DIR}/lib" l "/kernel.cpp\"],\"declared_at\":\"CMakeLists.txt:1\"}"
  }
  put(repo "/CMakeLists.txt", cmake "file(CONFIGURE OUTPUT ke/operators.json CONTENT [==[{\"version\":1,\"operators\":[" operators "]}]==])\n")
}'

git -C "$repo" init -q -b main
git -C "$repo" add -A
git -C "$repo" -c user.name=Perf -c user.email=perf@example.org -c commit.gpgsign=false -c gc.auto=0 commit -q -m base
git -C "$repo" gc -q
mkdir -p "$build/.cmake/api/v1/query/client-ke"
echo '{"requests":[{"kind":"codemodel","version":2},{"kind":"cmakeFiles","version":1},{"kind":"toolchains","version":1}]}' \
  > "$build/.cmake/api/v1/query/client-ke/query.json"
launcher=
if [ -z "${KE_PERF_REAL:-}" ]; then
  launcher=$folder/launcher
  cat > "$launcher" <<'LAUNCHER'
#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    -MF) dep=$2 ;;
    -o) out=$2 ;;
    -c) src=$2 ;;
  esac
  shift
done
dir=${src%/*}
echo "$out: $src $dir/math.h $dir/types.h ${dir%/*}/include/common.h" > "$dep"
: > "$out"
LAUNCHER
  chmod +x "$launcher"
fi
cmake -S "$repo" -B "$build" -G Ninja -DCMAKE_CXX_FLAGS="-O0 -g0" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" > /dev/null
ninja -C "$build" > /dev/null

printf '#pragma once\n#include "types.h"\n#define WIDTH7 16\ninline float math7(float x) { return common(x) * WIDTH7; }\n' > "$repo/lib7/math.h"
git -C "$repo" add -A
git -C "$repo" -c user.name=Perf -c user.email=perf@example.org -c commit.gpgsign=false commit -q -m 'wider'
find "$repo" -name '*.cpp' | wc -l
