// SPDX-License-Identifier: MIT
#include "backends/cpu/adapter.h"

#include "backends/cpu/toolchain.h"
#include "ke-build/base/files.h"
#include "ke-build/evaluate/folder.h"
#include "ke-build/evaluate/sanitize.h"

#include <gtest/gtest.h>

#include <thread>

#include <sys/stat.h>

namespace ke {
namespace {

Operator sample() {
  Operator op;
  op.name = "scale";
  op.kernel.call = "scale(x, y, n, factor)";
  Argument x{"x", Dtype::f32, {"n"}, false, true, false, {}, 0},
      y{"y", Dtype::u8, {"n"}, false, false, true, {}, 0},
      factor{"factor", Dtype::f16, {}, true, true, false, {}, 0};
  op.arguments = {x, factor, y};
  op.axis_names = {"n"};
  return op;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Adapter, DeclaresArgumentsByNameAndType) {
  const cpu::Adapter adapter = cpu::make_adapter(sample(), "source/scale.cpp", "CXX", Role::kernel);
  EXPECT_EQ(adapter.file_name, "adapter.cpp");
  EXPECT_TRUE(holds(adapter.text, "#include \"source/scale.cpp\""));
  EXPECT_TRUE(holds(adapter.text, "const float* x"));
  EXPECT_TRUE(holds(adapter.text, "_Float16 factor"));
  EXPECT_TRUE(holds(adapter.text, "::std::uint8_t* y"));
  EXPECT_TRUE(holds(adapter.text, "::std::int64_t n"));
  EXPECT_TRUE(holds(adapter.text, "scale(x, y, n, factor);"));
}

TEST(Adapter, GivesReferencesDoubles) {
  Operator op = sample();
  op.reference.call = "reference(x, y)";
  const cpu::Adapter adapter = cpu::make_adapter(op, "source/r.cpp", "CXX", Role::reference);
  EXPECT_TRUE(holds(adapter.text, "const double* x"));
  EXPECT_TRUE(holds(adapter.text, "double factor"));
  EXPECT_TRUE(holds(adapter.text, "reference(x, y);"));
}

TEST(Adapter, SeesSystemHeadersBeforeFloatChangesItsMeaning) {
  const cpu::Adapter adapter = cpu::make_adapter(sample(), "source/s.cpp", "CXX", Role::promoted, {"vector"});
  EXPECT_LT(adapter.text.find("#include <vector>"), adapter.text.find("#define float double"));
  EXPECT_LT(adapter.text.find("#define float double"), adapter.text.find("source/s.cpp"));
}

TEST(Adapter, WritesCForC) {
  const cpu::Adapter adapter = cpu::make_adapter(sample(), "source/scale.c", "C", Role::kernel);
  EXPECT_EQ(adapter.file_name, "adapter.c");
  EXPECT_FALSE(holds(adapter.text, "std::"));
  EXPECT_FALSE(holds(adapter.text, "static_cast"));
}

TEST(Adapter, FindsIncludedNames) {
  const std::string text =
      "#include <cmath>\n  #  include<a/b.h>\n#include \"own.h\"\n// #include <no>\n#include <cmath>\n";
  EXPECT_EQ(cpu::included_names(text, '<'), (std::vector<std::string>{"cmath", "a/b.h"}));
  EXPECT_EQ(cpu::included_names(text, '"'), (std::vector<std::string>{"own.h"}));
}

TEST(Adapter, CastsTheLiteralsOfFloat) {
  EXPECT_EQ(cpu::with_cast_literals("y = std::max(0.0f, 1e3F * x) + 0x1p-3f;"),
            "y = std::max(((float)0.0f), ((float)1e3F) * x) + ((float)0x1p-3f);");
  for (const char* other : {"0xf", "0x1f + 0xABF", "1.5", "2e9", "3.0_f", "1.0L", "x.f", "\"1.0f\"",
                            "// 1.0f\n", "int f = 10;", "'\\0'"})
    EXPECT_EQ(cpu::with_cast_literals(other), other);
}

TEST(Toolchain, ReadsMakeRules) {
  EXPECT_EQ(cpu::make_dependencies("a.o: b.cpp with\\ space.h \\\n c.h\n"),
            (std::vector<std::string>{"b.cpp", "with space.h", "c.h"}));
}

TEST(Toolchain, ReferencesAreNotBuiltWithFastMath) {
  const Operator op = sample();
  Recipe recipe;
  recipe.compiler = "/usr/bin/g++";
  recipe.flags = {"-O3", "-ffast-math", "-std=c++17", "-Werror", "-fopenmp"};
  recipe.source = "/r/scale.cpp";
  const Candidate candidate;
  const BuildOrder order{op, recipe, candidate, Role::promoted, "/f", "promoted", "/c", 60};
  const std::vector<std::string> line = cpu::compile_line(order, "adapter.cpp");
  EXPECT_EQ(std::count(line.begin(), line.end(), "-ffast-math"), 0);
  EXPECT_EQ(std::count(line.begin(), line.end(), "-Werror"), 0);
  EXPECT_EQ(std::count(line.begin(), line.end(), "-fopenmp"), 1);
}

TEST(Sanitizers, ToggleAssertionsWhereTheSourceAsksAndSaySo) {
  const Operator op = sample();
  Recipe recipe;
  recipe.compiler = "/usr/bin/g++";
  recipe.source = "/r/scale.cpp";
  for (const auto& [source, asks] :
       {std::pair("void f() {}", false), std::pair("#ifndef NDEBUG\n#endif", true),
        std::pair("#include <cassert>\nvoid f(int n) { assert(n); }", true)}) {
    Candidate candidate;
    candidate.source = source;
    const BuildOrder order{op, recipe, candidate, Role::sanitized, "/f", "sanitized", "/c", 60};
    const std::vector<std::string> line = cpu::compile_line(order, "adapter.cpp");
    EXPECT_EQ(std::count(line.begin(), line.end(), "-DNDEBUG"), asks ? 1 : 0) << source;
    EXPECT_EQ(holds(sanitized_world(source), "assertions the other way"), asks) << source;
    EXPECT_TRUE(holds(sanitized_world(source), "another day and machine")) << source;
  }
}

TEST(Sanitizers, NameWhatTheyFound) {
  EXPECT_EQ(kind_of_report("==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60"),
            "heap-buffer-overflow");
  EXPECT_EQ(kind_of_report("k.cpp:3:4: runtime error: signed integer overflow: 2147483647 + 1"),
            "signed integer overflow");
  EXPECT_EQ(kind_of_report("all is well"), "");
}

TEST(Folder, WritesTheRungsAsEdges) {
  const std::string text = ninja_text("/opt/ke build/ke-build", "a b.cpp");
  EXPECT_TRUE(holds(text, "build verify.json: judge compile.json"));
  EXPECT_TRUE(holds(text, "build sanitize.json: judge verify.json"));
  EXPECT_TRUE(holds(text, "build bench.json: judge verify.json"));
  EXPECT_TRUE(holds(text, "source/a$ b.cpp"));
}

// The sandbox of a compiler is opened for one file of the cache, and that is an inode.
TEST(Toolchain, NeverReplacesAProductThatSomebodyMayHaveBeenGiven) {
  auto scratch = TempDir::make("products");
  ASSERT_TRUE(scratch);
  Recipe recipe;
  recipe.compiler = "/usr/bin/g++";
  constexpr size_t kAtOnce = 6;
  std::vector<ino_t> given(kAtOnce);
  std::vector<std::string> paths(kAtOnce);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kAtOnce; ++i)
    threads.emplace_back([&, i] {
      const auto object = cpu::padding_object(recipe, 64, scratch->path());
      struct stat status = {};
      if (!object || ::stat(object->c_str(), &status) != 0) return;
      paths[i] = *object;
      given[i] = status.st_ino;
    });
  for (std::thread& thread : threads) thread.join();
  struct stat last = {};
  ASSERT_EQ(::stat(paths[0].c_str(), &last), 0) << paths[0];
  for (size_t i = 0; i < kAtOnce; ++i) EXPECT_EQ(given[i], last.st_ino) << paths[i];
}

}  // namespace
}  // namespace ke
