// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/inputs.h"

namespace ke {

const char* name_of(InputStyle style) {
  switch (style) {
    case InputStyle::typical:
      return "typical";
    case InputStyle::heavy_tail:
      return "heavy_tail";
    case InputStyle::one_hot:
      return "one_hot";
    case InputStyle::constant_rows:
      return "constant_rows";
    case InputStyle::runs:
      return "runs";
    case InputStyle::sorted:
      return "sorted";
    case InputStyle::alternating_sign:
      return "alternating_sign";
    case InputStyle::small_integers:
      return "small_integers";
    case InputStyle::spikes:
      return "spikes";
    case InputStyle::tiny:
      return "tiny";
    case InputStyle::specials:
      return "specials";
    case InputStyle::infinities:
      return "infinities";
    case InputStyle::extremes:
      return "extremes";
    case InputStyle::masked:
      return "masked";
    case InputStyle::offset_rows:
      return "offset_rows";
    case InputStyle::rescaled:
      return "rescaled";
    case InputStyle::sparse:
      return "sparse";
    case InputStyle::graded:
      return "graded";
    case InputStyle::giants:
      return "giants";
    case InputStyle::padded:
      return "padded";
    case InputStyle::guided:
      return "guided";
    case InputStyle::nearly:
      return "nearly";
    case InputStyle::walks:
      return "walks";
    case InputStyle::ties:
      return "ties";
  }
  return "?";
}

}  // namespace ke
