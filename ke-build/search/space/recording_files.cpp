// SPDX-License-Identifier: MIT
// Reading recordings from disk. gzip is zlib's business.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/search/space/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <zlib.h>

namespace ke {
namespace {

constexpr size_t kLargest = 512u << 20;  // bytes of CSV
constexpr const char* kPlain = ".csv";
constexpr const char* kZipped = ".csv.gz";

// Other tables lie beside the recordings (summaries, references): they have no such column.
bool is_recording(const std::string& path) {
  if (ends_with(path, kZipped)) return true;
  if (!ends_with(path, kPlain)) return false;
  std::ifstream file(path);
  std::string header;
  return std::getline(file, header) && header.find(",time_ms") != std::string::npos;
}

std::string stem_of(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (const std::string& suffix : {std::string(kZipped), std::string(kPlain)}) {
    if (ends_with(name, suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

}  // namespace

Result<std::string> unzipped(std::string_view compressed, const std::string& origin, size_t limit_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return Error{ErrorCode::io, origin + ": zlib cannot start"};
  // zlib's interface is not const-correct; it does not write here.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(std::min<size_t>(compressed.size(), UINT32_MAX));
  std::string text;
  int state = Z_OK;
  while (state == Z_OK && text.size() <= limit_bytes) {
    char part[1 << 16];
    stream.next_out = reinterpret_cast<Bytef*>(part);
    stream.avail_out = sizeof part;
    state = inflate(&stream, Z_NO_FLUSH);
    if (state == Z_OK || state == Z_STREAM_END) text.append(part, sizeof part - stream.avail_out);
  }
  inflateEnd(&stream);
  if (text.size() > limit_bytes)
    return Error{ErrorCode::io,
                 fmt::format("{}: larger than {} MiB when unpacked", origin, limit_bytes >> 20)};
  if (state != Z_STREAM_END)
    return Error{ErrorCode::io, origin + ": not a complete gzip file; unpack it or fetch it again"};
  return text;
}

Result<Recording> read_recording(const std::string& path) {
  KE_TRY(std::string content, read_file(path, kLargest));
  if (ends_with(path, kZipped)) {
    KE_TRY(content, unzipped(content, path, kLargest));
  }
  KE_TRY(auto recording, parse_recording(content, path));
  recording.name = stem_of(path);
  const size_t dash = recording.name.rfind('-');
  recording.kernel = recording.name.substr(0, dash);
  recording.device = dash == std::string::npos ? "" : recording.name.substr(dash + 1);
  return recording;
}

Result<std::vector<Recording>> read_recordings(const std::string& folder) {
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed)) {
    return Error{ErrorCode::not_found, fmt::format("{}: no such folder; expected one with files like "
                                                   "<kernel>-<device>.csv.gz",
                                                   folder)};
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (is_recording(entry.path().string())) names.push_back(entry.path().filename().string());
  }
  if (failed) return Error{ErrorCode::io, fmt::format("{}: {}", folder, failed.message())};
  std::sort(names.begin(), names.end());
  std::vector<Recording> recordings;
  for (const std::string& name : names) {
    KE_TRY(auto recording, read_recording(join(folder, name)));
    recordings.push_back(std::move(recording));
  }
  if (recordings.empty()) {
    return Error{
        ErrorCode::not_found,
        fmt::format("{}: holds no recorded space; expected files like <kernel>-<device>.csv.gz", folder)};
  }
  return recordings;
}

}  // namespace ke
