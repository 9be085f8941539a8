// SPDX-License-Identifier: MIT
#include "ke-build/search/space/recording.h"

#include "ke-build/base/files.h"
#include "ke-build/search/space/reference.h"
#include "worlds.h"

#include <zlib.h>

namespace ke {
namespace {

constexpr const char* kSmall =
    "tile,mode,fixed,time_ms,compile_ms,benchmark_ms\n"
    "8,rows,1,2.5,10,1\n"
    "16,rows,1,CompilationFailedConfig,10,0\r\n"
    "8,columns,1,1.25,10,1\n";

std::string refusal(const std::string& text) {
  const auto recording = parse_recording(text, "x.csv");
  return recording ? "accepted" : recording.error().message;
}

TEST(Recordings, KeepParametersThatVaryAndFailures) {
  const Recording recording = must(parse_recording(kSmall, "x.csv"));
  ASSERT_EQ(recording.space.parameters().size(), 2u);
  EXPECT_EQ(recording.space.parameters()[1].name, "mode");
  EXPECT_EQ(recording.rows.size(), 3u);
  EXPECT_LT(recording.time_ms[1], 0);
  EXPECT_EQ(recording.optimum_ms, 1.25);
  EXPECT_FALSE(recording.space.contains({1, 1})) << "16,columns is not in the table";
}

TEST(Recordings, BrokenOnesAreRefusedWithTheLine) {
  const std::string header = "tile,time_ms,compile_ms,benchmark_ms\n";
  EXPECT_NE(refusal("").find("x.csv:1: the header"), std::string::npos);
  EXPECT_NE(refusal("time_ms,compile_ms,benchmark_ms\n1,1,1\n").find(":1:"), std::string::npos);
  EXPECT_NE(refusal("a,a,time_ms,compile_ms,benchmark_ms\n").find("occurs twice"), std::string::npos);
  EXPECT_NE(refusal(header + "8,1,1,1\n9,1,1\n").find("x.csv:3: found 3 fields, expected 4"),
            std::string::npos);
  for (const char* time : {"-1", "0", "1e999", "1.5x", ""}) {
    EXPECT_NE(refusal(header + "8," + time + ",1,1\n").find("x.csv:2: time_ms is"), std::string::npos)
        << time;
  }
  EXPECT_NE(refusal(header + "8,1,1,1\n4,2,1,1\n8,2,1,1\n").find("x.csv:4: the same configuration"),
            std::string::npos);
  EXPECT_NE(refusal(header).find("nothing to search"), std::string::npos);
  EXPECT_NE(refusal(header + "8,nan,1,1\n").find("nothing to search"), std::string::npos);
}

TEST(Recordings, AreReadFromAFolderPlainOrZipped) {
  const TempDir folder = must(TempDir::make("recordings"));
  must(write_file(join(folder.path(), "toy-A.csv"), kSmall));
  must(write_file(join(folder.path(), "summary.csv"), "space,configs\n"));
  const std::string zipped = join(folder.path(), "toy-B_2.csv.gz");
  gzFile file = gzopen(zipped.c_str(), "wb");
  gzwrite(file, kSmall, static_cast<unsigned>(std::string(kSmall).size()));
  gzclose(file);
  const auto recordings = must(read_recordings(folder.path()));
  ASSERT_EQ(recordings.size(), 2u);
  EXPECT_EQ(recordings[0].name, "toy-A");
  EXPECT_EQ(recordings[1].kernel, "toy");
  EXPECT_EQ(recordings[1].device, "B_2");
  EXPECT_EQ(recordings[1].rows, recordings[0].rows);

  const std::string whole = must(read_file(zipped));
  must(write_file(zipped, whole.substr(0, whole.size() - 9)));
  const auto cut = read_recordings(folder.path());
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().message.find("not a complete gzip file"), std::string::npos);
  EXPECT_FALSE(unzipped(whole, "bomb", 10)) << "the limit on the unpacked size";
}

TEST(Recordings, MissingFoldersAndEmptyOnesAreErrors) {
  EXPECT_EQ(read_recordings("/nonexistent/ke").error().code, ErrorCode::not_found);
  const TempDir folder = must(TempDir::make("recordings"));
  EXPECT_NE(read_recordings(folder.path()).error().message.find("holds no recorded space"),
            std::string::npos);
}

TEST(Recordings, OfOneDeviceAreRecognisedWhateverIsAppended) {
  Recording a, b;
  const auto same = [&](const char* one, const char* other) {
    a.device = one;
    b.device = other;
    return same_device(a, b) && same_device(b, a);
  };
  EXPECT_TRUE(same("A6000", "a6000_original"));
  EXPECT_TRUE(same("RTX_2080_Ti", "RTX_2080_Ti"));
  EXPECT_FALSE(same("A4000", "A40"));
  EXPECT_FALSE(same("MI50", "MI250X"));
}

TEST(Recordings, OfOneKernelShareMostOfTheirParameters) {
  const auto with = [](const std::vector<std::string>& names) {
    std::vector<SpaceParameter> parameters;
    for (const std::string& name : names) parameters.push_back(make_space_parameter(name, {"0", "1"}));
    Recording recording;
    recording.space = Space::product(std::move(parameters), {});
    return recording;
  };
  const Recording convolution = with({"block_x", "block_y", "tile_x", "tile_y", "padding", "read_only"});
  EXPECT_TRUE(same_kernel(convolution, with({"block_x", "block_y", "tile_x", "tile_y", "padding", "read_only",
                                             "shared", "constant"})));
  EXPECT_FALSE(
      same_kernel(convolution, with({"block_x", "block_y", "tile_x", "tile_y", "stride_x", "stride_y"})))
      << "half of the names are what every kernel has";
}

TEST(References, KeepRunsThatWereGivenTheVeryBudget) {
  const std::string header =
      "space,strategy,max_fevals,runs,n,mean_best_ms,mean_quality,p10_quality,p90_quality,p_score\n";
  const auto table = must(parse_reference(header + "toy-A,sa,50,30,20,1,0.5,0.4,0.6,0.1\n"
                                                   "toy-A,sa,50,30,50,1,0.7,0.4,0.6,0.2\n",
                                          "r.csv"));
  ASSERT_EQ(table.scores.size(), 1u);
  EXPECT_EQ(table.scores.at({50, "sa"}).at("toy-A").quality, 0.7);
  EXPECT_NE(parse_reference("a,b\n", "r.csv").error().message.find("r.csv:1"), std::string::npos);
  EXPECT_NE(parse_reference(header + "a,b,c\n", "r.csv").error().message.find("r.csv:2"), std::string::npos);
}

}  // namespace
}  // namespace ke
