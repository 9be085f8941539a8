// SPDX-License-Identifier: MIT
// The clean-clone rule on a real project: real git, real CMake with our rules, real ctest, the real judge.
#include "ke-ci/propose/validate.h"

#include "ke-build/detect/detect.h"
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/model/spec.h"
#include "ke-ci/propose/lock.h"
#include "ke-ci/propose/policy.h"
#include "tests/unit/project/sample_project.h"
#include "tests/unit/shared_machine.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const char* const kNaive = R"(#include "energy.h"

void energy(const float* x, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float sum = 0;
    for (long j = 0; j < cols; ++j) sum += x[i * cols + j] * x[i * cols + j];
    y[i] = sum;
  }
}

int version() { return 1; }
)";

const char* const kLanes = R"(#include "energy.h"

#ifndef KE_CLONES
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define KE_CLONES __attribute__((target_clones("arch=x86-64-v4","arch=x86-64-v3","default")))
#else
#define KE_CLONES
#endif
#endif

KE_CLONES void energy(const float* x, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float lanes[LANES] = {};
    long j = 0;
    for (; j + LANES <= cols; j += LANES) {
      for (long l = 0; l < LANES; ++l) lanes[l] += x[i * cols + j + l] * x[i * cols + j + l];
    }
    float sum = 0;
    for (long l = 0; l < LANES; ++l) sum += lanes[l];
    for (; j < cols; ++j) sum += x[i * cols + j] * x[i * cols + j];
    y[i] = sum;
  }
}

int version() { return 1; }
)";

const char* const kSpec = R"json({
  "name": "energy", "op_type": "reduction",
  "axes": {"rows": {"type": "var"}, "cols": {"type": "var"}},
  "inputs": {"x": {"shape": ["rows", "cols"], "dtype": "float32"}},
  "outputs": {"y": {"shape": ["rows"], "dtype": "float32"}},
  "ke": {
    "kernel": {"language": "cpp", "entry": "energy", "call": "energy(x, y, rows, cols)"},
    "tolerance": {"kind": "derived", "reduction": "cols"},
    "workloads": [{"name": "long rows", "axes": {"rows": 64, "cols": 4096}}],
    "hidden": {"rows": [1, 9], "cols": [1, 300]}
  }
}
)json";

const char* const kCmake = R"(cmake_minimum_required(VERSION 3.24)
project(sample CXX)
find_package(KernelEvolve REQUIRED)
enable_testing()
add_library(ops STATIC energy.cpp)
ke_add_operator(energy TARGET ops SOURCES energy.cpp SPEC energy.ke.json)
add_executable(own_test own_test.cpp)
target_link_libraries(own_test ops)
add_test(NAME own COMMAND own_test)
)";

const char* const kOwnTest = R"(#include "energy.h"
int main() {
  const float x[6] = {1, 2, 3, 4, 5, 6};
  float y[2];
  energy(x, y, 2, 3);
  return y[0] == 14 && y[1] == 77 && version() == 1 ? 0 : 1;
}
)";

std::string without_variants(std::string source) {
  const size_t from = source.find("#ifndef KE_CLONES"), to = source.find("KE_CLONES void");
  return source.replace(from, to - from + sizeof("KE_CLONES"), "");
}

class CleanClone : public ::testing::Test {
 protected:
  void SetUp() override {
    sample_.write("CMakeLists.txt", kCmake);
    sample_.write("energy.h",
                  "void energy(const float* x, float* y, long rows, long cols);\nint version();\n");
    sample_.write("energy.cpp", kNaive);
    sample_.write("energy.ke.json", kSpec);
    sample_.write("own_test.cpp", kOwnTest);
    base_ = sample_.commit("first");
    sample_.configure({"-DKernelEvolve_DIR=" KE_PACKAGE_DIR});
    auto project = open_project(sample_.build());
    ASSERT_TRUE(project) << project.error().message;
    project_ = *project;
    options_.scratch_dir = sample_.build() + "/ke/scratch";
    options_.evaluate.state_dir = sample_.build() + "/ke";
    borrow_machine(options_.evaluate.state_dir);
    options_.evaluate.decide_s = 3;
    options_.measure_timeout_s = 25;  // exams of winners take shares of it
  }

