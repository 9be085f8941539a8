#!/usr/bin/env bash
# Kernels and references that do not compile, crash or never end: the judge says so and lives.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"
configure "$p"
cp "$p/src/axpby.cpp" "$scratch/good.cpp"
cp "$p/src/axpby.ke.json" "$scratch/good.json"

sed 's/float sum = 0.0f;/float sum = ;/' "$scratch/good.cpp" >"$scratch/broken.cpp"
expect 1 'build_failed: .*' "$ke_build" evaluate axpby -B "$p/build" --source "$scratch/broken.cpp" --effort screen
sed 's/i < n; ++i) z/i < n - 1; ++i) z/' "$scratch/good.cpp" >"$scratch/tail.cpp"
expect 1 'wrong: .*z\[' "$ke_build" evaluate axpby -B "$p/build" --source "$scratch/tail.cpp" --effort screen
sed 's/float sum = 0.0f;/float sum = 0.0f; *(volatile int*)nullptr = 1;/' "$scratch/good.cpp" >"$scratch/crash.cpp"
expect 1 'crashed: ' "$ke_build" evaluate axpby -B "$p/build" --source "$scratch/crash.cpp" --effort screen
sed 's/float sum = 0.0f;/float sum = 0.0f; for (volatile int k = 1; k;) {}/' "$scratch/good.cpp" >"$scratch/hang.cpp"
expect 1 'timed_out: ' "$ke_build" evaluate axpby -B "$p/build" --source "$scratch/hang.cpp" --effort screen --timeout 60s

# A tolerance that wrong outputs pass: the kernel is right, but nothing can be proved about candidates.
sed 's/"kind": "derived", "reduction": "n"/"kind": "absolute", "atol": 1e9/' "$scratch/good.json" >"$p/src/axpby.ke.json"
expect 1 'axpby +FAILED: .*no power' "$ke_build" check axpby -B "$p/build"
expect 2 'no power' "$ke_build" search axpby -B "$p/build" --budget 20s
cp "$scratch/good.json" "$p/src/axpby.ke.json"

cat >"$p/src/ref.cpp" <<'EOT'
void axpby_reference(const double*, const double*, double*, long, double) { *(volatile int*)nullptr = 1; }
EOT
sed 's/"tolerance"/"reference": {"source": "ref.cpp", "call": "axpby_reference(x, y, z, n, a)"}, "tolerance"/' \
  "$scratch/good.json" >"$p/src/axpby.ke.json"
expect 2 'reference' "$ke_build" search axpby -B "$p/build" --budget 5s
cp "$scratch/good.json" "$p/src/axpby.ke.json"

# The repository's own kernel does not compile: the build says it, nothing is lost.
cp "$scratch/broken.cpp" "$p/src/axpby.cpp"
expect 3 'cmake.*--build' "$ke_build" search axpby -B "$p/build" --budget 5s
cp "$scratch/good.cpp" "$p/src/axpby.cpp"
expect 0 'axpby +ok' "$ke_build" check axpby -B "$p/build"
