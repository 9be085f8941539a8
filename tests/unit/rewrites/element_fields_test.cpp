// SPDX-License-Identifier: MIT
// Arrays of structures: operators and helpers written out over their numbers.
#include "ke-build/search/rewrites/recipes.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const std::string kVectors = R"(#include <cmath>
struct Vec3 { float x, y, z; };
inline Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(const Vec3& a, const Vec3& b) { return Vec3{a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator*(Vec3 a, float s) { a.x *= s; a.y *= s; a.z *= s; return a; }
inline Vec3& operator+=(Vec3& a, const Vec3& b) { a.x += b.x; a.y += b.y; a.z += b.z; return a; }
inline float dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 unit(const Vec3& v) {
  const float l = std::sqrt(dot(v, v));
  if (l > 0.5f) return v * (1 / l);
  return v;
}
struct Particle { Vec3 at; float drag; Vec3 speed; float life; };
)";

const std::string kOverParticles = R"(
  for (int special : {0, 1, 2, 3}) for (long n : {0, 1, 2, 3, 7, 8, 33, 130}) {
    std::vector<float> a = values(8 * n + 8, special), b = a, y(n + 4, 1), z(y);
    original::f((original::Particle*)a.data(), n, 0.125f, y.data());
    rewritten::f((rewritten::Particle*)b.data(), n, 0.125f, z.data());
    compare("particles", n, a, b);
    compare("results", n, y, z);
  })";

std::string over_particles(const std::string& helper, const std::string& body,
                           const std::string& behind = "") {
  return kVectors + helper +
         "\nvoid f(Particle* ps, long n, float dt, float* y) {\n  float sum = 0;\n  int count = 0;\n" +
         "  for (long i = 0; i < n; ++i) {\n" + body + "\n  }\n  y[0] = sum;\n  y[1] = count;\n" + behind +
         "}";
}

void expect_same_elements(const std::string& source) {
  const std::string made = rewritten_by("element_fields", source, 0);
  EXPECT_EQ(differences({source, made, kOverParticles, true, "-fno-strict-aliasing -ffp-contract=off"}), "")
      << made;
}

TEST(ElementFields, WriteOutHelpersAndTests) {
  expect_same_elements(over_particles(R"(static Vec3 pull(const Particle& p) {
  const Vec3 gravity{0.0f, -9.81f, 0.0f};
  Vec3 a = gravity - p.speed * (p.drag * std::sqrt(dot(p.speed, p.speed)));
  if (p.at.y < 0.0f) a.y -= 50.0f * p.at.y; else if (p.at.x > 0.25f) a.x += p.at.x;
  return a;
})",
                                      R"(    Particle& p = ps[i];
    if (p.life <= 0.0f) continue;  // dead
    p.speed = p.speed + pull(p) * dt;
    if (p.at.z > 0.5f) continue;
    p.at += p.speed * dt;
    sum += p.life;
    ++count;
    p.life -= dt;)"));
}

