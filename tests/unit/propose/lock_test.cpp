// SPDX-License-Identifier: MIT
#include "ke-ci/propose/lock.h"

#include "ke-build/base/files.h"
#include "ke-build/detect/detect.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

LockEntry sample() {
  LockEntry entry;
  entry.source = "src/rmsnorm.cpp";
  entry.token_hash = "0123456789abcdef";
  entry.candidate = "fedcba9876543210";
  entry.flags = {"-O3", "-fno-math-errno"};
  entry.defines = {{"TILE", "32"}, {"LANES", "16"}};
  entry.hardware = "Xeon";
  entry.compiler = "GNU 12.2.0";
  entry.processor = "x86_64";
  entry.base_flags = "-O2";
  entry.workloads = {{"prefill", {{"rows", 512}, {"cols", 4096}}, 3.841234567, 3.6, 4.1}};
  entry.speedup = 3.31239;
  entry.low = 3.1;
  entry.high = 3.5;
  entry.session = "s";
  entry.validated = "2026-01-31";
  return entry;
}

TEST(Lock, ReadsWhatItWrites) {
  Lock lock;
  lock.operators["rmsnorm"] = sample();
  const auto read = parse_lock(lock_text(lock), "ke.lock.json");
  ASSERT_TRUE(read) << read.error().message;
  const LockEntry& entry = read->operators.at("rmsnorm");
  EXPECT_EQ(entry.flags, sample().flags);
  EXPECT_EQ(entry.defines, sample().defines);
  EXPECT_EQ(entry.workloads.at(0).axes.at("cols"), 4096);
  EXPECT_DOUBLE_EQ(entry.workloads.at(0).speedup, 3.841);
  EXPECT_DOUBLE_EQ(entry.speedup, 3.312);
  EXPECT_EQ(lock_text(*read), lock_text(lock));
}

TEST(Lock, ChangesOnlyTheLinesOfTheChangedOperator) {
  Lock lock;
  for (const char* name : {"a", "b", "c"}) lock.operators[name] = sample();
  const std::string before = lock_text(lock);
  lock.operators["b"].speedup = 9;
  std::string after = lock_text(lock);
  const size_t at = after.find("\"speedup\": 9.0");
  ASSERT_NE(at, std::string::npos);
  after.replace(at, 14, "\"speedup\": 3.312");
  EXPECT_EQ(after, before);
}

TEST(Lock, TakesAnAbsentFileForAnEmptyOne) {
  const auto folder = TempDir::make("ke-lock");
  ASSERT_TRUE(folder);
  const auto lock = read_lock(folder->path());
  ASSERT_TRUE(lock);
  EXPECT_TRUE(lock->operators.empty());
}

TEST(Lock, SuggestsTheNearestKey) {
  const auto lock = parse_lock(
      R"({"version":1,"operators":{"a":{"source":"a.cpp","token_hash":"x","flag":[]}}})", "ke.lock.json");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().message.find("$.operators.a"), std::string::npos) << lock.error().message;
  EXPECT_NE(lock.error().message.find("'flags'"), std::string::npos) << lock.error().message;
}

TEST(Lock, RefusesAnotherVersion) { EXPECT_FALSE(parse_lock(R"({"version":2,"operators":{}})", "x")); }

TEST(Lock, RefusesPathsThatLeaveTheRepository) {
  for (const char* path : {"../a.cpp", "/etc/passwd", "a/../../b", ".git/hooks/x", "a/.GIT/x", ""}) {
    const std::string text =
        std::string(R"({"version":1,"operators":{"a":{"source":")") + path + R"(","token_hash":"x"}}})";
    EXPECT_FALSE(parse_lock(text, "x")) << path;
  }
}

TEST(Lock, RefusesFlagsThatLoadCodeOrNameFiles) {
  for (const char* flag : {"-fplugin=evil",
                           "-fplugin-arg-x",
                           "-Wl,-T,x",
                           "@file",
                           "-o/tmp/x",
                           "-include",
                           "-I/tmp",
                           "-B/tmp",
                           "-wrapper",
                           "-specs=x",
                           "-O2 -fx",
                           "-f;x",
                           "-f$(x)",
                           "-f\"x",
                           "-fprofile-use=x",
                           "-fdump-tree-all=/x",
                           "-x",
                           "-Xclang",
                           "O2",
                           "-",
                           "",
                           "-L.",
                           "-lm",
                           "-fsanitize=address",
                           "-f\nx",
                           "-mllvm,/x",
                           "-fuse-ld=evil",
                           "-D_X"}) {
    EXPECT_FALSE(is_adoptable_flag(flag)) << flag;
  }
}

TEST(Lock, AcceptsCodeGenerationFlags) {
  for (const char* flag : {"-O3", "-Ofast", "-ffast-math", "-fno-math-errno", "-funroll-loops",
                           "-march=x86-64-v3", "-mprefer-vector-width=512", "-mavx2",
                           "--param=max-unroll-times=8", "-fopenmp-simd", "-fvect-cost-model=dynamic"}) {
    EXPECT_TRUE(is_adoptable_flag(flag)) << flag;
  }
}

TEST(Lock, RefusesDefinesThatAreMoreThanOnePlainValue) {
  EXPECT_TRUE(is_adoptable_define("TILE", "32"));
  EXPECT_TRUE(is_adoptable_define("KE_X", ""));
  for (const auto& [name, value] : {std::pair{"TILE", "32;system(1)"},
                                    {"TI LE", "1"},
                                    {"1T", "1"},
                                    {"", "1"},
                                    {"T", "a b"},
                                    {"T", "$(x)"},
                                    {"T(x)", "1"}}) {
    EXPECT_FALSE(is_adoptable_define(name, value)) << name << '=' << value;
  }
}

TEST(Lock, FindsEvidenceThatIsStale) {
  const auto folder = TempDir::make("ke-lock");
  ASSERT_TRUE(folder);
  const std::string source = "int f() { return 1; }\n";
  ASSERT_TRUE(write_file(join(folder->path(), "fresh.cpp"), "// a comment more\n" + source));
  ASSERT_TRUE(write_file(join(folder->path(), "stale.cpp"), "int f() { return 2; }\n"));
  Lock lock;
  for (const char* name : {"fresh", "stale", "gone"}) {
    lock.operators[name] = sample();
    lock.operators[name].source = std::string(name) + ".cpp";
    lock.operators[name].token_hash = token_hash(source);
  }
  EXPECT_EQ(stale_entries(lock, folder->path()), (std::vector<std::string>{"gone", "stale"}));
}

}  // namespace
}  // namespace ke
