// SPDX-License-Identifier: MIT
#include "ke-build/model/spec.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/model/spec_parts.h"
#include "ke-build/model/tunables.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace ke {
namespace {

Result<> read_axes(ObjectReader& root, Operator& op) {
  KE_TRY(auto axes, spec::child(root, "axes"));
  for (const auto& [name, value] : root.get("axes")->items()) {
    KE_TRY(auto axis, spec::child(axes, name));
    if (!spec::is_identifier(name)) return axes.error_at(name, "is not a C identifier; rename the axis");
    KE_TRY(const size_t kind, spec::read_word(axis, "type", {"var", "const"}, 0));
    op.axis_names.push_back(name);
    if (kind == 1) {
      KE_TRY(op.constants[name], axis.integer("value"));
      if (op.constants[name] < 0) return axis.error_at("value", "is negative, expected a size");
    }
    axis.ignore("description");
    axis.ignore("parent");
    KE_DO(axis.finish());
  }
  return ok();
}

Result<Argument> read_argument(ObjectReader& group, const std::string& name, const Operator& op) {
  KE_TRY(auto reader, spec::child(group, name));
  Argument argument;
  argument.name = name;
  if (!spec::is_identifier(name)) return group.error_at(name, "is not a C identifier; rename the argument");
  if (std::count(op.axis_names.begin(), op.axis_names.end(), name)) {
    return group.error_at(name, "is also the name of an axis; both are in scope in the call, so rename one");
  }
  KE_TRY(const std::string dtype, reader.text("dtype"));
  const auto parsed = dtype_from(dtype);
  if (!parsed) return reader.error_at("dtype", parsed.error().message);
  argument.dtype = *parsed;
  const Json* shape = reader.get("shape");
  if (!shape)
    return reader.error_at("shape", "is missing, expected an array of axis names, or null for a scalar");
  argument.scalar = shape->is_null();
  if (!argument.scalar && !shape->is_array()) {
    return reader.error_at("shape", "found " + ObjectReader::kind_of(*shape) + ", expected an array or null");
  }
  if (!argument.scalar && shape->size() > 8) return reader.error_at("shape", "has more than 8 dimensions");
  for (const Json& dimension : argument.scalar ? Json::array() : *shape) {
    if (!dimension.is_string() && !dimension.is_number_integer()) {
      return reader.error_at("shape",
                             "found " + ObjectReader::kind_of(dimension) + " in it, expected axis names");
    }
    argument.shape.push_back(dimension.is_string() ? dimension.get<std::string>() : to_line(dimension));
    KE_DO(spec::check_expression(reader, "shape", argument.shape.back(), op));
  }
  reader.ignore("description");
  KE_DO(reader.finish());
  return argument;
}

Result<> read_arguments(ObjectReader& root, Operator& op) {
  KE_TRY(auto inputs, spec::child(root, "inputs"));
  for (const auto& [name, value] : root.get("inputs")->items()) {
    KE_TRY(auto argument, read_argument(inputs, name, op));
    op.arguments.push_back(std::move(argument));
  }
  KE_TRY(auto outputs, spec::child(root, "outputs"));
  if (root.get("outputs")->empty()) return root.error_at("outputs", "is empty, expected at least one output");
  for (const auto& [name, value] : root.get("outputs")->items()) {
    KE_TRY(auto argument, read_argument(outputs, name, op));
    if (argument.scalar) return outputs.error_at(name, "is a scalar; an output needs a shape, e.g. [1]");
    argument.input = false;
    argument.output = true;
    const auto same = std::find_if(op.arguments.begin(), op.arguments.end(),
                                   [&](const Argument& other) { return other.name == argument.name; });
    if (same == op.arguments.end()) {
      op.arguments.push_back(std::move(argument));
    } else if (same->dtype == argument.dtype && same->shape == argument.shape) {
      same->output = true;
    } else {
      return outputs.error_at(name,
                              "is in-place (also an input), but dtype or shape differ from the input's");
    }
  }
  return ok();
}

// Scratch memory as an argument: declared like an output, poisoned before every call, checked by nobody.
Result<> read_workspace(ObjectReader& ke, Operator& op) {
  if (!ke.has("workspace")) return ok();
  KE_TRY(auto group, spec::child(ke, "workspace"));
  for (const auto& [name, value] : ke.get("workspace")->items()) {
    KE_TRY(auto argument, read_argument(group, name, op));
    if (argument.scalar) return group.error_at(name, "is a scalar; workspace needs a shape, e.g. [1024]");
    for (const Argument& other : op.arguments)
      if (other.name == name) return group.error_at(name, "is also an input or output; rename one");
    argument.input = false;
    argument.workspace = true;
    op.arguments.push_back(std::move(argument));
  }
  return ok();
}

Result<> read_level(ObjectReader& ke, Operator& op) {
  KE_TRY(const size_t level, spec::read_word(ke, "level", {"hosted", "pure"}, 0));
  op.level = static_cast<Level>(level);
  if (op.level == Level::pure && op.contract.threads != 1) {
    return ke.error_at("level", fmt::format("\"pure\" has no threads, but $.ke.contract.threads is {}; "
                                            "expected 1, or the level \"hosted\"",
                                            op.contract.threads));
  }
  return ok();
}

Argument* find_argument(Operator& op, const std::string& name) {
  for (Argument& argument : op.arguments) {
    if (argument.name == name) return &argument;
  }
  return nullptr;
}

std::vector<std::string> argument_names(const Operator& op) {
  std::vector<std::string> names;
  for (const Argument& argument : op.arguments) names.push_back(argument.name);
  return names;
}

Result<Domain> read_domain(ObjectReader& reader, const Operator& op, const Argument& argument) {
  static const std::vector<std::string> kKinds = {"normal", "range",    "index",    "offsets",
                                                  "mask",   "positive", "constant", "spd"};
  Domain domain;
  KE_TRY(const size_t kind, spec::read_word(reader, "kind", kKinds, 0));
  domain.kind = static_cast<Domain::Kind>(kind);
  if (domain.kind == Domain::Kind::normal && !is_floating(argument.dtype)) {
    return reader.error_at("kind", fmt::format("\"normal\" does not fit the integer dtype {}; use \"range\"",
                                               name_of(argument.dtype)));
  }
  KE_TRY(domain.low, reader.number_or("low", domain.kind == Domain::Kind::constant ? 0 : -1));
  KE_TRY(domain.high, reader.number_or("high", 1));
  KE_TRY(domain.scale, reader.number_or("scale", 1));
  KE_TRY(domain.density, reader.number_or("density", 0.5));
  if (domain.low > domain.high) return reader.error_at("low", "is larger than high");
  if (domain.density < 0 || domain.density > 1) return reader.error_at("density", "must lie in [0, 1]");
  const bool needs_axis = domain.kind == Domain::Kind::index || domain.kind == Domain::Kind::offsets;
  if (needs_axis) {
    KE_TRY(domain.axis, reader.text("axis"));
    KE_DO(spec::check_expression(reader, "axis", domain.axis, op));
    if (is_floating(argument.dtype)) return reader.error_at("kind", "needs an integer dtype");
  }
  KE_DO(reader.finish());
  return domain;
}

Result<> read_domains(ObjectReader& ke, Operator& op) {
  for (Argument& argument : op.arguments) {
    if (!is_floating(argument.dtype)) {
      argument.domain.kind = argument.dtype == Dtype::boolean ? Domain::Kind::mask : Domain::Kind::range;
      argument.domain.low = starts_with(name_of(argument.dtype), "u") ? 0 : -100;
      argument.domain.high = 100;
    }
  }
  if (!ke.has("domains")) return ok();
  KE_TRY(auto domains, spec::child(ke, "domains"));
  for (const auto& [name, value] : ke.get("domains")->items()) {
    Argument* argument = find_argument(op, name);
    if (!argument) {
      return domains.error_at(
          name, fmt::format("is not an argument{}; the arguments are: {}",
                            suggestion(name, argument_names(op)), join_texts(argument_names(op), ", ")));
    }
    KE_TRY(auto reader, spec::child(domains, name));
    KE_TRY(argument->domain, read_domain(reader, op, *argument));
    argument->domain.declared = true;
  }
  return ok();
}

Result<> read_workload_axes(ObjectReader& reader, const Operator& op, Workload& workload) {
  KE_TRY(auto axes, spec::child(reader, "axes"));
  for (const std::string& name : op.axis_names) {
    if (op.constants.count(name)) continue;
    KE_TRY(const int64_t size, axes.integer(name));
    if (size < 0 || size > (int64_t{1} << 40)) return axes.error_at(name, "must lie in [0, 2^40]");
    workload.axes[name] = size;
  }
  return axes.finish();
}

Result<> read_workload_scalars(ObjectReader& reader, const Operator& op, Workload& workload) {
  if (!reader.has("inputs")) return ok();
  KE_TRY(auto inputs, spec::child(reader, "inputs"));
  for (const Argument& argument : op.arguments) {
    if (!argument.scalar || !inputs.has(argument.name)) continue;
    KE_TRY(workload.scalars[argument.name], inputs.number(argument.name));
  }
  return inputs.finish();
}

Result<> read_workloads(ObjectReader& ke, Operator& op) {
  const Json* list = ke.get("workloads");
  if (!list || !list->is_array() || list->empty()) {
    return ke.error_at("workloads",
                       "is missing or empty, expected an array with at least one workload, e.g. "
                       "[{\"name\": \"small\", \"axes\": {...}}]" +
                           ke.meant("workloads"));
  }
  for (size_t i = 0; i < list->size(); ++i) {
    ObjectReader reader((*list)[i], ke.origin(), fmt::format("{}[{}]", ke.path_of("workloads"), i));
    KE_DO(reader.require_object());
    Workload workload;
    KE_TRY(workload.name, reader.text_or("name", fmt::format("w{}", i)));
    for (const Workload& other : op.workloads) {
      if (other.name == workload.name)
        return reader.error_at("name", "is used twice: \"" + workload.name + "\"");
    }
    KE_DO(read_workload_axes(reader, op, workload));
    KE_DO(read_workload_scalars(reader, op, workload));
    KE_TRY(workload.weight, reader.number_or("weight", 1));
    if (!(workload.weight > 0)) return reader.error_at("weight", "must be larger than 0");
    KE_DO(reader.finish());
    int64_t written = 0;
    for (const Argument& argument : op.arguments) {
      const auto count = element_count(argument, axes_of(op, workload));
      if (!count) return reader.error_at("axes", count.error().message);
      if (argument.output) written = std::max(written, *count);
    }
    if (written == 0)
      return reader.error_at("axes",
                             "leave nothing to write: a workload is what is timed, so it needs outputs with "
                             "elements; sizes of 0 that must be right belong to ke.hidden, e.g. [0, 67]");
    op.workloads.push_back(std::move(workload));
  }
  return ok();
}

Result<AxisRange> read_range(ObjectReader& hidden, const std::string& axis) {
  const Json* value = hidden.get(axis);
  const bool pair = value->is_array() && value->size() == 2 && (*value)[0].is_number_integer() &&
                    (*value)[1].is_number_integer();
  if (!pair)
    return hidden.error_at(axis, "found " + ObjectReader::kind_of(*value) + ", expected [low, high]");
  const AxisRange range{(*value)[0].get<int64_t>(), (*value)[1].get<int64_t>()};
  if (range.low < 0 || range.low > range.high) return hidden.error_at(axis, "expected 0 <= low <= high");
  return range;
}

Result<> read_hidden(ObjectReader& ke, Operator& op) {
  if (ke.has("hidden")) {
    KE_TRY(auto hidden, spec::child(ke, "hidden"));
    for (const std::string& name : op.axis_names) {
      if (!op.constants.count(name) && hidden.has(name)) {
        KE_TRY(op.hidden[name], read_range(hidden, name));
      }
    }
    KE_DO(hidden.finish());
  }
  // An axis without a declared range is legal at the sizes that the workloads show; the judge may draw
  // between them.
  for (const std::string& name : op.axis_names) {
    if (op.constants.count(name) || op.hidden.count(name)) continue;
    AxisRange range{INT64_MAX, 0};
    for (const Workload& workload : op.workloads) {
      range.low = std::min(range.low, workload.axes.at(name));
      range.high = std::max(range.high, workload.axes.at(name));
    }
    op.hidden[name] = range;
  }
  return ok();
}

Result<> read_cost(ObjectReader& ke, Operator& op) {
  if (!ke.has("cost")) return ok();
  KE_TRY(auto cost, spec::child(ke, "cost"));
  KE_TRY(op.flops, cost.text_or("flops", ""));
  KE_TRY(op.bytes, cost.text_or("bytes", ""));
  if (!op.flops.empty()) KE_DO(spec::check_expression(cost, "flops", op.flops, op));
  if (!op.bytes.empty()) KE_DO(spec::check_expression(cost, "bytes", op.bytes, op));
  return cost.finish();
}

Result<> read_header(ObjectReader& root, Operator& op) {
  KE_TRY(op.name, root.text("name"));
  if (op.name.empty() || op.name.size() > 100 ||
      op.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") !=
          std::string::npos) {
    return root.error_at("name", "may hold letters, digits, '_', '.' and '-' only, at most 100 of them");
  }
  KE_TRY(op.op_type, root.text_or("op_type", op.name));
  KE_TRY(op.description, root.text_or("description", ""));
  KE_TRY(op.tags, root.texts_or_empty("tags"));
  root.ignore("constraints");
  root.ignore("custom_inputs_entrypoint");
  return ok();
}

}  // namespace