  ReportData winner(const std::string& source) {
    ReportData report;
    report.op = "energy";
    report.baseline_source = kNaive;
    report.candidate_source = source;
    report.session.id = "session-1";
    report.session.hardware = "test machine";
    report.session.compiler = "GNU";
    report.session.engine_version = "0";
    report.session.best = 2;
    Skill skill;
    skill.name = "energy-lanes";
    report.skill = skill;
    report.skill_text = "---\nname: energy-lanes\n---\nUse lanes.\n";
    return report;
  }
  ReportData good_winner() {
    ReportData report = winner(kLanes);
    report.flags = {"-fno-math-errno"};
    report.tunables = {{"LANES", "16"}};
    return report;
  }
  Registration registration() { return *find_registration(project_, "energy"); }
  Result<Validated> validated(ReportData& report) {
    return validate({project_, registration_, base_, report, options_});
  }
  std::string rejection(ReportData report) {
    registration_ = registration();
    const auto result = validated(report);
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    EXPECT_FALSE(result && result->passed);
    EXPECT_TRUE(report.validation && !report.validation->passed);
    return result ? result->reason : "";
  }
  std::string in_bare(const std::vector<std::string>& arguments) {
    return Git(bare_)(arguments).value_or("");
  }

  ke::testing::SampleProject sample_;
  std::string base_, bare_;
  Project project_;
  Registration registration_;
  ProposeOptions options_;
};

TEST_F(CleanClone, RefusesASourceThatCallsTheSystem) {
  const std::string reason =
      rejection(winner(std::string("#include <cstdlib>\n") + kNaive + "int r = system(\"true\");\n"));
  EXPECT_NE(reason.find("apply: "), std::string::npos) << reason;
}

TEST_F(CleanClone, RefusesWhatTheProjectsOwnTestRefuses) {
  ReportData report = winner(replace_all(kNaive, "return 1;", "return 2;"));
  report.flags = {"-O3"};
  const std::string reason = rejection(report);
  EXPECT_NE(reason.find("test: the project's own tests fail"), std::string::npos) << reason;
}

TEST_F(CleanClone, RefusesWhatDoesNotBuildInTheProject) {
  // Without the macro LANES this compiles nowhere.
  const std::string reason = rejection(winner(kLanes));
  EXPECT_NE(reason.find("build: "), std::string::npos) << reason;
}

// No lock file can say it, so nothing is written: the reason is the line that adopts the compiler.
TEST_F(CleanClone, RefusesAWinnerOfAnotherCompiler) {
  for (const char* program : {"clang++", "clang++-19"}) {
    ReportData report = good_winner();
    report.flags = {std::string("--compiler=") + program, "-O3"};
    const std::string reason = rejection(report);
    EXPECT_NE(reason.find(std::string("apply: the winner is compiled with ") + program), std::string::npos)
        << reason;
    EXPECT_NE(reason.find(std::string("-DCMAKE_CXX_COMPILER=") + program + " "), std::string::npos) << reason;
    EXPECT_EQ(reason.find("build: "), std::string::npos) << "nothing was built for it: " << reason;
  }
  EXPECT_FALSE(is_adoptable_flag("--compiler=clang++")) << "a lock that names one is refused, too";
  EXPECT_EQ(Git(sample_.root())({"status", "--porcelain"}).value_or("?"), "");
}

TEST_F(CleanClone, RefusesASourceThatIsNotTheCommittedOne) {
  sample_.write("energy.cpp", std::string(kNaive) + "int more() { return 3; }\n");
  ReportData report = winner(kLanes);
  report.baseline_source = std::string(kNaive) + "int more() { return 3; }\n";
  const std::string reason = rejection(report);
  EXPECT_NE(reason.find("is not the source that was searched"), std::string::npos) << reason;
}

