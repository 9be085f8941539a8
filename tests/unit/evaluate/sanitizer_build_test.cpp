// SPDX-License-Identifier: MIT
// Builds with sanitizers, which are run for their answers, too: not optimised, where that can be.
#include "ke-build/evaluate/folder.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

/// Of a kernel that has `before` in its file.
Result<Product> sanitized_build(const std::string& before) {
  const SmallRepository repository(kRmsnormSpec, rmsnorm_source(kPlainBody, before));
  KE_TRY(const auto backend, backend_for("cpp"));
  Folders folders(*backend, join(repository.folder(), "state"), 60);
  const Operator op = repository.op();
  const std::string folder = folders.path_of(op, repository.baseline());
  KE_DO(folders.write(folder, op, repository.baseline(), repository.baseline()));
  return folders.build(folder, op, repository.baseline(), Role::sanitized);
}

TEST(SanitizerBuild, IsNotOptimised) {
  const auto product = sanitized_build("#if defined(__OPTIMIZE__)\n#error optimised\n#endif");
  ASSERT_TRUE(product) << product.error().message;
  EXPECT_TRUE(product->built) << product->failure;
}

TEST(SanitizerBuild, IsOptimisedWhereItMustBe) {
  // Links only where the call is known to be dead.
  const auto product = sanitized_build(
      "void nowhere();\nstatic inline void check(int n) { if (n > 3) nowhere(); }\n"
      "void checked() { check(2); }");
  ASSERT_TRUE(product) << product.error().message;
  EXPECT_TRUE(product->built) << product->failure;
}

TEST(SanitizerBuild, SaysWhatIsWrongWithASource) {
  const auto product = sanitized_build("int x =");
  ASSERT_TRUE(product) << product.error().message;
  EXPECT_FALSE(product->built);
  EXPECT_NE(product->failure.find("error"), std::string::npos) << product->failure;
}

}  // namespace
}  // namespace ke
