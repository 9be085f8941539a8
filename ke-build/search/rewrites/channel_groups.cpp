// SPDX-License-Identifier: MIT
// Pixels whose channels lie side by side (`d = canvas + 4 * i; for (c = 0; c < 3; ++c) d[c] = ...`): one
// variable for each channel, loaded in front of an iteration and stored behind it, all of a pixel's, so that
// loads and stores come in groups without gaps and compilers take the channels out of whole vectors. Tests
// remain, over variables.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/channel_loops.h"
#include "ke-build/search/rewrites/jumps.h"
#include "ke-build/search/rewrites/known_answers.h"
#include "ke-build/search/rewrites/pixel_data.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/poly.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

constexpr int64_t kMostChannels = 4;

struct Group {
  std::string type;
  int64_t channels = 0;
  std::map<int64_t, std::string> variables;
  Expr pixel;  // what the places of a pixel's channels have in common
  bool written = false;
};

class ChannelGroups {
 public:
  explicit ChannelGroups(const Site& site) : site_(site), loop_(site.loop()), symbols_(*site.symbols) {
    for (const Stmt* around : site.path)
      if (around->is(Stmt::Kind::loop)) counters_.insert(around->name);
  }

  /// The loop's body over variables; nothing where it is not understood, or no pixel is stored.
  std::optional<Stmts> run() {
    body_ = loop_.body;
    if (!unroll_channels(body_, symbols_)) return std::nullopt;
    auto plain = without_jumps(body_, "continue");
    if (!plain) return std::nullopt;
    body_ = *std::move(plain);
    inline_locals(body_, pointers());
    inline_indices();
    const Effects effects = effects_of(body_, symbols_.pure);
    // What is left differs from copy to copy: the values are those of the loops that were written out.
    for (const std::string& name : effects.declared) symbols_.values.erase(name);
    if (effects.unknown || effects.leaves || effects.continues || !find_groups(effects) || !replace(body_))
      return std::nullopt;
    const bool pixels =
        std::any_of(groups_.begin(), groups_.end(), [](const auto& g) { return g.second.written; });
    return pixels ? std::optional(with_groups()) : std::nullopt;
  }
  /// Do the last pixel's channels reach farther than what the source touches?
  bool has_gaps() const { return gaps_; }

 private:
  std::set<std::string> pointers() const {
    std::set<std::string> names;
    walk(body_, [&](const Stmt& s) {
      if (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() &&
          s.type.find('*') != std::string::npos && symbols_.values.count(s.name))
        names.insert(s.name);
    });
    return names;
  }

