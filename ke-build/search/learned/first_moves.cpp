// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/first_moves.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kFewest = 5;
constexpr double kEnoughOfThem = 0.75;

}  // namespace

size_t first_kinds(const std::vector<PastSession>& past) {
  std::vector<size_t> places;
  for (const PastSession& session : past) {
    if (session.founder_place > 0) places.push_back(session.founder_place);
  }
  if (places.size() < kFewest) return 0;
  std::sort(places.begin(), places.end());
  // One session more, whose way nobody would have found: what a few sessions say is not the whole truth.
  const double wanted = kEnoughOfThem * static_cast<double>(places.size() + 1);
  const auto at = static_cast<size_t>(wanted + 0.999) - 1;
  return places[std::min(at, places.size() - 1)];
}

}  // namespace ke
