// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/folder.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/process.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace ke {
namespace {

namespace fs = std::filesystem;

// Raised when the meaning of a folder changes, so that folders of older versions are not taken for new ones.
constexpr const char* kFolderVersion = "2";
constexpr int kLayouts = 3;       // beside the first one
constexpr double kCores_s = 600;  // others measure in blocks of a few seconds

std::string file_name(const Subject& subject) { return fs::path(subject.recipe.source).filename().string(); }

std::string recipe_key(const Recipe& recipe) {
  return join_texts({recipe.compiler, recipe.compiler_id, recipe.compiler_version, recipe.language,
                     recipe.source, join_texts(recipe.flags, "\1"), join_texts(recipe.defines, "\1"),
                     join_texts(recipe.includes, "\1"), join_texts(recipe.link, "\1")},
                    "\2");
}

std::string hash_of_files(const std::vector<std::string>& files) {
  std::string all;
  for (const std::string& file : files) {
    auto content = read_file(file);
    all += file + (content ? sha256(*content) : "absent");
  }
  return sha256(all);
}

Json product_json(const Product& product, const Candidate& candidate) {
  return {{"candidate", candidate_hash(candidate)},
          {"built", product.built},
          {"failure", product.failure},
          {"timed_out", product.timed_out},
          {"seconds", product.seconds},
          {"depends", product.depends},
          {"depends_hash", hash_of_files(product.depends)},
          {"runner", product.runner},
          {"layers", product.layers},
          {"reads", product.reads}};
}

// A build that was recorded and whose inputs still have the same content.
bool read_product(const std::string& path, const std::string& program, const Candidate& candidate,
                  Product& product) {
  auto json = exists(path) ? read_json(path) : Result<Json>(Error{ErrorCode::not_found, path});
  if (!json) return false;
  ObjectReader reader(*json, path, "$");
  auto built = reader.boolean_or("built", false), timed_out = reader.boolean_or("timed_out", false);
  auto version = reader.text_or("candidate", "");
  if (!version || *version != candidate_hash(candidate)) return false;
  auto failure = reader.text_or("failure", ""), hash = reader.text_or("depends_hash", "");
  auto runner = reader.text_or("runner", "");
  auto depends = reader.texts_or_empty("depends"), layers = reader.texts_or_empty("layers");
  auto reads = reader.texts_or_empty("reads");
  if (!built || !timed_out || !failure || !hash || !depends || !layers || !reads || !runner || *timed_out)
    return false;
  if (hash_of_files(*depends) != *hash || (*built && !exists(program))) return false;
  product = {*built, program, *runner, *failure, false, 0, *depends, *layers, *reads};
  return true;
}

}  // namespace

Program program_of(const Product& product, const Recipe& recipe, Role role) {
  const bool reference = role == Role::reference || role == Role::promoted;
  Program program{product.program, reference, {product.program}};
  program.habits = {reference, reference};
  program.runner = product.runner;
  if (!program.runner.empty()) program.reads.push_back(program.runner);
  program.reads.insert(program.reads.end(), product.reads.begin(), product.reads.end());
  for (const std::string& input : recipe.link) {
    if (input.find(".so") != std::string::npos && input[0] == '/') {
      program.reads.push_back(fs::path(input).parent_path().string());
    }
  }
  return program;
}

std::string Folders::link_stamp(const Recipe& recipe) const {
  const std::string key = join_texts(recipe.link, "\1");
  const std::lock_guard<std::mutex> hold(mutex_);
  auto found = stamps_.find(key);
  if (found == stamps_.end()) {
    std::vector<std::string> files;
    for (const std::string& input : recipe.link) {
      if (!input.empty() && input[0] == '/') files.push_back(input);
    }
    found = stamps_.emplace(key, hash_of_files(files)).first;
  }
  return found->second;
}

std::string Folders::path_of(const Operator& op, const Subject& subject) const {
  const std::string key = join_texts({kFolderVersion, op.name, op.spec_text, recipe_key(subject.recipe),
                                      link_stamp(subject.recipe), candidate_hash(subject.candidate)},
                                     "\3");
  return join(state_dir_, "evaluations/" + short_hash(key));
}

std::string Folders::reference_path(const Operator& op, const Subject& subject,
                                    const std::string& key) const {
  const std::string all = join_texts({kFolderVersion, op.name, op.spec_text, recipe_key(subject.recipe),
                                      link_stamp(subject.recipe), candidate_hash(subject.candidate), key},
                                     "\3");
  return join(state_dir_, "references/" + short_hash(all));
}

Result<> Folders::write(const std::string& folder, const Operator& op, const Subject& baseline,
                        const Subject& subject) const {
  if (exists(join(folder, "build.ninja"))) return ok();
  SubjectFile file;
  file.registration = {op.name, op.target, op.spec_path, op.sources, ""};
  file.spec_text = op.spec_text;
  file.baseline = baseline;
  file.subject = subject;
  file.state_dir = state_dir_;
  KE_DO(write_file(join(folder, "source/" + file_name(subject)), subject.candidate.source));
  KE_DO(write_file(join(folder, "baseline/" + file_name(baseline)), baseline.candidate.source));
  KE_DO(write_file(join(folder, "subject.json"), to_text(subject_json(file))));
  return write_file(join(folder, "build.ninja"), ninja_text(judge_program(), file_name(subject)));
}

