// SPDX-License-Identifier: MIT
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kAttention = "attention";

RewriteRules without_aliasing() {
  RewriteRules rules;
  rules.noalias = true;
  return rules;
}

const char* const kOneHead = R"(#include <cmath>
#include <vector>
void f(const float* q, const float* k, const float* v, float* output, int queries, int keys, int dim) {
  const float scale = 1.0f / std::sqrt(static_cast<float>(dim));
  std::vector<float> score(keys);
  for (int i = 0; i < queries; ++i) {
    float largest = -INFINITY;
    for (int j = 0; j < keys; ++j) {
      float dot = 0.0f;
      for (int d = 0; d < dim; ++d) {
        dot += q[i * dim + d] * k[j * dim + d];
      }
      score[j] = dot * scale;
      if (score[j] > largest) largest = score[j];
    }
    float sum = 0.0f;
    for (int j = 0; j < keys; ++j) {
      score[j] = std::exp(score[j] - largest);
      sum += score[j];
    }
    for (int d = 0; d < dim; ++d) {
      float value = 0.0f;
      for (int j = 0; j < keys; ++j) {
        value += score[j] * v[j * dim + d];
      }
      output[i * dim + d] = value / sum;
    }
  }
})";

const char* const kHeads = R"(
  for (int n : {0, 1, 2, 5, 6, 8, 17, 33, 40}) for (int m : {0, 1, 2, 7, 16, 37, 300}) for (int dim : {1, 4, 7, 16, 33, 70}) {
    auto q = values(n * dim), k = values(m * dim), v = values(m * dim), y = values(n * dim), z = y;
    for (float& x : q) x *= 4;
    original::f(q.data(), k.data(), v.data(), y.data(), n, m, dim);
    rewritten::f(q.data(), k.data(), v.data(), z.data(), n, m, dim);
    compare("head", n * 1000000 + m * 1000 + dim, y, z);
  })";

const char* const kSpecialHeads = R"(
  for (int n : {1, 3, 20, 40}) for (int m : {1, 9, 37}) for (int dim : {5, 16, 40}) for (int which : {0, 1, 2}) for (float special : {NAN, INFINITY, -INFINITY, 1e30f, 3e38f})
    for (int place : {0, 1, 2}) {
      auto q = values(n * dim), k = values(m * dim), v = values(m * dim), y = values(n * dim), z = y;
      auto& into = which == 0 ? q : which == 1 ? k : v;
      into[place == 0 ? 0 : place == 1 ? into.size() / 2 : into.size() - 1] = special;
      original::f(q.data(), k.data(), v.data(), y.data(), n, m, dim);
      rewritten::f(q.data(), k.data(), v.data(), z.data(), n, m, dim);
      compare("special", n * 1000000 + m * 1000 + dim, y, z);
    })";

const char* const kOverlappingHeads = R"(
  {
    const int n = 9, m = 20, dim = 16;
    for (int out : {0, 100, 144, 500, 1000}) {
      auto memory = values(2000), copy = memory;
      original::f(memory.data(), memory.data() + 200, memory.data() + 600, memory.data() + out, n, m, dim);
      rewritten::f(copy.data(), copy.data() + 200, copy.data() + 600, copy.data() + out, n, m, dim);
      compare("overlap", out, memory, copy);
    }
  })";

// Of every size, with NaN and infinity that come out where they did, and with buffers that overlap: one
// program, because the kernel takes longer to compile than to run.
TEST(Attention, OneHeadOnEveryMachine) {
  expect_same_on_every_machine(kAttention, kOneHead, std::string(kHeads) + kSpecialHeads + kOverlappingHeads);
}

