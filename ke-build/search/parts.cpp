// SPDX-License-Identifier: MIT
#include "ke-build/search/parts.h"

#include "ke-build/base/text.h"
#include "ke-build/search/synthesizer.h"

#include <algorithm>
#include <set>

namespace ke {

Result<std::vector<std::string>> parts_from(const std::vector<std::string>& words) {
  std::vector<std::string> known{"learned", "memory", "stated"};
  for (const auto& synthesizer : make_synthesizers()) known.push_back(synthesizer->name());
  std::set<std::string> parts;
  for (const std::string& word : words) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const std::string& name) {
      return word == name || word == name + "s";
    });
    if (found == known.end()) {
      return Error{ErrorCode::usage, "nothing is called '" + word + "' that a search could do without" +
                                         suggestion(word, known) + "; there are " + join_texts(known, ", ")};
    }
    parts.insert(*found);
  }
  return std::vector<std::string>(parts.begin(), parts.end());
}

bool lacks(const Session& session, const std::string& part) {
  return std::find(session.without.begin(), session.without.end(), part) != session.without.end();
}

}  // namespace ke