  // `const long at = 4 * i + c;`: integers that are worked out from what stands still in an iteration.
  void inline_indices() {
    const Effects effects = effects_of(body_, symbols_.pure);
    std::map<std::string, bool> plain;
    walk(body_, [&](const Stmt& s) {
      if (!s.is(Stmt::Kind::declare)) return;
      const auto known = plain.emplace(s.name, true).first;
      known->second = known->second && is_index(s, effects);
    });
    const auto stands_on_others = [&](const Expr& e) {
      const auto names = names_in(e);
      return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto known = plain.find(name);
        return known != plain.end() && !known->second;
      });
    };
    for (bool changed = true; changed;) {
      changed = false;
      walk(body_, [&](const Stmt& s) {
        if (!s.is(Stmt::Kind::declare) || !plain[s.name] || !stands_on_others(s.value)) return;
        plain[s.name] = false;
        changed = true;
      });
    }
    std::set<std::string> names;
    for (const auto& [name, is_plain] : plain)
      if (is_plain) names.insert(name);
    with_types_kept(body_, names);
    inline_locals(body_, names);
  }

  bool is_index(const Stmt& s, const Effects& effects) const {
    constexpr int kBytesOfInt = 4;
    if (!s.has_init || !s.dims.empty() || s.constructed || !symbols_.values.count(s.name) ||
        effects.scalar_writes.count(s.name))
      return false;
    const std::string type = plain_type_of(s.value, symbols_);
    const bool automatic = s.type == "auto" || s.type == "const auto";
    if (integer_bytes(type) < kBytesOfInt || (!automatic && integer_bytes(s.type) < kBytesOfInt))
      return false;
    bool plain = true;
    walk(s.value, [&](const Expr& e) {
      const bool sum = e.is(Expr::Kind::binary) && (e.text == "+" || e.text == "-" || e.text == "*");
      const bool cast =
          e.is(Expr::Kind::cast) || (e.is(Expr::Kind::call) && starts_with(e.text, "static_cast<"));
      plain = plain && (sum || cast || e.is(Expr::Kind::number) || e.is(Expr::Kind::group) ||
                        (e.is(Expr::Kind::name) && effects.scalar_writes.count(e.text) == 0));
    });
    return plain;
  }

  // What takes the place of a variable has its type.
  void with_types_kept(Stmts& list, const std::set<std::string>& names) const {
    for (Stmt& s : list) {
      if (s.is(Stmt::Kind::declare) && names.count(s.name)) {
        const std::string type = value_type(s.type);
        const bool other = !type.empty() && type != plain_type_of(s.value, symbols_);
        if (other) s.value = Expr{Expr::Kind::cast, type, {Expr{Expr::Kind::group, "", {Expr(s.value)}}}};
      }
      with_types_kept(s.body, names);
      with_types_kept(s.otherwise, names);
    }
  }

  // Places that move with the loop by the number of channels.
  bool find_groups(const Effects& effects) {
    std::map<std::string, std::vector<Poly>> places;
    std::set<std::string> written;
    for (const Access& access : effects.accesses) {
      if (effects.declared.count(access.base) || effects.scalar_writes.count(access.base)) return false;
      if (access.write) written.insert(access.base);
      const auto index = access.index.size() == 1 ? poly_of(access.index[0], symbols_) : std::nullopt;
      if (!index || may_wrap_down(*index) || !is_known_in_front(*index, effects)) {
        if (access.write) return false;
        others_.insert(access.base);
        continue;
      }
      places[access.base].push_back(*index);
    }
    for (const auto& [base, indices] : places)
      if (!add_group(base, indices, written.count(base) != 0)) {
        if (written.count(base)) return false;
        others_.insert(base);
      }
    for (const std::string& base : others_) {
      if (written.count(base)) return false;
      groups_.erase(base);
    }
    data_.emplace(body_, effects, loop_.name);
    look_for_touches(body_, true);
    for (const auto& [base, group] : groups_) {
      const std::set<int64_t>& there = touched_[base];
      if (there.count(0) == 0) return false;
      gaps_ = gaps_ || *there.rbegin() < group.variables.rbegin()->first;
    }
    return !groups_.empty();
  }

  // Channels that are there in every iteration.
  void look_for_touches(const Stmts& list, bool always) {
    for (const Stmt& s : list) {
      look_for_touches(s.value, always);
      const bool inside = always && (!s.is(Stmt::Kind::branch) || data_->decides(s.value));
      look_for_touches(s.body, inside);
      look_for_touches(s.otherwise, inside);
    }
  }
  void look_for_touches(const Expr& e, bool always) {
    if (always && e.is(Expr::Kind::subscript)) {
      const std::string base = to_text(bare(e.kids[0]));
      const auto index = groups_.count(base) ? poly_of(e.kids[1], symbols_) : std::nullopt;
      if (index) touched_[base].insert(channel_of(*index));
    }
    const bool chooses =
        e.is(Expr::Kind::conditional) || e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||");
    for (size_t i = 0; i < e.kids.size(); ++i)
      look_for_touches(e.kids[i], always && (!chooses || i == 0 || data_->decides(e.kids[0])));
  }

  static int64_t channel_of(const Poly& index) {
    const auto constant = index.terms().find({});
    return constant == index.terms().end() ? 0 : constant->second;
  }

  // Places are worked out in front of the iteration.
  bool is_known_in_front(const Poly& place, const Effects& effects) const {
    for (const auto& [factors, times] : place.terms())
      for (const std::string& factor : factors) {
        const auto type = symbols_.types.find(factor);
        if (type == symbols_.types.end() || !is_integer_type(value_type(type->second)) ||
            effects.scalar_writes.count(factor) || effects.declared.count(factor) ||
            (symbols_.loop_variables.count(factor) && !counters_.count(factor)))
          return false;
      }
    return true;
  }

  // `4 * i - 1` of unsigned numbers is no place beside `4 * i`.
  static bool may_wrap_down(const Poly& p) {
    return std::any_of(p.terms().begin(), p.terms().end(), [](const auto& term) { return term.second < 0; });
  }

  bool add_group(const std::string& base, const std::vector<Poly>& indices, bool written) {
    const auto known = symbols_.types.find(base);
    const std::string type = known == symbols_.types.end() ? "" : number_in(known->second);
    if (type.empty() || type == "bool" || identifiers(known->second).count("volatile")) return false;
    Group group;
    group.type = type;
    group.written = written;
    std::optional<Poly> pixel;
    for (const Poly& index : indices) {
      const auto factor = index.coefficient(loop_.name);
      const auto channels = factor ? factor->constant() : std::nullopt;
      if (!channels || *channels < 2 || *channels > kMostChannels ||
          (group.channels != 0 && group.channels != *channels))
        return false;
      group.channels = *channels;
      const int64_t channel = channel_of(index);
      const Poly common = index - Poly(channel);
      if (channel < 0 || channel >= *channels || (pixel && !(*pixel == common))) return false;
      pixel = common;
      group.variables[channel] = "";
    }
    if (group.variables.count(0) == 0) return false;
    if (written)
      for (int64_t c = 0; c < group.channels; ++c) group.variables[c] = "";
    for (auto& [channel, name] : group.variables) name = fresh(base + "_" + std::to_string(channel));
    group.pixel = parse_expression(pixel->text());
    groups_[base] = std::move(group);
    return true;
  }

  std::string fresh(const std::string& wanted) {
    std::string name = fresh_name(*site_.function, wanted);
    while (!taken_.insert(name).second) name += "_";
    return name;
  }

  bool replace(Expr& e) const {
    if (e.is(Expr::Kind::subscript) && bare(e.kids[0]).is(Expr::Kind::name)) {
      const auto group = groups_.find(bare(e.kids[0]).text);
      if (group != groups_.end()) {
        const auto index = poly_of(e.kids[1], symbols_);
        const auto variable =
            index ? group->second.variables.find(channel_of(*index)) : group->second.variables.end();
        if (variable == group->second.variables.end()) return false;
        e = Expr::name(variable->second);
        return true;
      }
    }
    // Its address, or the array as a whole, would be another thing.
    if (e.is(Expr::Kind::name)) return groups_.count(e.text) == 0;
    if (e.is(Expr::Kind::opaque)) return false;
    return std::all_of(e.kids.begin(), e.kids.end(), [&](Expr& kid) { return replace(kid); });
  }

  bool replace(Stmts& list) const {
    return std::all_of(list.begin(), list.end(), [&](Stmt& s) {
      const bool has_value = (s.is(Stmt::Kind::declare) && s.has_init) || s.is(Stmt::Kind::expression) ||
                             s.is(Stmt::Kind::branch);
      if (s.is(Stmt::Kind::declare) && (!s.dims.empty() || ends_with(s.type, "&") || s.constructed))
        return false;
      return (!has_value || replace(s.value)) && replace(s.body) && replace(s.otherwise);
    });
  }

  Expr place(const std::string& base, const Group& group, int64_t channel) const {
    return Expr::subscript(Expr::name(base), sum(group.pixel, Expr::number(channel)));
  }

  Stmts with_groups() const {
    Stmts made, last;
    for (const auto& [base, group] : groups_)
      for (const auto& [channel, name] : group.variables) {
        made.push_back(
            make_declare((group.written ? "" : "const ") + group.type, name, place(base, group, channel)));
        if (group.written)
          last.push_back(make_expression(Expr::assign(place(base, group, channel), "=", Expr::name(name))));
      }
    made.insert(made.end(), body_.begin(), body_.end());
    made.insert(made.end(), last.begin(), last.end());
    return made;
  }

  const Site& site_;
  const Stmt& loop_;
  Symbols symbols_;
  std::set<std::string> counters_;  // of the loops around an iteration
  Stmts body_;
  std::map<std::string, Group> groups_;
  std::set<std::string> others_, taken_;
  std::optional<PixelData> data_;
  std::map<std::string, std::set<int64_t>> touched_;
  bool gaps_ = false;
};

