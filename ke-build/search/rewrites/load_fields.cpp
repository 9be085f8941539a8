// SPDX-License-Identifier: MIT
// An object that a function is given (`const Filter& filter`, `Filter filter`) lies in memory that a store
// might change, and its functions are calls. A loop that only reads it reads its fields in front of the loop,
// once, and has its functions written out.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/object_variables.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/overlap.h"

#include <algorithm>

namespace ke {
namespace {

/// `const Filter&` as "Filter", a reference.
struct Referred {
  std::string type;
  bool reference = false, constant = false;
};

Referred referred(std::string type) {
  Referred out;
  type = trim(type);
  if (ends_with(type, "&")) {
    out.reference = true;
    type = trim(type.substr(0, type.size() - 1));
  }
  for (bool again = true; again;) {
    again = false;
    if (starts_with(type, "const ")) type = trim(type.substr(6)), out.constant = again = true;
    if (ends_with(type, " const")) type = trim(type.substr(0, type.size() - 6)), out.constant = again = true;
  }
  out.type = type;
  return out;
}

/// The class of an object that is known by such a type; nothing for numbers, pointers and what cannot be
/// read.
std::optional<Class> class_of(const Referred& as, const Unit& unit, const RewriteRules& rules) {
  if (as.type.empty() || as.type.find_first_of("*&[( ") != std::string::npos || is_integer_type(as.type) ||
      is_floating_type(as.type) || (as.reference && !as.constant))
    return std::nullopt;
  auto of = read_class(unit.text, as.type, rules.headers);
  const bool plain = of && std::none_of(of->methods.begin(), of->methods.end(),
                                        [](const Method& m) { return m.name == "operator&"; });
  return plain ? of : std::nullopt;
}

// The loads of those fields that the statements ask for.
Stmts loads_of(const Class& of, const std::map<std::string, std::string>& variables,
               const std::string& object, const Stmts& statements, bool constant) {
  Stmts out;
  for (const Field& field : of.fields) {
    const std::string& variable = variables.at(field.name);
    if (!mentions(statements, variable)) continue;
    const bool pointer = field.type.find('*') != std::string::npos;
    const std::string type = pointer ? field.type : value_type(field.type);
    const Expr value{Expr::Kind::member, "." + field.name, {Expr::name(object)}};
    out.push_back(make_declare((constant && !pointer ? "const " : "") + type, variable, value));
  }
  return out;
}

class ReferenceLoop {
 public:
  ReferenceLoop(const Site& site, const std::string& object, const Class& of, std::optional<Expr> bound_to)
      : site_(site), object_(object), of_(of), bound_to_(std::move(bound_to)) {}

  std::optional<std::string> rewritten() {
    ObjectVariables variables(*site_.unit, *site_.function, object_, of_);
    auto made = variables.rewritten(site_.loop());
    if (!made) return std::nullopt;
    const Stmts loads = loads_of(of_, variables.variables(), object_, *made, true);
    if (loads.empty() || !stands_still(*made, loads)) return std::nullopt;
    made->insert(made->begin(), loads.begin(), loads.end());
    return placed(*std::move(made));
  }

 private:
  // Nothing in the loop writes the object, or only what a test at run time has to rule out.
  bool stands_still(const Stmts& made, const Stmts& loads) {
    const Effects effects = effects_of(made, site_.symbols->pure);
    if (effects.unknown || effects.declared.count(object_)) return false;
    for (const Stmt& load : loads)
      if (effects.scalar_writes.count(load.name)) return false;
    for (const Trace& t : traces_of(made, *site_.symbols)) {
      if (!t.write) continue;
      if (bound_to_ && (!t.known_base || mentions(*bound_to_, t.base))) return false;
      if (is_elsewhere(t)) continue;
      const auto type = site_.symbols->types.find(t.base);
      const std::string element = type == site_.symbols->types.end() ? "" : element_type(type->second);
      if (std::all_of(loads.begin(), loads.end(),
                      [&](const Stmt& load) { return never_overlap(element, load.type); }))
        continue;
      if (!t.known_base) return false;
      unchecked_.insert(t.base);
    }
    return true;
  }

  // What is written is not where the object is, whatever the types are.
  bool is_elsewhere(const Trace& written) const {
    const Symbols& symbols = *site_.symbols;
    if (bound_to_) {
      if (effects_of(*bound_to_, symbols.pure).unknown) return false;
      for (const std::string& name : names_in(*bound_to_))
        if (symbols.pointing.count(name)) return false;  // perhaps to what is written
    }
    return site_.noalias || is_own_storage(written.base, symbols) || symbols.restricted.count(written.base);
  }

  std::optional<std::string> placed(Stmts made) const {
    const Unit& unit = *site_.unit;
    made.insert(made.begin(), make_comment("Nothing in the loop writes " + object_ + "."));
    if (unchecked_.empty()) return replace_statement(unit, site_.loop(), made);
    std::optional<Expr> condition;
    const Expr object = Expr::name(object_);
    for (const std::string& base : unchecked_) {
      const auto reach = reach_of(site_, site_.loop(), base);
      if (!reach) return std::nullopt;
      const Expr address = Expr::unary("&", object);
      Expr test = Expr::call(
          "ke_disjoint", {reach->first, reach->second, address, Expr::binary(address, "+", Expr::number(1))});
      condition = condition ? Expr::binary(*condition, "&&", test) : test;
    }
    const std::string text =
        replace_statement(unit, site_.loop(), {make_branch(*condition, std::move(made), {site_.loop()})});
    return with_preamble(text, unit.preamble_at, "ke_disjoint(const void", kDisjointHelper);
  }