TEST_F(CleanClone, ProposesOnceAndRemembersADecline) {
  bare_ = sample_.build() + "/forge.git";
  ASSERT_TRUE(Git(sample_.root())({"clone", "-q", "--bare", sample_.root(), bare_}));
  const auto forge = make_forge("local:" + bare_);
  const auto store = Store::open(":memory:");
  ASSERT_TRUE(forge && store);
  const Registration declared = registration();
  const auto op = read_spec(declared);
  ASSERT_TRUE(op) << op.error().message;

  auto first = propose({project_, declared, *op, good_winner()}, forge->get(), **store, options_);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->state, ProposalState::proposed) << first->reason;
  const Validation& validation = *first->report.validation;
  EXPECT_TRUE(validation.passed);
  EXPECT_EQ(validation.tests, 1);
  EXPECT_EQ(validation.steps.size(), 7u);
  EXPECT_GT(first->report.result.speedup, 1.2);
  EXPECT_EQ(validation.variants.size(), variants_of(kNaive, kLanes).size());
  for (const VariantResult& variant : validation.variants) {
    EXPECT_EQ(variant.proposed, runs_here(variant.isa)) << variant.isa;
    EXPECT_EQ(first->report.candidate_source.find(variant.isa) != std::string::npos, runs_here(variant.isa))
        << variant.isa;
  }
  EXPECT_EQ(in_bare({"rev-list", "--count", "main..ke/energy"}), "1");
  EXPECT_EQ(in_bare({"diff", "--name-only", "main", "ke/energy"}),
            ".ke/skills/energy-lanes/SKILL.md\nenergy.cpp\nke.lock.json");
  const auto lock = parse_lock(in_bare({"show", "ke/energy:ke.lock.json"}), "lock");
  ASSERT_TRUE(lock) << lock.error().message;
  const LockEntry& entry = lock->operators.at("energy");
  EXPECT_EQ(entry.token_hash, token_hash(in_bare({"show", "ke/energy:energy.cpp"})));
  EXPECT_EQ(entry.defines.at("LANES"), "16");
  EXPECT_NEAR(entry.speedup, first->report.result.speedup, 0.01 * entry.speedup);
  EXPECT_EQ(entry.workloads.at(0).axes.at("cols"), 4096);

  const auto second = propose({project_, declared, *op, good_winner()}, forge->get(), **store, options_);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->state, ProposalState::unchanged) << second->reason;

  // A search that promises more than the clean clone then shows does not send reviewers back to the start.
  auto request = forge->get()->find("ke/")->front();
  const std::string head = in_bare({"rev-parse", "ke/energy"});
  auto marker = parse_marker(request.body);
  ASSERT_TRUE(marker);
  const std::string stated = marker_text(*marker);
  marker->candidate = "another";
  marker->high = 1e5;
  request.body = replace_all(request.body, stated, marker_text(*marker));
  ASSERT_TRUE(forge->get()->update(request));
  ReportData promising = good_winner();
  promising.candidate_source = without_variants(kLanes);  // they are dear, and the first one's subject
  promising.result.low = 2e5;
  promising.result.high = 3e5;
  const auto promised = propose({project_, declared, *op, promising}, forge->get(), **store, options_);
  ASSERT_TRUE(promised) << promised.error().message;
  EXPECT_EQ(promised->state, ProposalState::unchanged) << promised->reason;
  EXPECT_TRUE(promised->report.validation && promised->report.validation->passed);
  EXPECT_EQ(in_bare({"rev-parse", "ke/energy"}), head);

  request.state = "closed";
  ASSERT_TRUE(forge->get()->update(request));
  const auto third = propose({project_, declared, *op, good_winner()}, forge->get(), **store, options_);
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_EQ(third->state, ProposalState::held_back) << third->reason;
  EXPECT_EQ((*store)->proposals("energy")->front().state, "declined");
}

TEST(LockEntries, KeepWhatTheRepositoryAdoptedBefore) {
  LockEntry earlier;
  earlier.source = "a.cpp";
  earlier.flags = {"-O3"};
  earlier.defines = {{"TILE", "16"}, {"LANES", "8"}};
  ReportData report;
  report.source_path = "a.cpp";
  const Candidate winner{"int a;", {"-O3", "-ffast-math"}, {{"LANES", "16"}}, {}};
  const LockEntry entry = lock_entry(report, {}, winner, &earlier);
  EXPECT_EQ(entry.flags, (std::vector<std::string>{"-O3", "-ffast-math"}));
  EXPECT_EQ(entry.defines, (std::map<std::string, std::string>{{"LANES", "16"}, {"TILE", "16"}}));
  report.source_path = "b.cpp";
  EXPECT_EQ(lock_entry(report, {}, winner, &earlier).defines.size(), 1u) << "another file, another story";
}

}  // namespace
}  // namespace ke