// `canvas_0 = canvas[4 * i]`
bool has_channel_variables(const Stmts& body) {
  return std::any_of(body.begin(), body.end(), [](const Stmt& s) {
    return s.is(Stmt::Kind::declare) && s.value.is(Expr::Kind::subscript) &&
           starts_with(s.name, to_text(bare(s.value.kids[0])) + "_");
  });
}

std::optional<Rewritten> grouped_channels(const Site& site) {
  const Stmt& loop = site.loop();
  const std::string type = counter_type(loop);
  if (loop.step != 1 || type.empty() || has_channel_variables(loop.body) ||
      !is_never_handed_out(*site.function, loop.name))
    return std::nullopt;
  const Effects effects = effects_of(loop.body, site.symbols->pure);
  for (const Expr* bound : {&loop.lower, &loop.upper}) {
    const Effects read = effects_of(*bound, site.symbols->pure);
    if (read.unknown || !read.accesses.empty() || !read.scalar_writes.empty()) return std::nullopt;
    for (const std::string& name : names_in(*bound))
      if (!keeps_still(name, effects, site)) return std::nullopt;
  }
  ChannelGroups groups(site);
  auto body = groups.run();
  if (!body) return std::nullopt;
  Independence independence = independence_of(site);
  if (!independence.holds) return std::nullopt;
  independence.may_equal.clear();  // all of a pixel is read before any of it is written
  Stmt whole = loop;
  whole.body = *std::move(body);
  Stmts made{make_pragma("#pragma GCC ivdep"), whole};
  if (groups.has_gaps()) {
    // What lies between two pixels is there; behind the last one nobody knows.
    const std::string last = fresh_name(*site.function, loop.name + "_tail");
    const Expr upper = exclusive_upper(loop);
    Stmt rest = loop;
    rest.lower = Expr::name(last);
    made[1].text = "<";
    made[1].upper = Expr::name(last);
    made.insert(made.begin(),
                make_declare("const " + type, last,
                             Expr::conditional(Expr::binary(loop.lower, "<", upper),
                                               difference(upper, Expr::number(1)), loop.lower)));
    made.push_back(rest);
  }
  const auto text =
      commit(site, made, independence, "A variable for each channel: pixels are read and written whole.");
  return text ? std::optional(Rewritten{*text, where(site)}) : std::nullopt;
}

}  // namespace

std::vector<Rewritten> channel_groups(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  // Another thread may own what this one leaves alone.
  if (rules.threads > 1 || unit.text.find("#pragma omp") != std::string::npos) return out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = grouped_channels(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke
