// SPDX-License-Identifier: MIT
#include "backends/cpu/installation.h"

#include "tests/unit/evaluate/ladder_fixture.h"

#include <filesystem>

namespace ke {
namespace {

const char* const kTwiceSpec = R"json({"name": "f", "axes": {"n": {"type": "var"}},
  "inputs": {"x": {"shape": ["n"], "dtype": "float32"}}, "outputs": {"y": {"shape": ["n"], "dtype": "float32"}},
  "ke": {"kernel": {"call": "f(x, y, n)"}, "workloads": [{"axes": {"n": 500}}], "hidden": {"n": [1, 60]}}})json";

TEST(Installation, ReadsWhatCompilersSay) {
  EXPECT_EQ(cpu::search_dirs("install: /opt/gcc/lib/gcc/x/13/\nprograms: =/opt/gcc/libexec/:/usr/bin/\n"
                             "libraries: =/opt/gcc/lib64/\n"),
            (std::vector<std::string>{"/opt/gcc/lib/gcc/x/13/", "/opt/gcc/libexec/", "/usr/bin/",
                                      "/opt/gcc/lib64/"}));
  EXPECT_EQ(cpu::include_dirs(
                "ignored /nowhere\n#include \"...\" search starts here:\n#include <...> search starts "
                "here:\n /opt/gcc/include/c++/13\n /usr/include\nEnd of search list.\n /not/this\n"),
            (std::vector<std::string>{"/opt/gcc/include/c++/13", "/usr/include"}));
  EXPECT_TRUE(cpu::search_dirs("").empty());
  EXPECT_TRUE(cpu::include_dirs("#include <...> search starts here:\n").empty());
}

TEST(Installation, OfTheSystemNeedsNoFoldersOfItsOwn) {
  EXPECT_TRUE(cpu::installation_of("/usr/bin/g++").empty());
  EXPECT_TRUE(cpu::installation_of("/nonexistent/g++").empty());
}

// A compiler that keeps a header of its own outside the system's folders, as one in /opt or in a home does.
TEST(Installation, CompilerElsewhereBuildsInTheSandbox) {
  auto folder = TempDir::make("ke-toolchain");
  ASSERT_TRUE(folder);
  const std::string root = canonical(folder->path()) + "/gcc";
  ASSERT_TRUE(write_file(root + "/include/only_here.h", "#define TWICE(v) ((v) * 2)\n"));
  ASSERT_TRUE(
      write_file(root + "/bin/g++", "#!/bin/sh\nexec /usr/bin/g++ -isystem " + root + "/include \"$@\"\n"));
  std::filesystem::permissions(root + "/bin/g++", std::filesystem::perms(0755));
  std::filesystem::permissions(folder->path(), std::filesystem::perms(0755));
  SmallRepository repository(kTwiceSpec,
                             "#include <only_here.h>\nvoid f(const float* x, float* y, long n) {\n"
                             "  for (long i = 0; i < n; ++i) y[i] = TWICE(x[i]);\n}\n");
  Subject baseline = repository.baseline();
  baseline.recipe.compiler = root + "/bin/g++";
  auto evaluator = Evaluator::open(repository.op(), baseline, repository.options());
  ASSERT_TRUE(evaluator) << evaluator.error().message;
}

}  // namespace
}  // namespace ke