TEST(ElementFields, KeepWhatIsReadBeforeItChanges) {
  expect_same_elements(over_particles("", R"(    const Vec3 old = ps[i].speed;
    Vec3 next = unit(old - ps[i].at);
    ps[i].speed = Vec3{ps[i].speed.y, ps[i].speed.z, ps[i].speed.x};
    ps[i].at += ps[i].at;
    const Vec3& now = ps[i].speed;
    ps[i].speed.x = 3;
    sum += now.x + old.x + next.y;
    next += old;
    ps[i].at = ps[i].life > 0 ? next : ps[i].at * 2.0f;
    { float sum = 2; ps[i].drag = sum * dt; }
    if (ps[i].life > ps[i].drag && ps[i].at.x < 0) { sum -= dt; count += 1; })"));
}

TEST(ElementFields, KnowClassesWithFunctions) {
  const std::string source = R"(struct Pair {
  double a, b;
  Pair(double x, double y) : a(x), b(y) {}
  Pair operator*(const Pair& o) const { return Pair(a * o.a - b * o.b, a * o.b + b * o.a); }
  double size() const { return a * a + b * b; }
  Pair& operator+=(const Pair& o) { a += o.a; b += o.b; return *this; }
  Pair part() const { return Pair(a, 0.5); }
  void turn() { const double kept = a; a = -b; b = kept; }
};
void f(const Pair* x, Pair* y, int n, Pair factor) {
  for (int i = 0; i < n; ++i) {
    Pair v = x[i] * factor;
    if (v.size() > 0.25) v.turn();
    y[i] = v;
    if (x[i].part().size() < 0.5) y[i].turn();
    y[i].a += x[i].b;
    y[i] += v;
  }
})";
  const std::string made = rewritten_by("element_fields", source, 0);
  EXPECT_NE(made.find("ke_disjoint"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, R"(
  for (int n : {0, 1, 2, 5, 33}) for (int shift : {-1, 0, 1, 40}) {
    std::vector<double> a(200, 0.5), b;
    for (double& v : a) v = value();
    b = a;
    original::f((original::Pair*)&a[2], (original::Pair*)&a[2 + 2 * shift], n, {0.5, 0.75});
    rewritten::f((rewritten::Pair*)&b[2], (rewritten::Pair*)&b[2 + 2 * shift], n, {0.5, 0.75});
    compare("pairs", n, a, b);
  })"}),
            "");
}

// Guarded sums stay sums, so that these may go into lanes.
TEST(ElementFields, SumWhatTestsLet) {
  const std::string source = R"(struct Body { double x, y, mass; };
double sum_of(const Body& b) { return b.x * b.y; }
void f(const Body* bodies, int n, double* y) {
  double total = 0, less = -0.0;
  int heavy = 0;
  for (int i = 0; i < n; ++i) {
    if (bodies[i].mass <= 0) continue;
    total += 0.5 * bodies[i].mass * sum_of(bodies[i]);
    if (bodies[i].mass > 0.5) { less -= bodies[i].x; heavy++; }
  }
  y[0] = total;
  y[1] = less;
  y[2] = heavy;
})";
  const std::string plain = rewritten_by("element_fields", source, 0);
  EXPECT_NE(plain.find(": -0.0;"), std::string::npos) << plain;
  for (const std::string& made : {plain, rewritten_by("multi_accumulator", plain, 16)})
    EXPECT_EQ(differences({source, made, R"(
  for (int n : {0, 1, 2, 5, 33, 130}) for (int special : {0, 1, 2}) {
    std::vector<double> a(3 * n + 1, 0.5), y(3, 1), z(3, 1);
    for (double& v : a) v = value();
    if (special && n) a[3 * (n / 2) + 1] = special == 1 ? NAN : INFINITY;
    original::f((original::Body*)a.data(), n, y.data());
    rewritten::f((rewritten::Body*)a.data(), n, z.data());
    compare("sums", n, y, z);
  })"}),
              "")
        << made;
}

const std::string kPairs = R"(#include <cmath>
struct Point {
  float x = 0, y = 0;
  Point& operator+=(const Point& o) { x += o.x; y += o.y; return *this; }
  float dot(const Point& o) const { return x * o.x + y * o.y; }
  float squared() const { return dot(*this) + 0 * this->x; }
};
inline Point operator+(Point a, const Point& b) { return a += b; }
inline Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y}; }
struct Body { Point at; float mass; };
const Body kNone{};
)";

const std::string kOverPairs = R"(
  for (int special : {0, 1, 2}) for (long m : {0, 1, 3, 17}) for (long n : {0, 1, 2, 5, 33, 130}) {
    // No more than what is read: what a loop that never runs would read is not there.
    std::vector<float> a = values(3 * (n ? m : 0), special), b = values(3 * n), y(m + 1, 1), z(y);
    original::f((original::Body*)a.data(), m, (original::Body*)b.data(), n, y.data());
    rewritten::f((rewritten::Body*)a.data(), m, (rewritten::Body*)b.data(), n, z.data());
    compare("pairs", n * 100 + m, y, z);
  })";

