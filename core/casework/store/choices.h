// Settings of a case as a whole, by key; the last choice counts, by the log's order.
// Internal to core/casework.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/casework/store/recording.h"

namespace dfd {

namespace choice_keys {
inline constexpr const char* kId = "id";
inline constexpr const char* kScorer = "scorer";           ///< "DIGEST PRECISION PREPROCESSING"
inline constexpr const char* kProfile = "profile";         ///< name of the active thresholds
inline constexpr const char* kThresholds = "thresholds ";  ///< + name: {"real_below", "fake_from"}
inline constexpr const char* kFilter = "filter ";          ///< + name: JSON; empty means deleted
}  // namespace choice_keys

/// Nothing when it was never chosen.
[[nodiscard]] std::optional<std::string> read_choice(Database& database, const std::string& key);
/// The last choice of every key that begins with `start`; the keys are given without `start`.
[[nodiscard]] std::map<std::string, std::string> read_choices(Database& database,
                                                              const std::string& start);
void record_choice(Recording& recording, const std::string& key, const std::string& value);

}  // namespace dfd
