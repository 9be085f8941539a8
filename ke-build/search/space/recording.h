// SPDX-License-Identifier: MIT
// Recorded tuning spaces: a table of every configuration that somebody measured, as CSV (docs/cli). The
// columns are the parameters, then time_ms, compile_ms and benchmark_ms; a word such as
// CompilationFailedConfig in place of the time marks a failure.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/search/space/space.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ke {

struct Recording {
  std::string name;                  // file name without .csv.gz
  std::string kernel, device;        // what stands before and after the last '-' of the name
  std::vector<std::string> columns;  // every parameter, in the order of the file
  Space space;                       // of the parameters that take more than one value
  std::vector<Levels> rows;          // in the order of the file
  std::vector<double> time_ms;       // of each row; negative: failed
  std::unordered_map<Configuration, size_t> row_of;
  double optimum_ms = 0;
};

/// ERRORS: usage, with `origin:line`.
Result<Recording> parse_recording(std::string_view text, const std::string& origin);
/// Reads `<kernel>-<device>.csv` or `.csv.gz`. ERRORS: not_found, io, usage.
Result<Recording> read_recording(const std::string& path);
/// Every recording of a folder, by name. ERRORS: not_found (no folder, or no recording in it), io, usage.
Result<std::vector<Recording>> read_recordings(const std::string& folder);

/// The content of a gzip file. ERRORS: io (broken, or larger than `limit_bytes`).
Result<std::string> unzipped(std::string_view compressed, const std::string& origin, size_t limit_bytes);

/// Recordings of one physical device: case and what is appended to the device's name do not count.
bool same_device(const Recording& a, const Recording& b);
/// Recordings of one kernel: most parameters have the same names.
bool same_kernel(const Recording& a, const Recording& b);

}  // namespace ke
