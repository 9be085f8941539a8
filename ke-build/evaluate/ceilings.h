// SPDX-License-Identifier: MIT
// What this machine can do at most, measured without privileges: bandwidth per level of the memory hierarchy
// and multiply-add peaks per instruction set. Maxima over many short runs, because nothing honest may beat a
// ceiling.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ke {

struct BandwidthCeiling {
  std::string level;           // L1, L2, L3, DRAM
  int64_t capacity_bytes = 0;  // what the level holds for these threads; DRAM: 0, no limit
  int threads = 1;
  double read = 0;  // bytes/s
  double copy = 0;  // bytes/s read plus written, the best of copying and adding streams
};

struct ComputeCeiling {
  std::string isa;           // SSE2, AVX2, AVX-512, NEON, generic
  Dtype dtype = Dtype::f32;  // f32, f64, i32, i8 (additions); f16, bf16, i8 where special instructions exist
  int threads = 1;
  double ops = 0;  // flop/s (a multiply-add is two), or integer additions/s
};

struct LatencyCeiling {
  std::string level;
  double seconds = 0;  // of one load whose address is the value of the load before
};

struct Ceilings {
  std::string host;         // processor, cores and features that they hold for
  std::string measured_at;  // UTC
  int cores = 1;
  double seconds = 0;  // spent on measuring or re-checking
  bool from_cache = false;
  std::vector<BandwidthCeiling> bandwidths;
  std::vector<ComputeCeiling> computes;
  std::vector<LatencyCeiling> latencies;
  double handshake_s = 0;  // shortest empty call through a runner that was seen; 0: none yet
};

/// Measures everything but the hand-shake: about 2 s.
Ceilings measure_ceilings();
/// From <machine_dir>/ceilings.json when it is of this host and a re-check (< 0.2 s) does not beat it by more
/// than 5 % (a ceiling that is beaten is raised, and beyond 25 % all are measured again); otherwise measures.
/// A broken cache is measured again, never an error. A ceiling taken on a busy machine is too low: before
/// rejecting a kernel that beats one, call this again. REQUIRES: the caller holds measure.lock. A result that
/// cannot be written is a warning.
Result<Ceilings> load_or_measure_ceilings(const std::string& machine_dir);
/// Keeps an empty call's time in <machine_dir>/ceilings.json when it is the shortest so far.
void remember_handshake(Ceilings& ceilings, const std::string& machine_dir, double seconds);
/// Processor name, usable cores and instruction sets of this machine.
std::string host_facts();
/// Cores that this process may use (affinity mask).
int usable_cores();

struct CeilingChoice {
  double rate = 0;   // bytes/s or op/s; 0 when unknown
  std::string name;  // "L2 copy, 1 thread"
  std::string level;
};
/// Bandwidth of the smallest level that holds `working_set_bytes`; the better of read and copy, since the mix
/// is unknown. `at_least` skips levels inside it ("L3": the data were just written by another core).
CeilingChoice bandwidth_for(const Ceilings& ceilings, double working_set_bytes, int threads,
                            const std::string& at_least = "");
/// Peak of the best instruction set, or of `isa` when that is known. f16 and bf16 count
/// as f32 and narrow integers as i32, unless the machine has something faster for them.
CeilingChoice peak_for(const Ceilings& ceilings, Dtype dtype, int threads, const std::string& isa = "");

Json to_json(const Ceilings& ceilings);
/// ERRORS: usage for anything that is not what to_json writes.
Result<Ceilings> ceilings_from(const Json& json, const std::string& origin);

}  // namespace ke