  const Site& site_;
  const std::string& object_;
  const Class& of_;
  const std::optional<Expr> bound_to_;  // what a local reference refers to
  std::set<std::string> unchecked_;
};

bool stands_in(const Stmts& list, const Stmt* wanted) {
  return std::any_of(list.begin(), list.end(), [&](const Stmt& s) { return &s == wanted; });
}

// Is the site's loop the outermost one in the reach of what `declaration` declares (nothing: a parameter)?
bool is_outermost(const Site& site, const Stmt* declaration) {
  bool inside = !declaration || stands_in(site.function->body, declaration);
  for (size_t i = 0; i + 1 < site.path.size(); ++i) {
    const Stmt& s = *site.path[i];
    if (inside && (s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild))) return false;
    inside = inside || stands_in(s.body, declaration) || stands_in(s.otherwise, declaration);
  }
  return inside;
}

/// Everything of a class that a function is given or declares, each name once.
struct Named {
  std::string name, type;
  const Stmt* declaration = nullptr;  // nothing: a parameter
};

std::vector<Named> objects_of(const Function& function) {
  std::vector<Named> all;
  std::map<std::string, int> times;
  for (const Parameter& p : function.parameters) {
    all.push_back({p.name, p.type});
    ++times[p.name];
  }
  walk(function.body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::loop)) ++times[s.name];
    if (!s.is(Stmt::Kind::declare)) return;
    ++times[s.name];
    if (s.has_init && s.dims.empty() && !s.constructed) all.push_back({s.name, s.type, &s});
  });
  std::erase_if(all, [&](const Named& n) { return n.name.empty() || times[n.name] != 1; });
  return all;
}

void given_object(const Site& site, const RewriteRules& rules, std::vector<Rewritten>& out) {
  for (const Named& object : objects_of(*site.function)) {
    const Referred as = referred(object.type);
    if (!as.reference || !says(site.loop(), object.name) || !is_outermost(site, object.declaration)) continue;
    const auto of = class_of(as, *site.unit, rules);
    if (!of) continue;
    std::optional<Expr> bound_to;
    if (object.declaration) bound_to = object.declaration->value;
    const auto text = ReferenceLoop(site, object.name, *of, bound_to).rewritten();
    if (text && parses_as_well(*site.unit, *text)) out.push_back({*text, object.name + " of " + where(site)});
  }
}

// The list that holds the statement.
const Stmts* list_of(const Stmts& list, const Stmt* wanted) {
  if (stands_in(list, wanted)) return &list;
  for (const Stmt& s : list)
    for (const Stmts* inner : {&s.body, &s.otherwise})
      if (const Stmts* found = list_of(*inner, wanted)) return found;
  return nullptr;
}

// An object of one's own: all that follows is over variables, and nobody else can reach the object.
std::optional<std::string> own_object(const Unit& unit, const Function& function, const Named& object,
                                      const Class& of) {
  const Stmts& list = object.declaration ? *list_of(function.body, object.declaration) : function.body;
  ObjectVariables variables(unit, function, object.name, of);
  std::vector<std::pair<const Stmt*, Stmts>> edits;
  Stmts all;
  bool looped = false;
  for (const Stmt& s : list) {
    if (&s == object.declaration || !says(s, object.name)) continue;
    auto made = variables.rewritten(s);
    if (!made) return std::nullopt;
    looped = looped || has_inner_loop({s});
    all.insert(all.end(), made->begin(), made->end());
    edits.emplace_back(&s, *std::move(made));
  }
  if (!looped) return std::nullopt;
  const Effects effects = effects_of(all);
  const bool constant = std::none_of(of.fields.begin(), of.fields.end(), [&](const Field& f) {
    return effects.scalar_writes.count(variables.variables().at(f.name)) != 0;
  });
  const Stmts loads = loads_of(of, variables.variables(), object.name, all, constant);
  if (loads.empty()) return std::nullopt;
  Unit edited = unit;
  for (size_t i = edits.size(); i-- > 0;)
    edited.text = replace_statement(edited, *edits[i].first, edits[i].second);
  const uint32_t at = object.declaration ? object.declaration->end : function.body_begin + 1;
  std::string text = "\n" + to_text(loads, 4);
  text.pop_back();
  edited.text.insert(at, text);
  return parses_as_well(unit, edited.text) ? std::optional(edited.text) : std::nullopt;
}

}  // namespace

std::vector<Rewritten> load_fields(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp) return out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) given_object(site, rules, out);
  for (const Function& function : unit.functions)
    for (const Named& object : objects_of(function)) {
      const Referred as = referred(object.type);
      const auto of = as.reference ? std::nullopt : class_of(as, unit, rules);
      if (!of) continue;
      if (const auto text = own_object(unit, function, object, *of))
        out.push_back({*text, object.name + " of " + of->name + " in " + function.name});
    }
  return out;
}

}  // namespace ke
