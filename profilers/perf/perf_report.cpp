// SPDX-License-Identifier: MIT
#include "profilers/perf/perf_report.h"

#include "ke-build/base/json.h"
#include "ke-build/base/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ke::perf {
namespace {

struct Line {
  std::string value, unit, event;
  std::string group;    // of metrics, e.g. "TopdownL1 (cpu_core)"
  double running = -1;  // per cent of the time; below 0: the line does not say
  bool unsupported = false;
};

double number_or(const std::string& text, double fallback) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return end == text.c_str() ? fallback : value;
}

std::string as_text(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->is_number() ? found->dump() : "";
}

// Some versions leave out the brace that opens a further metric of an event (6.1), others end an event that
// has no metric with a comma (6.11).
std::string mended(const std::string& text) {
  return (text[0] == '{' ? "" : "{") + replace_all(text, ", }", "}");
}

bool read_json(const std::string& text, Line& line) {
  const auto json = parse_json(mended(text), "perf");
  if (!json || !json->is_object()) return false;
  line.value = as_text(*json, "metric-value");
  line.unit = as_text(*json, "metric-unit");
  line.event = as_text(*json, "event");
  line.group = as_text(*json, "metricgroup");
  line.running = number_or(as_text(*json, "pcnt-running"), -1);
  line.unsupported = as_text(*json, "counter-value").find("not supported") != std::string::npos;
  return true;
}

// value,unit,event,run time,per cent,metric value,metric unit; of a group ,run time,per cent,,,metric
// value,metric unit
bool read_csv(const std::string& text, Line& line) {
  const std::vector<std::string> fields = split(text, ',');
  if (fields.size() < 5) return false;
  const bool of_group = fields[0].empty() && !fields[1].empty();
  line.unsupported = fields[0].find("not supported") != std::string::npos;
  line.event = of_group ? "" : fields[2];
  line.running = number_or(fields[of_group ? 2 : 4], -1);
  if (fields.size() < 7) return true;
  line.value = fields[5];
  line.unit = fields[6];
  if (line.value.empty() && of_group) line.group = line.unit;
  return true;
}

// What is printed for people: `<count> <event>  #  85.8 percent of slots  backend_bound  ( +- 1.35% )
// (15.39%)`
bool read_text(const std::string& text, Line& line) {
  const size_t mark = text.find('#');
  const std::string metric = trim(mark == std::string::npos ? text : text.substr(mark + 1));
  if (mark != std::string::npos) {
    const std::string head = trim(text.substr(0, mark));
    (starts_with(head, "Topdown") || starts_with(head, "Pipeline") ? line.group : line.event) =
        head.substr(head.rfind("  ") == std::string::npos ? 0 : head.rfind("  ") + 2);
  }
  char* end = nullptr;
  std::strtod(metric.c_str(), &end);
  const size_t length = static_cast<size_t>(end - metric.c_str());
  if (length == 0) return !line.group.empty();
  line.value = metric.substr(0, length);
  const std::string rest = metric.substr(length);
  line.unit = trim(rest.substr(0, rest.find('(')));
  if (const size_t last = rest.rfind('('); last != std::string::npos)
    line.running = number_or(rest.substr(last + 1), -1);
  return true;
}

bool read_line(const std::string& text, Line& line) {
  if (text.empty()) return false;
  if (text[0] == '{' || text[0] == '"') return read_json(text, line);
  // Counts for people have commas too, but their metric stands behind a #.
  return (text.find('#') == std::string::npos && read_csv(text, line)) || read_text(text, line);
}

/// "cpu_core" of `TopdownL1 (cpu_core)` or `cpu_core/TOPDOWN.SLOTS/`; "" when the line names no kind of core.
std::string core_of(const Line& line) {
  if (const size_t open = line.group.find('('); open != std::string::npos)
    return line.group.substr(open + 1, line.group.find(')') - open - 1);
  const size_t slash = line.event.find('/');
  return slash == std::string::npos || !starts_with(line.event, "cpu_") ? "" : line.event.substr(0, slash);
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
  struct Core {
    std::map<std::string, double> shares, running;
    double longest = 0;
    bool idle = false;  // a share was no number: nothing ran there
  };
  std::map<std::string, Core> cores;
  std::string unsupported, at;
  double running = 0;
  for (const std::string& raw : split(text, '\n')) {
    Line line;
    if (!read_line(trim(raw), line)) continue;
    if (line.unsupported && unsupported.empty()) unsupported = line.event;
    if (!line.group.empty() || !line.event.empty()) at = core_of(line);
    if (line.running >= 0) running = line.running;  // a metric without its own has that of its group
    const std::string metric = metric_of(line.unit);
    if (metric.empty() || line.value.empty()) continue;
    Core& core = cores[at];
    const double per_cent = number_or(line.value, -1);
    if (!std::isfinite(per_cent)) core.idle = true;
    if (!(per_cent >= 0 && per_cent <= 100)) continue;
    if (core.shares.count(metric) > 0 && core.running[metric] >= running) continue;
    core.shares[metric] = per_cent / 100;
    core.running[metric] = running;
    core.longest = std::max(core.longest, running);
  }
  const Core* used = nullptr;
  for (const auto& [name, core] : cores) {
    if (!core.shares.empty() && !core.idle && (used == nullptr || core.longest > used->longest)) used = &core;
  }
  if (used != nullptr) return used->shares;
  return Error{ErrorCode::tool, unsupported.empty() ? std::string("its output has no top-down metric")
                                                    : "this machine does not count the event " + unsupported +
                                                          " (virtual machines often have no counters)"};
}

}  // namespace ke::perf
