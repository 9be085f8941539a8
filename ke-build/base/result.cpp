// SPDX-License-Identifier: MIT
#include "ke-build/base/result.h"

namespace ke {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return 2;
    case ErrorCode::not_found:
    case ErrorCode::io:
    case ErrorCode::tool:
    case ErrorCode::conflict:
    case ErrorCode::refused:
      return 3;
    case ErrorCode::budget:
      return 4;
    case ErrorCode::network:
      return 5;
    case ErrorCode::internal:
      return 70;
  }
  return 70;
}

}  // namespace ke
