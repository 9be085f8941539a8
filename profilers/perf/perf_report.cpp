// SPDX-License-Identifier: MIT
#include "profilers/perf/perf_report.h"

#include "ke-build/base/json.h"
#include "ke-build/base/text.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>

namespace ke::perf {
namespace {

struct Line {
  std::string value, unit, event;
  double running = 0;  // per cent of the time
  bool unsupported = false;
};

std::string as_text(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->is_number() ? found->dump() : "";
}

bool read_json(const std::string& text, Line& line) {
  const auto json = parse_json(text, "perf");
  if (!json || !json->is_object()) return false;
  line.value = as_text(*json, "metric-value");
  line.unit = as_text(*json, "metric-unit");
  line.event = as_text(*json, "event");
  line.running = std::strtod(as_text(*json, "pcnt-running").c_str(), nullptr);
  line.unsupported = as_text(*json, "counter-value").find("not supported") != std::string::npos;
  return true;
}

// value,unit,event,run time,per cent,metric value,metric unit
bool read_csv(const std::string& text, Line& line) {
  const std::vector<std::string> fields = split(text, ',');
  if (fields.size() < 5) return false;
  line.unsupported = fields[0].find("not supported") != std::string::npos;
  line.event = fields[2];
  line.running = std::strtod(fields[4].c_str(), nullptr);
  if (fields.size() < 7) return true;
  line.value = fields[5];
  line.unit = fields[6];
  return true;
}

/// `%  tma_backend_bound`, `percent of slots  backend_bound`; "" when it is another unit.
std::string metric_of(const std::string& unit) {
  std::vector<std::string> words;
  for (const std::string& word : split(unit, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.size() < 2 || (words[0] != "%" && words[0] != "percent")) return "";
  std::string name = words.back();
  if (starts_with(name, "tma_")) name = name.substr(4);
  for (const char* known : {"frontend_bound", "bad_speculation", "backend_bound", "retiring", "memory_bound",
                            "core_bound", "backend_bound_memory", "backend_bound_cpu"}) {
    if (name == known) return name;
  }
  return "";
}

}  // namespace

Result<std::map<std::string, double>> parse_topdown(const std::string& text) {
  std::map<std::string, double> shares, running;
  std::string unsupported;
  for (const std::string& raw : split(text, '\n')) {
    const std::string trimmed = trim(raw);
    Line line;
    if (trimmed.empty() || !(trimmed[0] == '{' ? read_json(trimmed, line) : read_csv(trimmed, line)))
      continue;
    if (line.unsupported && unsupported.empty()) unsupported = line.event;
    const std::string metric = metric_of(line.unit);
    char* end = nullptr;
    const double per_cent = std::strtod(line.value.c_str(), &end);
    if (metric.empty() || end == line.value.c_str() || !std::isfinite(per_cent) || per_cent < 0 ||
        per_cent > 100)
      continue;
    if (shares.count(metric) > 0 && running[metric] >= line.running) continue;
    shares[metric] = per_cent / 100;
    running[metric] = line.running;
  }
  if (shares.empty()) {
    return Error{ErrorCode::tool, unsupported.empty()
                                      ? std::string("its output has no top-down metric")
                                      : "this machine does not count the event " + unsupported +
                                            " (virtual machines often have no counters)"};
  }
  return shares;
}

}  // namespace ke::perf
