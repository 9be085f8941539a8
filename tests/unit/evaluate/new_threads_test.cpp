// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/new_threads.h"

#include "ke-build/evaluate/folder.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

/// A kernel whose threads each wait `microseconds` at their first call.
std::string waiting_source(int microseconds) {
  return rmsnorm_source("  static thread_local const int ready = usleep(" + std::to_string(microseconds) +
                            ");\n  if (ready != 0) return;" + kPlainBody,
                        "#include <unistd.h>\n");
}

class NewThreads : public ::testing::Test {
 protected:
  Result<Program> built(const Subject& subject) {
    KE_TRY(const auto backend, backend_for("cpp"));
    Folders folders(*backend, join(repository_.folder(), "state"), 60);
    const Operator op = repository_.op();
    const std::string folder = folders.path_of(op, subject);
    KE_DO(folders.write(folder, op, repository_.baseline(), subject));
    KE_TRY(const Product product, folders.build(folder, op, subject, Role::kernel));
    if (!product.built) return Error{ErrorCode::tool, product.failure};
    return program_of(product, subject.recipe, Role::kernel);
  }

  Result<std::optional<Finding>> found(const std::string& source) {
    const Operator op = repository_.op();
    KE_TRY(const Program baseline, built(repository_.baseline()));
    KE_TRY(const Program candidate, built(repository_.version(source)));
    Random random(5);
    Pool pool;
    pool.axes = {{"rows", 2}, {"cols", 30}};
    KE_TRY(Inputs inputs, draw_inputs(op, pool.axes, {{"eps", 1e-5}}, InputStyle::typical, random));
    pool.cases.push_back({InputStyle::typical, std::move(inputs), {}, 0, false});
    return slow_in_new_threads(op, pool, baseline, candidate, {});
  }

  SmallRepository repository_{kRmsnormSpec, rmsnorm_source(kPlainBody)};
};

TEST_F(NewThreads, MayPrepareALittle) {
  const auto finding = found(waiting_source(100));
  ASSERT_TRUE(finding) << finding.error().message;
  EXPECT_FALSE(*finding) << (*finding)->reason;
}

TEST_F(NewThreads, MustNotPayForATableEach) {
  const auto finding = found(waiting_source(20000));
  ASSERT_TRUE(finding) << finding.error().message;
  ASSERT_TRUE(*finding);
  EXPECT_EQ((*finding)->outcome, Outcome::slower);
  EXPECT_NE((*finding)->reason.find("first call of every new thread"), std::string::npos)
      << (*finding)->reason;
}

}  // namespace
}  // namespace ke
