# shellcheck shell=bash
# For benchmarks that search the same operators many times (sourced). Every finished search leaves its store as
# RUNS/<variant>/<operator>-<seed>.db and is never repeated; an interrupted one is started over.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

all_operators() { (cd "$here/../../examples/operators/specs" && printf '%s\n' *.ke.json | sed 's|\.ke\.json||'); }

# prepare_project FOLDER TOOL [OTHER]: the example operators, configured. With OTHER, a cousin of each: functions, files,
# loop variables and operators are named otherwise and the workloads have other shapes; the families stay.
prepare_project() {
  local folder=$1 tool=$2 other=${3:-} operator file
  [ -f "$folder/build/CMakeCache.txt" ] && return 0
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  cp -r "$here/../../examples/operators" "$folder"
  if [ -n "$other" ]; then
    for operator in $(all_operators); do
      grep -rlw --include='*.cpp' --include='*.h' --include='*.json' --include='CMakeLists.txt' "$operator" "$folder" |
        xargs -r sed -i "s/\b$operator\b/${operator}_$other/g"
      find "$folder" \( -name "$operator.*" \) | while read -r file; do
        mv "$file" "$(dirname "$file")/${operator}_$other.$(basename "$file" | cut -d. -f2-)"
      done
    done
    sed -i "s/\"op_type\": \"\(.*\)_$other\"/\"op_type\": \"\1\"/" "$folder"/specs/*.json
    sed -i 's/\bi\b/outer/g; s/\bj\b/inner/g' "$folder"/src/*.cpp
    for file in "$folder"/specs/*.json; do
      awk '/"name":.*"axes":/ {
             line = ""; rest = $0
             while (match(rest, /: [0-9]+[,}]/)) {
               number = substr(rest, RSTART + 2, RLENGTH - 3) + 0; last = substr(rest, RSTART + RLENGTH - 1, 1)
               if (number >= 32) number = int(number * 3 / 4)
               line = line substr(rest, 1, RSTART + 1) number last; rest = substr(rest, RSTART + RLENGTH)
             }
             print line rest; next
           } { print }' "$file" >"$file.new" && mv "$file.new" "$file"
    done
  fi
  cmake -S "$folder" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
    -DKernelEvolve_DIR="$tool/lib/cmake/KernelEvolve" >/dev/null
  cmake --build "$folder/build" >/dev/null
}

# search_once RESULT.db PROJECT TOOL OPERATOR SECONDS SEED START.db [ARGS]: one search that begins with the store START.db
# (empty: none) and leaves its store as RESULT.db.
search_once() {
  local result=$1 project=$2 tool=$3 operator=$4 seconds=$5 seed=$6 start=$7 code=0
  shift 7
  [ -s "$result" ] && return 0
  echo "== $(basename "$(dirname "$result")"): $operator, seed $seed" >&2
  mkdir -p "$(dirname "$result")"
  rm -rf "$project/build/ke/store.db"* "$project/build/ke/evaluations"
  [ -z "$start" ] || { mkdir -p "$project/build/ke"; cp "$start" "$project/build/ke/store.db"; }
  "$tool/bin/ke-build" search "$operator" --build-dir "$project/build" --budget "${seconds}s" --seed "$seed" --quiet "$@" ||
    code=$?
  # 4: no winner within the budget, which is a result.
  case $code in 0 | 4) ;; *) echo "$operator: ke-build search ended with exit code $code" >&2; return "$code" ;; esac
  "$tool/tests/perf/store_merge" "$result.part" "$project/build/ke/store.db"
  mv "$result.part" "$result"
}

# corpus WORK TOOL SECONDS OPERATORS [NAME [ARGS]]: one search of every operator's cousin, with an empty store.
corpus() {
  local work=$1 tool=$2 seconds=$3 operator name=${5:-corpus}
  prepare_project "$work/cousins" "$tool" cousin
  for operator in ${4//,/ }; do
    search_once "$work/$name/$operator.db" "$work/cousins" "$tool" "${operator}_cousin" "$seconds" 1000 "" "${@:6}"
  done
}

# store_of WORK TOOL OUT OPERATORS [NAME]: their part of the corpus as one store.
store_of() {
  local work=$1 tool=$2 out=$3 operator name=${5:-corpus} inputs=()
  for operator in ${4//,/ }; do inputs+=("$work/$name/$operator.db"); done
  rm -f "$out"
  "$tool/tests/perf/store_merge" "$out" "${inputs[@]}"
}

without_operator() { tr ',' '\n' <<<"$2" | grep -vx "$1" | paste -sd,; }
