// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/headers.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <set>

namespace ke {
namespace {

constexpr int kMaxDepth = 4;
constexpr size_t kMaxHeaders = 64;
constexpr uint64_t kMaxBytes = 1u << 20;

std::vector<std::string> quoted_includes(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& line : split(text, '\n')) {
    std::string t = trim(line);
    if (t.empty() || t[0] != '#') continue;
    t = trim(t.substr(1));
    if (!starts_with(t, "include")) continue;
    size_t open = t.find('"'), close = open == std::string::npos ? open : t.find('"', open + 1);
    if (close != std::string::npos) names.push_back(t.substr(open + 1, close - open - 1));
  }
  return names;
}

std::vector<std::string> folders_of(const std::vector<std::string>& flags) {
  std::vector<std::string> folders;
  for (size_t i = 0; i < flags.size(); ++i) {
    std::string flag = flags[i];
    for (const char* prefix : {"-I", "-iquote", "-isystem"}) {
      std::string p = prefix;
      if (flag == p && i + 1 < flags.size())
        folders.push_back(flags[i + 1]);
      else if (starts_with(flag, p) && flag.size() > p.size())
        folders.push_back(trim(flag.substr(p.size())));
    }
  }
  return folders;
}

struct Reader {
  std::vector<std::string> folders;
  std::set<std::string> seen;
  std::string text;

  void follow(const std::string& source, const std::string& folder, int depth) {
    if (depth > kMaxDepth || seen.size() > kMaxHeaders) return;
    for (const std::string& name : quoted_includes(source)) {
      std::vector<std::string> places{folder};
      places.insert(places.end(), folders.begin(), folders.end());
      for (const std::string& place : places) {
        std::string path = join(place, name);
        if (!exists(path)) continue;
        if (!seen.insert(canonical(path)).second) break;
        auto header = read_file(path, kMaxBytes);
        if (!header) break;
        text += *header + "\n";
        follow(*header, path.substr(0, path.rfind('/')), depth + 1);
        break;
      }
    }
  }
};

}  // namespace

std::string project_headers(const std::string& source, const std::string& path,
                            const std::vector<std::string>& include_flags) {
  Reader reader;
  reader.folders = folders_of(include_flags);
  size_t slash = path.rfind('/');
  reader.follow(source, slash == std::string::npos ? "." : path.substr(0, slash), 0);
  return reader.text;
}

}  // namespace ke
