// SPDX-License-Identifier: MIT
// Foreign formats: ninja's dependency log, depfiles, CMake's language, and our own cache.
#include "ke-build/detect/cache.h"
#include "ke-build/detect/cmake_changes.h"
#include "ke-build/detect/ninja_deps.h"
#include "ke-build/detect/scan.h"
#include "tests/unit/detect/detect_project.h"

#include <gtest/gtest.h>

#include <cstring>

namespace ke {
namespace {

using Words = std::vector<uint32_t>;

/// Writes logs as ninja does.
class Log {
 public:
  Log() {
    text_ = "# ninjadeps\n";
    word(4);
  }
  Log& path(std::string name, uint32_t id) {
    while (name.size() % 4 != 0) name += '\0';
    word(static_cast<uint32_t>(name.size()) + 4);
    text_ += name;
    word(~id);
    return *this;
  }
  Log& record(uint32_t output, const Words& inputs) {
    word(static_cast<uint32_t>(12 + 4 * inputs.size()) | 0x80000000u);
    for (const uint32_t value : {output, 1u, 0u}) word(value);
    for (const uint32_t input : inputs) word(input);
    return *this;
  }
  Log& word(uint32_t value) {
    char bytes[4];
    std::memcpy(bytes, &value, 4);
    text_.append(bytes, 4);
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

TEST(NinjaDeps, LaterRecordsWin) {
  const auto deps = NinjaDeps::parse(Log()
                                         .path("a.o", 0)
                                         .path("/s/a.cpp", 1)
                                         .path("old.h", 2)
                                         .path("new.h", 3)
                                         .record(0, {1, 2})
                                         .record(0, {1, 3})
                                         .text());
  ASSERT_TRUE(deps);
  EXPECT_FALSE(deps->truncated());
  ASSERT_EQ(deps->records().size(), 1u);
  EXPECT_EQ(deps->path(deps->records()[0].output), "a.o");
  EXPECT_EQ(deps->records()[0].inputs, (Words{1, 3}));
  EXPECT_EQ(deps->path(1), "/s/a.cpp");
}

TEST(NinjaDeps, TornTailKeepsWhatIsBefore) {
  const std::string whole = Log().path("a.o", 0).path("b.h", 1).record(0, {1}).path("c.h", 2).text();
  for (size_t size = 16; size < whole.size(); ++size) {
    const auto deps = NinjaDeps::parse(whole.substr(0, size));
    ASSERT_TRUE(deps);
    EXPECT_LE(deps->path_count(), 2u);
  }
  EXPECT_EQ(NinjaDeps::parse(whole)->path_count(), 3u);
}

TEST(NinjaDeps, ForeignIdsChecksumsAndSizesEndTheLog) {
  EXPECT_TRUE(NinjaDeps::parse(Log().path("a.o", 7).text())->truncated());
  EXPECT_TRUE(NinjaDeps::parse(Log().path("a.o", 0).record(9, {0}).text())->truncated());
  EXPECT_TRUE(NinjaDeps::parse(Log().path("a.o", 0).record(0, {5}).text())->truncated());
  EXPECT_TRUE(NinjaDeps::parse(Log().word(0x7FFFFFFFu).text())->truncated());
  EXPECT_TRUE(NinjaDeps::parse(Log().word(0x80000004u).word(0).text())->truncated());
  EXPECT_FALSE(NinjaDeps::parse("# ninjadeps\n\x03\0\0\0"));
  EXPECT_FALSE(NinjaDeps::parse("something else entirely"));
  EXPECT_FALSE(NinjaDeps::parse(""));
}

TEST(NinjaDeps, ReadsWhatNinjaWrites) {
  testing::DetectProject project;
  project.start();
  const auto deps = NinjaDeps::read(project.build());
  ASSERT_TRUE(deps);
  bool found = false;
  for (const auto& record : deps->records()) {
    if (!ends_with(deps->path(record.output), "softmax.cpp.o")) continue;
    ASSERT_FALSE(record.inputs.empty());
    EXPECT_EQ(deps->path(record.inputs[0]), project.path("softmax.cpp"));
    for (const uint32_t id : record.inputs) found |= deps->path(id) == project.path("vec.h");
  }
  EXPECT_TRUE(found);
}

TEST(Depfile, ReadsTheFirstRule) {
  using Files = std::vector<std::string>;
  EXPECT_EQ(parse_depfile("object: /a.cpp /b.h \\\n /c\\ d.h \\\r\n $$e.h \\#f.h\n\n/b.h:\n"),
            (Files{"/a.cpp", "/b.h", "/c d.h", "$e.h", "#f.h"}));
  EXPECT_EQ(parse_depfile("object:\\\n /a.cpp"), (Files{"/a.cpp"}));
  EXPECT_EQ(parse_depfile(""), Files{});
  EXPECT_EQ(parse_depfile("no colon"), Files{});
}

TEST(CanonicalCmake, DropsCommentsAndKeepsStrings) {
  EXPECT_EQ(canonical_cmake("a(b) # c\n\n  d()"), "a(b) d()");
  EXPECT_EQ(canonical_cmake("a(#[[x\ny]] b)"), "a( b)");
  EXPECT_NE(canonical_cmake("a(\"# x\")"), canonical_cmake("a(\"# y\")"));
  EXPECT_NE(canonical_cmake("a([=[# x]=])"), canonical_cmake("a([=[# y]=])"));
  EXPECT_NE(canonical_cmake("a(\"x  y\")"), canonical_cmake("a(\"x y\")"));
  EXPECT_EQ(canonical_cmake("a(\"open"), "a(\"open");
}

TEST(DetectCache, RestoresWhatWasStored) {
  DetectCache cache;
  cache.put("blob",
            summarize("#include \"a.h\"\n#if __has_include(<b.h>)\n#endif\nint f() { return g(); }\n"));
  cache.put_scan("key", {"/a", "/b"});
  auto again = DetectCache::parse(cache.serialize());
  ASSERT_TRUE(again);
  const FileSummary* summary = again->find("blob");
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->token_hash, cache.find("blob")->token_hash);
  ASSERT_EQ(summary->includes.size(), 2u);
  EXPECT_EQ(summary->includes[1].name, "b.h");
  EXPECT_EQ(summary->includes[1].kind, IncludeSpec::Kind::has_angle);
  EXPECT_EQ(summary->definitions, std::vector<std::string>{"f"});
  EXPECT_TRUE(mentions(*summary, "g"));
  EXPECT_FALSE(mentions(*summary, "h"));
  ASSERT_TRUE(again->find_scan("key"));
  EXPECT_EQ(again->find_scan("key")->size(), 2u);
  EXPECT_FALSE(again->find("other"));
}

TEST(DetectCache, EveryDamagedByteIsNoticed) {
  DetectCache cache;
  cache.put("blob", summarize("int f() { return 1; }\n"));
  const std::string good = cache.serialize();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] ^= 0x20;
    EXPECT_FALSE(DetectCache::parse(bad)) << i;
    EXPECT_FALSE(DetectCache::parse(good.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace ke
