// SPDX-License-Identifier: MIT
// One search through a target's sources, breadth first: by the names that files spell, then by those that
// macros make and by what runs before main(), until nothing is added.
#pragma once

#include "ke-build/detect/calls.h"

#include <unordered_set>

namespace ke {

struct Calls::Search {
 public:
  Search(Calls& calls, const Index& index, const std::set<std::string>& own);
  std::vector<Called> run(const std::vector<std::string>& files);

 private:
  void follow(const std::string& file, int parent);
  void follow_called();
  void take(uint32_t source, const std::string& from, int parent);
  bool take_special();
  bool take_pasted();
  void collect();
  bool mentioned(std::string_view name) const;
  bool is_pasted(const std::string& definition) const;
  bool writes_state(const FileSummary& summary) const;
  bool may_define_mentioned(const Called& source);
  bool connects(const Called& source);

  Calls& calls_;
  const Index& index_;
  std::unordered_set<uint32_t> hidden_;   // names of the operator's own sources
  std::set<std::string> seen_, closure_;  // sources; all files whose names count
  std::vector<Called> result_;
  size_t next_ = 0;  // of the result, to be followed
  // Of the closure:
  std::unordered_set<uint32_t> mentions_, state_;
  std::set<std::string> patterns_;
};

}  // namespace ke