// Several heads in one row, keys shared by groups of heads, causal, weights divided before they are used.
TEST(Attention, CausalHeadsWithStoredWeights) {
  expect_same_on_every_machine(kAttention, R"(#include <math.h>
void f(const float* q, const float* k, const float* v, float* out, int t, int heads, int groups, int hs) {
  float scores[512];
  for (int h = 0; h < heads; h++) {
    const int g = h / (heads / groups);
    for (int i = 0; i < t; i++) {
      const float* qi = q + (i * heads + h) * hs;
      float maxval = -10000.0f;
      for (int j = 0; j <= i; j++) {
        const float* kj = k + (j * groups + g) * hs;
        float val = 0.0f;
        for (int d = 0; d < hs; d++) val += qi[d] * kj[d];
        val *= 1.0f / sqrtf(hs);
        if (val > maxval) maxval = val;
        scores[j] = val;
      }
      float expsum = 0.0f;
      for (int j = 0; j <= i; j++) {
        float e = expf(scores[j] - maxval);
        expsum += e;
        scores[j] = e;
      }
      float inv = expsum == 0.0f ? 0.0f : 1.0f / expsum;
      for (int j = 0; j <= i; j++) scores[j] *= inv;
      float* o = out + (i * heads + h) * hs;
      for (int d = 0; d < hs; d++) o[d] = 0.0f;
      for (int j = 0; j <= i; j++) {
        const float* vj = v + (j * groups + g) * hs;
        for (int d = 0; d < hs; d++) o[d] += scores[j] * vj[d];
      }
    }
  }
})",
                               R"(
  for (int t : {1, 2, 15, 16, 17, 70, 140}) for (int heads : {1, 4}) for (int groups : {1, 2}) for (int hs : {3, 16, 24}) for (int special : {0, 1, 2}) {
    if (heads % groups) continue;
    auto q = values(t * heads * hs), k = values(t * groups * hs), v = values(t * groups * hs, special), y = values(t * heads * hs), z = y;
    original::f(q.data(), k.data(), v.data(), y.data(), t, heads, groups, hs);
    rewritten::f(q.data(), k.data(), v.data(), z.data(), t, heads, groups, hs);
    compare("causal", t * 10000 + heads * 1000 + hs, y, z);
  })",
                               kUnoptimised);
}

// Scores, the largest one, exponentials and their total in loops of their own; a bias; keys by columns;
// double.
TEST(Attention, SeparateLoopsWithBiasInDouble) {
  expect_same_on_every_machine(kAttention, R"(#include <algorithm>
#include <cmath>
#include <vector>
void f(const std::vector<double>& q, const std::vector<double>& kt, const std::vector<double>& v, const std::vector<double>& bias,
       std::vector<double>& out, size_t n, size_t m, size_t dk, size_t dv) {
  for (size_t i = 0; i < n; ++i) {
    std::vector<double> p(m);
    for (size_t j = 0; j < m; ++j) {
      p[j] = 0.0;
      for (size_t d = 0; d < dk; ++d) p[j] += q[i * dk + d] * kt[d * m + j];
      p[j] = p[j] / std::sqrt((double)dk) + bias[i * m + j];
    }
    double most = p[0];
    for (size_t j = 1; j < m; ++j) most = std::max(most, p[j]);
    std::vector<double> w(m);
    for (size_t j = 0; j < m; ++j) w[j] = std::exp(p[j] - most);
    double total = 0;
    for (size_t j = 0; j < m; ++j) total += w[j];
    for (size_t j = 0; j < m; ++j) w[j] /= total;
    for (size_t c = 0; c < dv; ++c) {
      double s = 0;
      for (size_t j = 0; j < m; ++j) s += w[j] * v[j * dv + c];
      out[i * dv + c] = s;
    }
  }
})",
                               R"(
  for (size_t n : {1, 2, 9, 20}) for (size_t m : {1, 3, 16, 65}) for (size_t dk : {1, 6, 32}) for (size_t dv : {1, 8, 19}) {
    auto a = values(n * dk), b = values(m * dk), c = values(m * dv), d = values(n * m), e = values(n * dv);
    std::vector<double> q(a.begin(), a.end()), k(b.begin(), b.end()), v(c.begin(), c.end()), bias(d.begin(), d.end()), y(e.begin(), e.end()), z = y;
    for (double& x : bias) x *= 30;
    original::f(q, k, v, bias, y, n, m, dk, dv);
    rewritten::f(q, k, v, bias, z, n, m, dk, dv);
    compare("double", n * 10000 + m * 100 + dk, y, z);
  })");
}

