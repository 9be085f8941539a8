// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/search/templates/synthesizer_template.h"
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

TEST(TemplateText, SectionsComeByFlagAndByInstructionSet) {
  Holes holes;
  holes.flags = {"A"};
  const std::string text =
      "//@if A\na\n//@if B\nb\n//@end\n//@end\n//@if B\nc\n//@end\n//@isa\nv@L@ @BYTES@\n//@end\nz\n";
  const std::string made = expand_sections(text, holes);
  EXPECT_EQ(made,
            "a\n#if defined(__x86_64__) && defined(__GNUC__)\nv_v4 64\n#endif\n#if defined(__x86_64__) && "
            "defined(__GNUC__)\nv_v3 32\n#endif\nv 16\nz\n");
}

TEST(TemplateText, AHoleThatStaysOpenIsNoKernel) {
  EXPECT_TRUE(instantiate("levels", {}).has_value());
  EXPECT_FALSE(instantiate("scan", {}).has_value());
  EXPECT_FALSE(instantiate("no such kernel", {}).has_value());
}

TEST(TemplateText, TheQuestionForTheProcessorStandsOnceInFrontOfAllKernels) {
  std::string source = "#include <cmath>\nint x;\n";
  source = with_kernel_text(source, 16, "void first();\n");
  source = with_kernel_text(source, 16, "void second();\n");
  const size_t level = source.find("static inline int ke_level"), first = source.find("void first"),
               second = source.find("void second");
  EXPECT_LT(level, second);
  EXPECT_LT(second, first);
  EXPECT_EQ(source.find("define KE_LEVELS", level), std::string::npos);
}

// Plain C, and nothing that a strict project would stumble over.
TEST(TemplateText, KernelsAreCWithoutWarnings) {
  const char* const sources[] = {
      "void f(const float *a, const float *b, float *c, int m, int n, int k) {\n"
      "  for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) {\n"
      "    float s = 0; for (int p = 0; p < k; p++) s += a[i * k + p] * b[p * n + j]; c[i * n + j] = s; } "
      "}\n",
      "void f(const double *a, const double *x, double *y, int m, int n) {\n"
      "  for (int i = 0; i < m; i++) { double s = 0; for (int j = 0; j < n; j++) s += a[i * n + j] * x[j]; "
      "y[i] = s; } }\n",
      "void f(const float *x, const float *h, float *y, int n, int t) {\n"
      "  for (int i = 0; i < n; i++) { float s = 0; for (int k = 0; k < t; k++) s += h[k] * x[i + k]; y[i] = "
      "s; } }\n",
      "int f(const int *x, int n) {\n  int best = x[0], at = 0;\n"
      "  for (int i = 1; i < n; i++) if (x[i] < best) { best = x[i]; at = i; }\n  return at; }\n",
      "void f(const int *x, int *y, int n) { int s = 0; for (int i = 0; i < n; i++) { s += x[i]; y[i] = s; } "
      "}\n",
      "void f(const double *x, double *y, int r, int c) {\n"
      "  for (int i = 0; i < r; i++) for (int j = 0; j < c; j++) y[j * r + i] = x[i * c + j]; }\n",
      "void f(const double *x, int *at, int r, int c) {\n  for (int i = 0; i < r; i++) {\n"
      "    double best = x[i * c]; int k = 0;\n"
      "    for (int j = 1; j < c; j++) if (x[i * c + j] >= best) { best = x[i * c + j]; k = j; }\n"
      "    at[i] = k; } }\n",
      "void f(const short *x, short *y, int r, int c) {\n"
      "  for (int i = 0; i < r; i++) for (int j = 0; j < c; j++) y[j * r + i] = x[i * c + j]; }\n",
      "#include <math.h>\nvoid f(const float *x, float *y, int r, int c) {\n  for (int i = 0; i < r; i++) {\n"
      "    float m = x[i * c], s = 0;\n"
      "    for (int j = 1; j < c; j++) if (x[i * c + j] > m) m = x[i * c + j];\n"
      "    for (int j = 0; j < c; j++) { y[i * c + j] = expf(x[i * c + j] - m); s += y[i * c + j]; }\n"
      "    for (int j = 0; j < c; j++) y[i * c + j] /= s; } }\n",
      "void f(const unsigned char *x, int *h, int n) { for (int i = 0; i < n; i++) h[x[i]]++; }\n"};
  RewriteRules rules;
  rules.cpp = false;
  auto folder = TempDir::make("template-c");
  ASSERT_TRUE(folder);
  for (const char* source : sources) {
    const auto made = template_candidates(source, "f", rules);
    ASSERT_FALSE(made.empty()) << source;
    const std::string path = join(folder->path(), "f.c");
    ASSERT_TRUE(write_file(path, made[0].source));
    Command compile;
    compile.argv = {"gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-c", path, "-o", path + ".o"};
    compile.timeout_s = 60;
    const auto compiled = run(compile);
    ASSERT_TRUE(compiled);
    EXPECT_TRUE(compiled->succeeded()) << compiled->err << made[0].source;
  }
}

struct Asked {
  Operator op;
  Recipe recipe;
  Node node;
  std::vector<Skill> skills;
  Random random{7};

  Asked() {
    op.kernel.entry = "anything";
    recipe.source = "/nowhere/anything.cpp";
    node.id = 1;
    node.candidate.source = R"(void anything(const float* u, const float* v, float* w, int m, int n, int k) {
  for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) { float s = 0;
    for (int p = 0; p < k; ++p) s += u[i * k + p] * v[j * k + p];
    w[i * n + j] = s; }
}
)";
  }
  std::vector<Suggestion> propose() {
    SynthesisContext context{op, recipe, node, {}, {}, skills, random};
    return make_synthesizer_template()->propose(context);
  }
};

TEST(TemplateSynthesizer, OffersCompleteCandidatesForWhatItRecognises) {
  Asked asked;
  const auto all = asked.propose();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].candidate.moves.back().synthesizer, "template");
  EXPECT_EQ(all[0].candidate.moves.back().action, "contraction");
  EXPECT_GT(all[0].prior, 10);
  const auto again = asked.propose();
  ASSERT_EQ(all.size(), again.size());
  for (size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(candidate_hash(all[i].candidate), candidate_hash(again[i].candidate));
}

TEST(TemplateSynthesizer, IsSilentAboutWhatItHasWrittenAndCannotRead) {
  Asked asked;
  const auto all = asked.propose();
  ASSERT_FALSE(all.empty());
  asked.node.candidate = all[0].candidate;
  EXPECT_TRUE(asked.propose().empty());
  Asked broken;
  broken.node.candidate.source = "void anything(float* x { for (;;) }";
  EXPECT_TRUE(broken.propose().empty());
  Asked empty;
  empty.node.candidate.source = "void anything(float* x) { x[0] = 1; }";
  EXPECT_TRUE(empty.propose().empty());
}

TEST(TemplateSynthesizer, ForbiddenFlagsAreLeftOut) {
  Asked asked;
  asked.op.forbidden_flags = {"-fno-math-errno"};
  for (const Suggestion& s : asked.propose())
    EXPECT_EQ(std::count(s.candidate.flags.begin(), s.candidate.flags.end(), "-fno-math-errno"), 0);
}

}  // namespace
}  // namespace ke
