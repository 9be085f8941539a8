// SPDX-License-Identifier: MIT
// A bounded memory of answers that can be had again: the oldest one goes first.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

namespace ke {

template <class Key, class Value>
class Recent {
 public:
  /// Keeps answers as long as their weights sum up to at most `most`; the newest one is kept whatever it
  /// weighs.
  explicit Recent(size_t most) : most_(most) {}

  /// Null when it is not known (any more). Holds until the next put().
  Value* find(const Key& key) {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second.value;
  }
  Value& put(const Key& key, Value value, size_t weight = 1) {
    const auto [place, fresh] = values_.try_emplace(key, Weighed{std::move(value), weight});
    if (!fresh) return place->second.value;
    oldest_.push_back(key);
    weight_ += weight;
    while (weight_ > most_ && oldest_.size() > 1) {
      weight_ -= values_.at(oldest_.front()).weight;
      values_.erase(oldest_.front());
      oldest_.pop_front();
    }
    return place->second.value;
  }
  void clear() {
    values_.clear();
    oldest_.clear();
    weight_ = 0;
  }

 private:
  struct Weighed {
    Value value;
    size_t weight;
  };
  size_t most_, weight_ = 0;
  std::map<Key, Weighed> values_;
  std::deque<Key> oldest_;
};

}  // namespace ke
