// SPDX-License-Identifier: MIT
#include "ke-ci/propose/forge.h"

#include "git_fixture.h"

namespace ke {
namespace {

class LocalForgeTest : public test::GitFixture {
 protected:
  void SetUp() override {
    GitFixture::SetUp();
    auto made = make_forge("local:" + bare_);
    ASSERT_TRUE(made) << made.error().message;
    forge_ = std::move(*made);
  }
  PullRequest wanted(const std::string& op) {
    PullRequest request;
    request.op = op;
    request.branch = "ke/" + op;
    request.base_branch = "main";
    request.title = op + ": 2x faster";
    request.body = "body";
    request.html = "<p>report</p>";
    request.head = "0123456789012345678901234567890123456789";
    return request;
  }
  std::string file(const std::string& name) { return join(bare_, "ke-proposals/" + name); }
  std::unique_ptr<Forge> forge_;
};

TEST_F(LocalForgeTest, OpensARequestAsThreeFiles) {
  const auto opened = forge_->open(wanted("softmax"));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->state, "open");
  EXPECT_EQ(read_file(file("softmax.md")).value_or(""), "body");
  EXPECT_EQ(read_file(file("softmax.html")).value_or(""), "<p>report</p>");
  EXPECT_EQ(opened->url, file("softmax.html"));
  const auto found = forge_->find("ke/");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().title, "softmax: 2x faster");
  EXPECT_EQ(found->front().body, "body");
  EXPECT_TRUE(found->front().draft);
}

TEST_F(LocalForgeTest, RefusesASecondOpenRequestForABranch) {
  ASSERT_TRUE(forge_->open(wanted("softmax")));
  const auto second = forge_->open(wanted("softmax"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(LocalForgeTest, UpdatesAndKeepsComments) {
  auto request = forge_->open(wanted("softmax"));
  ASSERT_TRUE(request);
  ASSERT_TRUE(forge_->comment(request->id, "hello"));
  ASSERT_TRUE(forge_->comment(request->id, "hello"));
  request->title = "softmax: 3x faster";
  ASSERT_TRUE(forge_->update(*request));
  const std::string json = read_file(file("softmax.json")).value_or("");
  EXPECT_NE(json.find("3x faster"), std::string::npos);
  EXPECT_EQ(json.find("hello"), json.rfind("hello")) << "the same is not said twice in a row";
  EXPECT_NE(json.find("hello"), std::string::npos);
  EXPECT_FALSE(forge_->comment("nobody", "x"));
  EXPECT_FALSE(forge_->comment("../../x", "x"));
}

TEST_F(LocalForgeTest, KeepsDeclinedRequestsWhenANewOneOpens) {
  auto request = forge_->open(wanted("softmax"));
  ASSERT_TRUE(request);
  request->state = "closed";
  ASSERT_TRUE(forge_->update(*request));
  ASSERT_TRUE(forge_->open(wanted("softmax")));
  const auto found = forge_->find("ke/");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_TRUE(exists(file("softmax.1.json")));
}

TEST_F(LocalForgeTest, SeesThatABranchWasMerged) {
  auto request = wanted("softmax");
  request.head = base_;
  ASSERT_TRUE(forge_->open(request));
  const auto found = forge_->find("ke/");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->front().state, "merged");
}

TEST_F(LocalForgeTest, SaysWhichFileIsBroken) {
  ASSERT_TRUE(write_file(file("softmax.json"), "{\"operator\": 1}"));
  const auto found = forge_->find("ke/");
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("softmax.json"), std::string::npos);
  EXPECT_FALSE(forge_->open(wanted("a/b")));
}

TEST(MakeForge, SuggestsAKindAndNeedsABareRepository) {
  const auto typo = make_forge("locl:/tmp");
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().message.find("did you mean 'local'"), std::string::npos) << typo.error().message;
  EXPECT_FALSE(make_forge("local"));
  const auto absent = make_forge("local:/nonexistent.git");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().message.find("git init --bare"), std::string::npos);
}

}  // namespace
}  // namespace ke