std::string over_pairs(const std::string& first, const std::string& body) {
  return kPairs + "void f(const Body* as, long m, const Body* bs, long n, float* y) {\n" +
         "  for (long r = 0; r < m; ++r) {\n    float sum = 0;\n    " + first +
         "\n    for (long i = 0; i < n; ++i) {\n" + body + "\n    }\n    y[r] = sum;\n  }\n}";
}

// A cutoff between all pairs: what the outer loop names is read once, and what the test guards is a
// selection.
TEST(ElementFields, ReadTheOuterElementInFront) {
  const std::string cutoff = R"(      const Body& q = bs[i];
      const float far = (OUTER.at - q.at).squared();
      if (far >= 0.5f) continue;
      sum += q.mass * (0.5f - far) * (OUTER.at + q.at).x;)";
  const auto named = [&](const std::string& name) {
    std::string body = cutoff;
    for (size_t at; (at = body.find("OUTER")) != std::string::npos;) body.replace(at, 5, name);
    return body;
  };
  for (const auto& [first, name] :
       {std::pair<std::string, std::string>{"const Body& p = n ? as[r] : kNone;", "p"},
        {"", "as[r]"},
        {"const Body p = n ? as[r] : kNone;", "p"}}) {
    const std::string source = over_pairs(first, named(name)),
                      made = rewritten_by("element_fields", source, 0);
    EXPECT_EQ(made.find("squared()", made.find("void f")), std::string::npos) << made;
    EXPECT_EQ(differences({source, made, kOverPairs}), "") << made;
    const CodeRecipe recipe{"cutoff", {{"element_fields", 0}, {"multi_accumulator", 16}}, {}};
    EXPECT_EQ(differences({source, Kitchen(source, "f", {}).cook(recipe).source, kOverPairs}), "");
  }
}

TEST(ElementFields, DoNotReadInFrontWhatTheLoopMayWrite) {
  const auto count = [](const std::string& first, const std::string& body) {
    std::string source = over_pairs(first, body);
    for (size_t at; (at = source.find("const Body* ")) != std::string::npos;) source.erase(at, 6);
    RewriteRules rules;
    rules.noalias = true;
    return results_of("element_fields", source, 0, rules);
  };
  EXPECT_EQ(count("", "sum += as[r].mass * bs[i].mass;"), 1u);
  EXPECT_EQ(count("", "bs[i].mass += bs[r].mass;"), 0u) << "one of them is the same";
  EXPECT_EQ(count("", "as[r].mass += bs[i].mass;"), 0u);
  EXPECT_EQ(count("Body& p = bs[r];", "bs[i].mass += p.mass;"), 0u) << "may be any of them";
  EXPECT_EQ(count("", "if (bs[i].mass > 0) sum += as[r].mass;"), 0u) << "perhaps there is none";
  EXPECT_EQ(count("long k = 0;", "sum += as[k].mass * bs[i].mass; ++k;"), 0u) << "moves";
  EXPECT_EQ(count("", "const Body* as = bs; sum += as[r].mass * bs[i].mass;"), 0u) << "another array";
  EXPECT_EQ(count("Body own = as[r]; const Body& p = own;", "own.mass += bs[i].mass; sum += p.mass;"), 0u);
}

