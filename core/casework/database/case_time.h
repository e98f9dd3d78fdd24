// Points in time as a case stores them. Plain C++.
#pragma once

#include <cstdint>
#include <string>

namespace dfd {

/// Milliseconds since 1970 in UTC, for all times in a case.
using CaseTime = std::int64_t;
[[nodiscard]] CaseTime case_time_now();
/// "2026-03-01T09:30:00.000Z"
[[nodiscard]] std::string iso_time(CaseTime time);

}  // namespace dfd