Result<Operator> parse_spec(const std::string& text, const std::string& origin) {
  KE_TRY(const Json json, parse_json(text, origin));
  ObjectReader root(json, origin, "$");
  KE_DO(root.require_object());
  Operator op;
  op.spec_path = origin;
  op.spec_text = text;
  KE_DO(read_header(root, op));
  KE_DO(read_axes(root, op));
  KE_DO(read_arguments(root, op));
  root.ignore(
      "reference");  // FlashInfer-Trace's Python reference; "ke".reference or the baseline is used on CPUs
  KE_TRY(auto ke, spec::child(root, "ke"));
  KE_DO(read_workspace(ke, op));
  KE_DO(spec::read_kernel(ke, op));
  KE_DO(spec::read_reference(ke, op));
  KE_DO(read_domains(ke, op));
  KE_DO(spec::read_tolerance(ke, op));
  KE_DO(read_workloads(ke, op));
  KE_DO(read_hidden(ke, op));
  KE_DO(spec::read_targets(ke, op));
  KE_DO(spec::read_contract(ke, op));
  KE_DO(read_level(ke, op));
  KE_DO(read_cost(ke, op));
  KE_DO(ke.finish());
  KE_DO(root.finish());
  return op;
}

Result<Operator> read_spec(const Registration& registration) {
  const std::string named =
      fmt::format("the spec of ke_add_operator({}) at {}", registration.name, registration.declared_at);
  auto text_read = read_file(registration.spec, 4u << 20);
  if (!text_read) return std::move(text_read).error().note(named);
  const std::string text = *std::move(text_read);
  if (trim(text).empty())
    return Error{ErrorCode::usage, fmt::format("{}: is empty, expected {}; docs/spec.md has the smallest one",
                                               registration.spec, named)};
  KE_TRY(Operator op, parse_spec(text, registration.spec));
  if (op.name != registration.name) {
    return Error{ErrorCode::usage,
                 fmt::format("{}: $.name: found \"{}\", expected \"{}\", the name in ke_add_operator() at {}",
                             registration.spec, op.name, registration.name, registration.declared_at)};
  }
  op.target = registration.target;
  op.sources = registration.sources;
  // A constraint of the spec may name tunables of the source, so all of them are checked together.
  if (!op.sources.empty() && exists(op.sources.front())) {
    KE_TRY(const std::string source, read_file(op.sources.front(), 16u << 20));
    KE_DO(add_source_tunables(op, source, op.sources.front()));
  }
  KE_DO(check_constraints(op));
  return op;
}

}  // namespace ke
