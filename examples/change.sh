#!/usr/bin/env bash
# change.sh REPOSITORY: the commit of a colleague, as edits: two operators really change, one only in a comment.
set -euo pipefail
src=$1/src

# softmax: one division per row instead of one per element.
sed -i 's|      y\[i \* cols + j\] /= sum;|      y[i * cols + j] *= T(1) / sum;|' "$src/softmax.cpp"
# sgemm: skip the read of c when it is not wanted (BLAS says that c need not be set then).
sed -i 's|c\[i \* n + j\] = alpha \* sum + beta \* c\[i \* n + j\];|c[i * n + j] = beta == 0 ? alpha * sum : alpha * sum + beta * c[i * n + j];|' "$src/sgemm.cpp"
# conv2d_3x3: a comment; no operator changes.
sed -i 's|^void conv2d_3x3|// Borders count as zero.\nvoid conv2d_3x3|' "$src/conv2d_3x3.cpp"

for file in softmax sgemm conv2d_3x3; do
  git -C "$1" diff --quiet -- "src/$file.cpp" && { echo "change.sh: $file.cpp is not as expected" >&2; exit 1; }
done
exit 0
