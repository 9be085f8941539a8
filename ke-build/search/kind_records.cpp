// SPDX-License-Identifier: MIT
#include "ke-build/search/kind_records.h"

#include <algorithm>
#include <cmath>

namespace ke {

void add_records(KindRecords& sum, const KindRecords& more) {
  for (const auto& [kind, record] : more) {
    KindRecord& total = sum[kind];
    total.tried += record.tried;
    total.correct += record.correct;
    total.log_gain += record.log_gain;
  }
}

const KindRecords& KindStatistics::at(const std::vector<KindRecords>& records, int64_t id) {
  static const KindRecords none;
  const auto index = static_cast<size_t>(id - 1);
  return index < records.size() ? records[index] : none;
}

KindRecords& KindStatistics::grown(std::vector<KindRecords>& records, int64_t id) {
  if (records.size() < static_cast<size_t>(id)) records.resize(static_cast<size_t>(id));
  return records[static_cast<size_t>(id - 1)];
}

void KindStatistics::add(const std::string& kind, double merit, double parent_merit, int64_t parent,
                         int64_t grandparent) {
  const double gain = merit > 0 ? std::clamp(std::log(merit / std::max(parent_merit, 0.05)), -0.7, 7.0) : 0;
  const auto observe = [&](KindRecords& records) {
    KindRecord& record = records[kind];
    ++record.tried;
    record.correct += merit > 0;
    record.log_gain += gain;
  };
  observe(all_);
  observe(grown(children_, parent));
  if (grandparent != 0) observe(grown(grandchildren_, grandparent));
}

void KindStatistics::clear() {
  all_.clear();
  children_.clear();
  grandchildren_.clear();
}

}  // namespace ke
