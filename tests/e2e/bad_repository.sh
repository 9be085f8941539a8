#!/usr/bin/env bash
# Repositories and machines that are not as expected.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"

expect 3 'no build folder|CMakeCache.txt' "$ke_build" detect --base HEAD -B "$p/build"
mkdir "$p/build"
expect 3 'CMakeCache.txt|configure' "$ke_build" detect --base HEAD -B "$p/build"
rmdir "$p/build"

configure "$p"
expect 2 "nosuchrev" "$ke_build" detect --base nosuchrev -B "$p/build"
rm -rf "$p/build/.cmake/api/v1/reply"   # no reply: the tool asks CMake once more
expect 0 '0 of 1 operators affected' "$ke_build" detect --base HEAD -B "$p/build"

# Not a git repository.
cp -r "$p" "$scratch/plain"
rm -rf "$scratch/plain/.git" "$scratch/plain/build"
configure "$scratch/plain"
expect 2 'git' "$ke_build" detect --base HEAD -B "$scratch/plain/build"

# A shallow clone that lacks the base.
echo '// two' >>"$p/src/axpby.cpp" && commit "$p" "Two"
base=$(git -C "$p" rev-parse HEAD~1)
git clone -q --depth 1 "file://$p" "$scratch/shallow"
configure "$scratch/shallow"
expect 2 'fetch --unshallow' "$ke_build" detect --base "$base" -B "$scratch/shallow/build"

# A project without operators.
sed -i '/ke_add_operator/d' "$scratch/plain/CMakeLists.txt"
configure "$scratch/plain"
expect 2 'ke_add_operator' "$ke_build" check -B "$scratch/plain/build"
