// SPDX-License-Identifier: MIT
#include "backends/cpu/installation.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

namespace ke::cpu {
namespace {

namespace fs = std::filesystem;

constexpr double kAnswer_s = 10;

std::string said(std::vector<std::string> argv, bool errors) {
  const auto exit = run({.argv = std::move(argv), .timeout_s = kAnswer_s});
  if (!exit || !exit->succeeded()) return "";
  return errors ? exit->err : exit->out;
}

// The system's folders are readable anyway, and nobody's whole home or /opt becomes readable by a toolchain.
bool is_of_a_toolchain(const std::string& path) {
  for (const char* system : {"/usr/", "/lib/", "/lib64/", "/bin/"})
    if (starts_with(path + "/", system)) return false;
  const fs::path folder(path);
  return folder.is_absolute() && std::distance(folder.begin(), folder.end()) > 2 && exists(path);
}

std::vector<std::string> ask(const std::string& compiler) {
  std::vector<std::string> named = search_dirs(said({compiler, "-print-search-dirs"}, false));
  for (const std::string& path :
       include_dirs(said({compiler, "-E", "-v", "-x", "c++", "/dev/null", "-o", "/dev/null"}, true)))
    named.push_back(path);
  named.push_back(fs::path(canonical(compiler)).parent_path().string());
  std::set<std::string> folders;
  for (const std::string& path : named) {
    std::string folder = canonical(path);
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    if (is_of_a_toolchain(folder)) folders.insert(folder);
  }
  return {folders.begin(), folders.end()};
}

}  // namespace

std::vector<std::string> search_dirs(const std::string& text) {
  std::vector<std::string> paths;
  for (const std::string& line : split(text, '\n')) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string list = trim(line.substr(colon + 2));
    if (starts_with(list, "=")) list = list.substr(1);
    for (const std::string& path : split(list, ':'))
      if (starts_with(path, "/")) paths.push_back(path);
  }
  return paths;
}

std::vector<std::string> include_dirs(const std::string& text) {
  std::vector<std::string> paths;
  bool inside = false;
  for (const std::string& line : split(text, '\n')) {
    if (starts_with(line, "#include ")) inside = true;
    if (starts_with(line, "End of search list")) inside = false;
    if (inside && starts_with(line, " /")) paths.push_back(trim(line));
  }
  return paths;
}

std::vector<std::string> installation_of(const std::string& compiler) {
  static std::mutex mutex;
  static std::map<std::string, std::vector<std::string>> known;
  const std::lock_guard<std::mutex> hold(mutex);
  const auto [place, fresh] = known.try_emplace(compiler);
  if (fresh) place->second = ask(compiler);
  return place->second;
}

}  // namespace ke::cpu
