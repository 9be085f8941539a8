// SPDX-License-Identifier: MIT
// Precompiled once for all rooms: the headers that cost most to parse. Sources still include what they use.
#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>
