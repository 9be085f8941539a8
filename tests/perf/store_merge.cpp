// SPDX-License-Identifier: MIT
// store_merge OUT IN...: one store with the rows of all.
#include "ke-build/store/store.h"

#include <cstdio>

namespace ke {
namespace {

Result<> merge(int argc, char** argv) {
  KE_TRY(auto out, Store::open(argv[1]));
  for (int i = 2; i < argc; ++i) KE_DO(out->merge_from(argv[i]));
  return ok();
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: store_merge OUT IN...\n", stderr);
    return 2;
  }
  const auto merged = ke::merge(argc, argv);
  if (!merged) std::fprintf(stderr, "%s\n", merged.error().message.c_str());
  return merged ? 0 : 1;
}
