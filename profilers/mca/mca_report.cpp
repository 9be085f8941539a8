// SPDX-License-Identifier: MIT
#include "profilers/mca/mca_report.h"

#include "ke-build/base/json.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <map>

namespace ke::mca {
namespace {

const Json* member(const Json* json, const char* key) {
  if (json == nullptr || !json->is_object()) return nullptr;
  const auto found = json->find(key);
  return found == json->end() ? nullptr : &*found;
}

double number(const Json* json, const char* key) {
  const Json* value = member(json, key);
  return value != nullptr && value->is_number() ? value->get<double>() : -1;
}

/// Names of several units of one kind end in a zero byte and their index.
std::string printable(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (c > 32 && c < 127) text += c;
  }
  while (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

Result<Report> parse_report(const std::string& text) {
  KE_TRY(const Json json, parse_json(text, "llvm-mca"));
  const Json* regions = member(&json, "CodeRegions");
  if (regions == nullptr || !regions->is_array() || regions->empty())
    return Error{ErrorCode::tool, "its output has no code region"};
  const Json* region = &regions->front();
  const Json* summary = member(region, "SummaryView");
  const double iterations = number(summary, "Iterations"), cycles = number(summary, "TotalCycles");
  Report report;
  report.port_cycles = number(summary, "BlockRThroughput");
  report.ipc = number(summary, "IPC");
  if (!(iterations > 0) || !(cycles > 0) || !(report.port_cycles >= 0))
    return Error{ErrorCode::tool, "its output has no summary of the loop"};
  report.cycles = cycles / iterations;

  const Json* target = member(&json, "TargetInfo");
  if (const Json* name = member(target, "CPUName"); name != nullptr && name->is_string())
    report.processor = printable(name->get<std::string>());
  const Json* resources = member(target, "Resources");
  const Json* pressure = member(member(region, "ResourcePressureView"), "ResourcePressureInfo");
  const Json* instructions = member(region, "Instructions");
  if (pressure == nullptr || !pressure->is_array() || resources == nullptr || !resources->is_array() ||
      instructions == nullptr || !instructions->is_array())
    return report;
  // The row behind the last instruction holds the sums.
  for (const Json& row : *pressure) {
    const double usage = number(&row, "ResourceUsage"), at = number(&row, "ResourceIndex");
    if (number(&row, "InstructionIndex") != static_cast<double>(instructions->size())) continue;
    if (!(usage > report.busiest_cycles) || !std::isfinite(usage)) continue;
    if (!(at >= 0) || at >= static_cast<double>(resources->size())) continue;
    const Json& name = (*resources)[static_cast<size_t>(at)];
    if (!name.is_string()) continue;
    report.busiest = printable(name.get<std::string>());
    report.busiest_cycles = usage;
  }
  return report;
}

}  // namespace ke::mca