// Softmax is a helper of its own, scores are made in another one.
TEST(Attention, HelpersForProductsAndSoftmax) {
  expect_same(kAttention, R"(#include <cmath>
#include <vector>
static float dot(const float* a, const float* b, int n) {
  float s = 0;
  for (int i = 0; i < n; ++i) s += a[i] * b[i];
  return s;
}
static void softmax(float* x, int n) {
  float m = x[0];
  for (int i = 1; i < n; ++i)
    if (x[i] > m) m = x[i];
  float sum = 0;
  for (int i = 0; i < n; ++i) {
    x[i] = expf(x[i] - m);
    sum += x[i];
  }
  for (int i = 0; i < n; ++i) x[i] /= sum;
}
void f(const float* q, const float* k, const float* v, float* out, int b, int n, int m, int d) {
  std::vector<float> p(m);
  for (int s = 0; s < b; ++s)
    for (int i = 0; i < n; ++i) {
      const float* query = q + (s * n + i) * d;
      for (int j = 0; j < m; ++j) p[j] = dot(query, k + (s * m + j) * d, d) / std::sqrt((float)d);
      softmax(p.data(), m);
      float* o = out + (s * n + i) * d;
      for (int c = 0; c < d; ++c) o[c] = 0;
      for (int j = 0; j < m; ++j)
        for (int c = 0; c < d; ++c) o[c] += p[j] * v[(s * m + j) * d + c];
    }
})",
              R"(
  for (int b : {1, 3}) for (int n : {1, 4, 33}) for (int m : {1, 5, 40}) for (int d : {1, 16, 21}) {
    auto q = values(b * n * d), k = values(b * m * d), v = values(b * m * d), y = values(b * n * d), z = y;
    original::f(q.data(), k.data(), v.data(), y.data(), b, n, m, d);
    rewritten::f(q.data(), k.data(), v.data(), z.data(), b, n, m, d);
    compare("helpers", n * 10000 + m * 100 + d, y, z);
  })",
              {}, kUnoptimised);
}

TEST(Attention, IsSilentAboutWhatIsNone) {
  const auto changed = [](const char* from, const char* to) {
    std::string source = kOneHead;
    const size_t at = source.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return source.replace(at, std::string(from).size(), to);
  };
  EXPECT_TRUE(recognised(kAttention, changed("int queries", "int queries")));
  // The total is made of scores, not of weights.
  EXPECT_FALSE(
      recognised(kAttention, changed("score[j] = std::exp(score[j] - largest);\n      sum += score[j];",
                                     "sum += score[j];\n      score[j] = std::exp(score[j] - largest);")));
  // Another power, another largest score, a product with three factors, values that the scores depend on.
  EXPECT_FALSE(
      recognised(kAttention, changed("std::exp(score[j] - largest)", "std::exp(largest - score[j])")));
  EXPECT_FALSE(recognised(kAttention, changed("score[j] > largest", "score[j] < largest")));
  EXPECT_FALSE(
      recognised(kAttention, changed("score[j] * v[j * dim + d]", "score[j] * score[j] * v[j * dim + d]")));
  EXPECT_FALSE(recognised(kAttention, changed("k[j * dim + d];", "output[j * dim + d];")));
  EXPECT_FALSE(recognised(kAttention, changed("value / sum;", "value / (sum + score[0]);")));
  // The scores are the caller's, or are looked at afterwards.
  EXPECT_FALSE(
      recognised(kAttention, changed("std::vector<float> score(keys);", "float* score = output - keys;")));
}

TEST(Attention, NeedsNoChecksWhereNothingOverlaps) {
  const std::string made = made_by(kAttention, kOneHead, without_aliasing());
  EXPECT_EQ(made.find("ke_disjoint"), std::string::npos);
}

}  // namespace
}  // namespace ke