// What `return a += b;` gives is what the operator says.
TEST(ElementFields, AskWhatAnAssignmentGives) {
  const auto made = [](const std::string& result) {
    return "struct P { float x, y; P& operator+=(const P& o) { x += o.x; y += o.y; return " + result +
           "; } };\nstatic P other;\ninline P operator+(P a, const P& b) { return a += b; }\n"
           "void f(const P* as, long n, float* y) {\n  float sum = 0;\n"
           "  for (long i = 0; i < n; ++i) sum += (as[i] + as[i]).x;\n  y[0] = sum;\n}";
  };
  EXPECT_EQ(results_of("element_fields", made("*this"), 0), 1u);
  EXPECT_EQ(results_of("element_fields", made("other"), 0), 0u);
}

TEST(ElementFields, LeaveAloneWhatTheyDoNotKnow) {
  const auto count = [](const std::string& body, const std::string& helper = "", RewriteRules rules = {}) {
    return results_of("element_fields", over_particles(helper, body), 0, rules);
  };
  EXPECT_EQ(count("ps[i].life -= dt;"), 1u);
  EXPECT_EQ(count("ps[i].life -= dt; y[i] = ps[i].life;"), 0u) << "may lie within the particles";
  EXPECT_EQ(count("ps[i].life -= ps[i + 1].life;"), 0u) << "another one";
  EXPECT_EQ(count("if (dt > 0) ps[i].life -= dt;"), 0u) << "perhaps there is no such particle";
  EXPECT_EQ(count("if (dt > 0 && ps[i].life > 0) sum += 1;"), 0u) << "the same";
  EXPECT_EQ(count("if (ps[i].life < 0) break; ps[i].life -= dt;"), 0u);
  EXPECT_EQ(count("Particle* p = &ps[i]; p->life -= dt;"), 0u);
  EXPECT_EQ(count("ps[i].life -= unknown(ps[i]);"), 0u);
  EXPECT_EQ(
      count("ps[i].life = half(ps[i].life);", "static float half(float v); static float half(double v);"),
      0u);
  EXPECT_EQ(count("ps[i].life = half(ps[i]);",
                  "struct Other { float v; }; static float half(Particle p) { return p.life; }\n"
                  "namespace x { static float half(const Particle& p) { return p.life; } }"),
            0u)
      << "which one?";
  EXPECT_EQ(count("ps[i].life = grow(ps[i].at) + ps[i].at.x;",
                  "static float grow(Vec3& v) { v.x += 1; return v.x; }"),
            0u)
      << "what it changes is read beside it";
  EXPECT_EQ(count("if (ps[i].life > 0) count = count / (int)ps[i].drag;"), 0u)
      << "a division may end the program";
  EXPECT_EQ(count("for (int k = 0; k < 3; ++k) ps[i].life -= dt;"), 0u);
  EXPECT_EQ(count("ps[i].life = dt + scale;", "static float dot3(Vec3 scale) { return scale.x; }"), 1u);
  EXPECT_EQ(count("ps[i].life = by(ps[i].at);",
                  "static const float dt = 2; static float by(Vec3 v) { return v.x * dt; }"),
            0u)
      << "another dt there";
  EXPECT_EQ(count("ps[i].life = one(ps[i].life);",
                  "float one(double v);\nstatic float one(float v) { return v * 2; }"),
            0u)
      << "which one?";
  EXPECT_EQ(count("ps[i].life = one(ps[i].life);",
                  "static float one(float v);\nfloat one(float v) { return v * 2; }"),
            1u);
  EXPECT_EQ(
      count("ps[i].life = floor(ps[i].life);", "namespace x { inline float floor(float v) { return v; } }"),
      0u);
  EXPECT_EQ(count("{ long i = 0; ps[i].life = 1; } ps[i].drag = 2;"), 0u) << "another i";
  EXPECT_EQ(
      count("ps[i].at = Odd(dt).v;", "struct Odd { Vec3 v; float w; Odd(float s) : v{s, s, w}, w(s) {} };"),
      0u)
      << "read before it is there";
  RewriteRules threads;
  threads.threads = 2;
  EXPECT_EQ(count("ps[i].life -= dt;", "", threads), 0u) << "all of it is stored";
}

}  // namespace
}  // namespace ke
