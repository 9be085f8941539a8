// SPDX-License-Identifier: MIT
// A runner's process, its plan and reply, and its end, in words.
#pragma once

#include "backends/cpu/runner_protocol.h"
#include "ke-build/base/result.h"
#include "ke-build/evaluate/runner.h"
#include "ke-build/evaluate/runner_memory.h"
#include "ke-build/evaluate/runner_wait.h"
#include "ke-build/evaluate/shared_file.h"

#include <memory>
#include <string>

#include <sys/types.h>

namespace ke {

class RunnerProcess {
 public:
  /// Lays out memory; the process is not started yet. ERRORS: usage, io.
  static Result<RunnerProcess> prepare(const RunnerOptions& options, ke_runner::Mode mode);
  RunnerProcess(RunnerProcess&& other) noexcept;
  ~RunnerProcess();

  /// ERRORS: not_found, refused, io.
  Result<> launch(const RunnerOptions& options);
  /// Turns what await_word() saw into an outcome, ends the process and reaps it.
  RunOutcome end(Awaited seen, double timeout_s);

  const RunnerMemory& memory() const { return *memory_; }
  const std::shared_ptr<RunnerMemory>& shared_memory() const { return memory_; }
  ke_runner::Plan* plan() const { return reinterpret_cast<ke_runner::Plan*>(plan_.data()); }
  ke_runner::Reply* reply() const { return reinterpret_cast<ke_runner::Reply*>(reply_.data()); }
  const RunnerWatch& watch() const { return watch_; }
  bool alive() const { return watch_.pid > 0; }
  std::string errors() const;
  std::string said() const;  // on its standard output alone

 private:
  RunnerProcess() = default;
  void write_plan(const RunnerOptions& options, ke_runner::Mode mode);
  std::string text_in(int file) const;
  std::string last_words() const;
  RunOutcome describe_exit(int status) const;
  RunOutcome describe_refusal(bool killed, int number) const;

  std::shared_ptr<RunnerMemory> memory_;
  SharedFile plan_, reply_, kernel_;
  RunnerWatch watch_;
  uint64_t output_limit_bytes_ = 0, memory_limit_bytes_ = 0;
  bool one_thread_ = false;
  int errors_ = -1, said_ = -1;  // files in memory that take stderr and stdout
};

}  // namespace ke
