#!/usr/bin/env bash
# moves.sh BUILD_DIR [NAME]...: what single moves bring on the kernels of moves/, one line each. The text is what the search
# would get (rewrite_probe, buffers apart); both sides have the same flags (-O3, then -O3 -march=native) except for those that belong to the
# move. Columns: kernel, flags, and time of the kernel over time after the move, the median of interleaved pairs with its 95 %
# interval.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)/moves
probe=$(cd "$1" && pwd)/tests/perf/rewrite_probe
shift
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.cpp | sed 's|^./||; s|\.cpp||')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=2
g++ -std=c++17 -O2 -c "$here/pair.cc" -o "$work/pair.o"
for name in "$@"; do
  source=$here/$name.cpp
  read -ra moves <<<"$(sed -n 's|^// moves: ||p' "$source")"
  read -ra own <<<"$(sed -n 's|^// flags: ||p' "$source")"
  read -ra shape <<<"$(sed -n 's|^// \(rows=.*\)|\1|p' "$source")"
  "$probe" --noalias --threads 2 "$source" kernel "${moves[@]}" >"$work/moved.cpp" 2>/dev/null
  for flags in "-O3" "-O3 -march=native"; do
    read -ra common <<<"$flags -fno-math-errno -fno-trapping-math"
    g++ -std=c++17 "${common[@]}" -Dkernel=kernel_plain -c "$source" -o "$work/plain.o"
    g++ -std=c++17 "${common[@]}" "${own[@]}" -Dkernel=kernel_moved -c "$work/moved.cpp" -o "$work/moved.o"
    g++ "${own[@]}" "$work/pair.o" "$work/plain.o" "$work/moved.o" -lm -o "$work/pair"
    printf '%s | ' "$flags"
    "$work/pair" "$name" "${shape[@]}"
  done
done
