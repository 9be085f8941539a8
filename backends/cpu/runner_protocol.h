// SPDX-License-Identifier: MIT
// What judge and runner share: files in memory. The plan (with the judge's words) and the read-only arguments
// are sealed against every write of the runner; it writes its words and the outputs. Plan and reply belong to
// one process; the two files of arguments may serve two processes that are never awake together. The judge
// believes nothing that is written here except the bytes of outputs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ke_runner {

constexpr int kPlanFile = 3, kReplyFile = 4, kInputFile = 5, kOutputFile = 6;
constexpr int kKernelFile = 7;  // kPure: the kernel, sealed
constexpr uint32_t kMagic = 0x4b455031;
constexpr uint64_t kPage = 4096;

constexpr uint32_t kMostArguments = 512;  // kOnce: of all calls together

enum Mode : uint32_t {
  kServe,  // map the regions and wait for calls
  kOnce,   // one call on heap buffers of exact size, then return
  kPure    // as kServe, for a kernel in a file of its own, on a stack in the output file
};

/// kOnce: how the program ends once all has been done. Whoever ends it in another way, with success even,
/// takes the last word from main().
constexpr int kEndStatus = 40;
/// kOnce: a call has changed what it may only read.
constexpr int kChangedInput = 41;

/// Why a pure kernel was ended, where the signal alone does not say it.
enum Fault : uint32_t { kNoFault, kOwnImage, kClockPage, kTimeStamp, kStackEnd };

/// A run of pages that the runner maps at reservation + place; all around it stays unmapped.
struct Region {
  uint64_t file_offset, bytes, place;
  uint64_t writable;
};

struct Argument {
  uint64_t file_offset;  // of its data, or of the tile that its pages repeat
  uint64_t place;        // of its data, in the reservation
  uint64_t bytes, align_bytes;
  uint64_t writable;
};

/// At offset 0 of the plan file, followed by the regions and by call_count * argument_count arguments, call
/// by call.
struct Plan {
  uint32_t magic, mode;
  uint32_t region_count, argument_count, call_count;
  uint32_t spin;  // the judge spins: waking it is not needed
  uint64_t plan_bytes, reservation_bytes, output_bytes;
  uint64_t kernel_bytes, stack_region;  // kPure: size of the kernel's file, index of its stack's region
  // A new number: read `first` and `calls`, call the kernel. It is written together with the inputs, while
  // the runner is stopped; what wakes it is the continuation of the process.
  alignas(64) uint32_t go;
  uint32_t first, calls;
  uint32_t parts;          // kOnce: so many calls, each with its share of the arguments
  uint32_t other_thread;   // kServe: calls come from a thread that is not the first
  uint32_t callers;        // kServe: so many threads call at the same time, 1 or 2
  uint32_t brief_threads;  // kServe: every window is called by a thread that ends with it
  uint32_t within_team;    // kServe: calls come from within a parallel region, where the program has OpenMP
  uint32_t together;       // kOnce: arguments lie one behind the other in one piece of memory
  uint32_t flushes;        // kServe: the caller flushes subnormal floating-point numbers
};

/// At offset 0 of the reply file. `why` words only make messages better.
struct Reply {
  alignas(64) uint32_t ready;
  uint32_t why_signal, why_system_call, why_fault;
  uint32_t float_state_changed;  // a confession: control bits of the floating-point unit differ after calls
  uint32_t kept_base;            // kPure: the base of a segment is not 0 any more
  uint32_t registers_changed;    // a confession: a call did not give back what belongs to its caller
  uint32_t why_argument;         // the first one of the refused system call, its low word
  alignas(64) uint32_t done;
};

// The red team's kernels read and write these words; where they moved, those would attack nothing.
static_assert(offsetof(Plan, go) == 64 && offsetof(Plan, calls) == 72 && offsetof(Reply, done) == 64);
static_assert(sizeof(Plan) <= kPage && sizeof(Reply) <= kPage, "each fits a page");

}  // namespace ke_runner