Result<Product> Folders::build(const std::string& folder, const Operator& op, const Subject& subject,
                               Role role) {
  const std::string name = name_of(role), record = join(folder, name + ".build.json");
  Product product;
  KE_DO(make_dirs(folder));
  KE_TRY(const FileLock lock, FileLock::acquire(join(folder, "lock"), 4 * build_timeout_s_));
  if (read_product(record, join(folder, name), subject.candidate, product)) return product;
  for (int layout = 1; layout <= kLayouts; ++layout) {
    std::error_code ignored;
    fs::remove(join(folder, name + "." + std::to_string(layout)), ignored);
  }
  KE_TRY(product, build_now(folder, op, subject, role));
  KE_DO(write_file(record, to_text(product_json(product, subject.candidate))));
  // The compiler writes to this folder at a candidate's wish. What people run to repeat it is ours.
  const std::string recipe = join(folder, "build.ninja");
  if (exists(recipe)) KE_DO(write_file(recipe, ninja_text(judge_program(), file_name(subject))));
  return product;
}

double Folders::seconds_of(const std::string& folder, Role role) const {
  const std::string record = join(folder, std::string(name_of(role)) + ".build.json");
  const auto json = exists(record) ? read_json(record) : Result<Json>(Error{ErrorCode::not_found, record});
  if (!json || !json->is_object()) return 0;
  ObjectReader reader(*json, record, "$");
  return reader.number_or("seconds", 0).value_or(0);
}

// Compilers and measurements take turns on this machine's cores.
Result<Product> Folders::build_now(const std::string& folder, const Operator& op, const Subject& subject,
                                   Role role) {
  KE_TRY(const FileLock cores, lock_for_compiling(measure_lock_path(state_dir_), kCores_s));
  Patience& patience = role == Role::sanitized ? sanitized_patience_ : patience_;
  const BuildOrder order{op,     subject.recipe, subject.candidate,           role,
                         folder, name_of(role),  join(state_dir_, "runtime"), patience.deadline_s()};
  KE_TRY(Product product, backend_.build(order));
  if (product.built) patience.saw(product.seconds);
  return product;
}

Result<> Folders::relink(const std::string& folder, const Operator& op, const Subject& subject,
                         Program& program, double& seconds) {
  if (!program.layouts.empty()) return ok();
  const double start_s = now_s();
  KE_TRY(const FileLock lock, FileLock::acquire(join(folder, "lock"), 4 * build_timeout_s_));
  KE_TRY(const FileLock cores, lock_for_compiling(measure_lock_path(state_dir_), kCores_s));
  const BuildOrder order{op,     subject.recipe,        subject.candidate,           Role::kernel,
                         folder, name_of(Role::kernel), join(state_dir_, "runtime"), build_timeout_s_};
  KE_TRY(program.layouts, backend_.relink(order, kLayouts));
  program.reads.insert(program.reads.end(), program.layouts.begin(), program.layouts.end());
  seconds += now_s() - start_s;
  return ok();
}

Result<std::string> Folders::link_object(const std::string& folder, const Operator& op,
                                         const Subject& subject, const std::string& name) {
  KE_TRY(const FileLock lock, FileLock::acquire(join(folder, "lock"), 4 * build_timeout_s_));
  KE_TRY(const FileLock cores, lock_for_compiling(measure_lock_path(state_dir_), kCores_s));
  KE_DO(remove_tree(join(folder, name + ".1")));
  const BuildOrder order{op,     subject.recipe, subject.candidate,           Role::kernel,
                         folder, name,           join(state_dir_, "runtime"), build_timeout_s_};
  KE_TRY(const std::vector<std::string> programs, backend_.relink(order, 1));
  if (programs.empty()) return Error{ErrorCode::tool, "nothing was linked from " + name + ".o in " + folder};
  return programs.front();
}

std::string judge_program() {
  const std::string own = executable_path();
  const std::string beside = (fs::path(own).parent_path() / "ke-build").string();
  if (exists(beside)) return beside;
  return find_program("ke-build").value_or(own);
}

std::string ninja_text(const std::string& judge_program, const std::string& source_name) {
  const auto escaped = [](const std::string& path) {
    return replace_all(replace_all(replace_all(path, "$", "$$"), " ", "$ "), ":", "$:");
  };
  std::string text = fmt::format(
      "# Repeats this evaluation by hand: ninja -C . verify\nninja_required_version = 1.5\njudge = {}\n"
      "rule judge\n  command = $judge judge --rung $rung .\n  description = $rung\n  pool = console\n",
      replace_all(shell_line({judge_program}), "$", "$$"));
  const char* const rungs[] = {"compile", "verify", "beside", "sanitize", "guided", "bench"};
  std::string before = "source/" + escaped(source_name) + " subject.json";
  for (const std::string rung : rungs) {
    text += fmt::format("build {0}.json: judge {1}\n  rung = {0}\nbuild {0}: phony {0}.json\n", rung, before);
    if (rung == "compile" || rung == "verify") before = rung + ".json";
  }
  return text + "default bench\n";
}

}  // namespace ke
