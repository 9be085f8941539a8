#!/usr/bin/env bash
# libraries.sh BUILD_DIR: the templates' sgemm and gemv of the example operators beside OpenBLAS on one thread. Each line is the
# median of paired, interleaved ratios (time of OpenBLAS / time of the template; 1: the same speed) and their quartiles.
# OpenBLAS chooses its own kernels (OPENBLAS_CORETYPE is unset); ours are measured as the machine's loader would choose them and
# as a machine without AVX-512 would, there with OpenBLAS held to AVX2, too.
set -euo pipefail
build=${1:?usage: libraries.sh BUILD_DIR}
here=$(cd "$(dirname "$0")" && pwd)
examples=$here/../../examples/operators
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset OPENBLAS_CORETYPE
export OPENBLAS_NUM_THREADS=1
flags=(-O3 -DNDEBUG -fno-math-errno -fno-trapping-math -I"$examples/include")
"$build/tests/perf/template_probe" --noalias -I"$examples/include" "$examples/src/sgemm.cpp" sgemm 0 > "$work/sgemm.cpp"
"$build/tests/perf/template_probe" -I"$examples/include" "$examples/src/gemv.cpp" gemv 0 > "$work/gemv.cpp"
g++ "${flags[@]}" "$work/sgemm.cpp" "$work/gemv.cpp" "$here/libraries.cpp" -lopenblas -o "$work/native"
g++ "${flags[@]}" -DKE_CLONES= -march=x86-64-v3 \
  '-D__builtin_cpu_supports(x)=(__builtin_strncmp(x,"avx512",6)!=0&&__builtin_cpu_supports(x))' \
  "$work/sgemm.cpp" "$work/gemv.cpp" "$here/libraries.cpp" -lopenblas -o "$work/avx2"
echo "== as this machine chooses"
"$work/native"
echo "== without AVX-512"
OPENBLAS_CORETYPE=Haswell "$work/avx2"
if grep -q avx512vl /proc/cpuinfo; then
  echo "== OpenBLAS told to use AVX-512 (its release may not know this processor)"
  OPENBLAS_CORETYPE=SkylakeX "$work/native"
fi
