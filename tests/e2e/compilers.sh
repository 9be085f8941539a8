#!/usr/bin/env bash
# Another compiler is tried only where the spec names it; then it really compiles the kernel, with flags that it knows, and
# sanitizers stay with the repository's own.
source "$(dirname "$0")/common.sh"
command -v clang++ >/dev/null || { echo "not run: another compiler in a search; ./dev test installs clang++, this machine has none"; exit 77; }
p=$scratch/p
make_project "$p"
configure "$p"

expect 1 "another compiler; the spec's targets do not name it" \
  "$ke_build" evaluate axpby -B "$p/build" --flag=--compiler=clang++ --effort screen
killed_after 4 "$p/build" "$ke_build" search axpby -B "$p/build" --synthesizers flags --budget 90s -q
! grep -q -- '--compiler=' "$p/build"/ke/evaluations/*/subject.json || fail "proposed without the policy"

sed -i 's|"kernel":|"targets": {"other_compilers": ["clang++"]}, "kernel":|' "$p/src/axpby.ke.json"
code=0
"$ke_build" evaluate axpby -B "$p/build" --flag=--compiler=clang++ --flag=-fno-math-errno --effort screen --timeout 2m >"$scratch/out" 2>"$scratch/err" || code=$?
passes "clang++'s kernel"
case $code in 0 | 1 | 6) ;; *) cat "$scratch/err" >&2; fail "evaluate: exit code $code" ;; esac
clang=0
for folder in "$p/build"/ke/evaluations/*/; do
  grep -q -- '--compiler=clang++' "$folder/subject.json" 2>/dev/null || continue
  clang=1
  grep -q 'clang version' "$folder/kernel.o" || fail "$folder: clang++ did not compile the kernel"
done
[ $clang -eq 1 ] || fail "no evaluation with clang++"
sed -i 's|"clang++"|"clang++ -x"|' "$p/src/axpby.ke.json"
expect 2 'other_compilers: found "clang\+\+ -x", expected names of programs' "$ke_build" search axpby -B "$p/build" --evaluations 1
