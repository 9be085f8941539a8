// SPDX-License-Identifier: MIT
#include "ke-build/detect/footprints.h"

#include "ke-build/base/files.h"
#include "ke-build/detect/binary.h"

#include <algorithm>
#include <unordered_map>

namespace ke {
namespace {

constexpr std::string_view kFootprintMagic = "ke detect footprints 1\n";

/// Gives every text one id.
class Names {
 public:
  uint32_t id(const std::string& name) {
    const auto [it, fresh] = ids_.try_emplace(name, static_cast<uint32_t>(names_.size()));
    if (fresh) names_.push_back(name);
    return it->second;
  }
  std::vector<uint32_t> sorted(const std::set<std::string>& values) {
    std::vector<uint32_t> result;
    result.reserve(values.size());
    for (const std::string& value : values) result.push_back(id(value));
    std::sort(result.begin(), result.end());
    return result;
  }
  const std::vector<std::string>& all() const { return names_; }

 private:
  std::unordered_map<std::string, uint32_t> ids_;
  std::vector<std::string> names_;
};

bool has(const std::vector<uint32_t>& ids, int64_t id) {
  return std::binary_search(ids.begin(), ids.end(), static_cast<uint32_t>(id));
}

bool all_below(const std::vector<uint32_t>& ids, size_t limit) {
  return std::all_of(ids.begin(), ids.end(), [&](uint32_t id) { return id < limit; });
}

}  // namespace

Footprints::Footprints(std::string path, std::string configuration)
    : path_(std::move(path)), configuration_(std::move(configuration)) {
  const std::string content = read_kept(path_);
  if (content.empty()) return;
  auto kept = parse(content);
  if (!kept) warn_damaged(path_, kept.error());
  if (!kept || kept->configuration_ != configuration_) return;
  commit_ = std::move(kept->commit_);
  names_ = std::move(kept->names_);
  records_ = std::move(kept->records_);
}

Result<Footprints> Footprints::parse(const std::string& content) {
  const Error damaged{ErrorCode::usage, "damaged, or of another version"};
  KE_TRY(const std::string_view payload, unsealed(kFootprintMagic, content));
  BinaryReader in(payload);
  Footprints result;
  result.configuration_ = in.text();
  result.commit_ = in.text();
  result.names_ = in.texts();
  const size_t names = result.names_.size();
  for (uint32_t i = 0, count = in.count(); i < count && in.ok(); ++i) {
    const std::string_view name = in.text();
    Record record{in.numbers(), in.numbers(), in.numbers()};
    if (!all_below(record.reads, names) || !all_below(record.sources, names) ||
        !all_below(record.configured, names) || record.configured.size() % 2 != 0) {
      return damaged;
    }
    result.records_.emplace(name, std::move(record));
  }
  if (!in.ok()) return damaged;
  return result;
}

std::string Footprints::serialize() const {
  BinaryWriter out;
  out.text(configuration_);
  out.text(commit_);
  out.texts(names_);
  out.number(static_cast<uint32_t>(records_.size()));
  for (const auto& [name, record] : records_) {
    out.text(name);
    out.numbers(record.reads);
    out.numbers(record.sources);
    out.numbers(record.configured);
  }
  return sealed(kFootprintMagic, out.take());
}

int64_t Footprints::id_of(const std::string& path) const {
  const auto found = std::find(names_.begin(), names_.end(), path);
  return found == names_.end() ? -1 : found - names_.begin();
}

bool Footprints::holds(const std::string& name, const std::vector<const GitDelta*>& deltas,
                       Snapshot& snapshot) const {
  const auto found = records_.find(name);
  if (found == records_.end()) return false;
  const Record& record = found->second;
  for (size_t i = 0; i < record.configured.size(); i += 2) {
    const auto content = read_file(names_[record.configured[i]]);
    if (!content || sha256(*content) != names_[record.configured[i + 1]]) return false;
  }
  for (const GitDelta* delta : deltas) {
    const int64_t id = id_of(delta->path);
    if (id < 0 || snapshot.same_tokens(*delta)) continue;
    if (has(record.reads, id)) return false;
    if (has(record.sources, id) && !snapshot.same_definitions(*delta)) return false;
  }
  return true;
}

void Footprints::keep(const std::string& commit, const std::map<std::string, Footprint>& fresh,
                      const std::set<std::string>& still) {
  Names names;
  std::map<std::string, Record> records;
  const auto renamed = [&](const std::vector<uint32_t>& ids) {
    std::vector<uint32_t> result;
    for (const uint32_t id : ids) result.push_back(names.id(names_[id]));
    return result;
  };
  for (const std::string& name : still) {
    const Record& old = records_.at(name);
    Record record{renamed(old.reads), renamed(old.sources), renamed(old.configured)};
    std::sort(record.reads.begin(), record.reads.end());
    std::sort(record.sources.begin(), record.sources.end());
    records.emplace(name, std::move(record));
  }
  for (const auto& [name, footprint] : fresh) {
    Record record{names.sorted(footprint.reads), names.sorted(footprint.sources), {}};
    for (const auto& [path, hash] : footprint.configured) {
      record.configured.push_back(names.id(path));
      record.configured.push_back(names.id(hash));
    }
    records.insert_or_assign(name, std::move(record));
  }
  commit_ = commit;
  names_ = names.all();
  records_ = std::move(records);
  write_kept(path_, serialize());
}

}  // namespace ke
