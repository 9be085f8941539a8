// SPDX-License-Identifier: MIT
#include "ke-build/model/evaluation.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Names, ACeilingOfMemorySaysNothingAboutArithmeticThatNobodyCounted) {
  Diagnosis diagnosis;
  diagnosis.ceiling = "L3 copy, 1 thread";
  diagnosis.efficiency = 0.0001;
  diagnosis.gain_left = 9438;
  for (const Bound bound : {Bound::compute, Bound::latency, Bound::unknown}) {
    diagnosis.bound = bound;
    diagnosis.flops = 0;
    EXPECT_EQ(ceiling_text(diagnosis),
              "0 % of L3 copy, 1 thread; $.ke.cost.flops would give its arithmetic a ceiling");
    diagnosis.flops = 1e6;
    EXPECT_EQ(ceiling_text(diagnosis),
              "0 % of the measured ceiling (L3 copy, 1 thread), at most 9438.0x left");
  }
  diagnosis.bound = Bound::memory;
  diagnosis.flops = 0;
  EXPECT_TRUE(has_ceiling(diagnosis));
}

}  // namespace
}  // namespace ke
