// Facts, panels and lists of sentences as the JSON a case keeps.
// Internal to core/casework.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

[[nodiscard]] std::string facts_text(const FileFacts& facts);
/// Members that are missing keep their default: older cases know fewer facts. Throws CaseError.
[[nodiscard]] FileFacts facts_of(const std::string& text);
/// False in cases made before it was kept: then nobody knows what the file said of its origin.
[[nodiscard]] bool tells_provenance(const std::string& facts);

/// What panel_text() wrote, without the checks of a panel that is to be loaded: an architecture
/// this program does not know can still be named. Throws CaseError.
[[nodiscard]] PanelRecord panel_of(const std::string& text);

[[nodiscard]] std::string sentences_text(const std::vector<std::string>& sentences);
[[nodiscard]] std::vector<std::string> sentences_of(const std::string& text);

using NamedVersions = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string versions_text(const NamedVersions& versions);
[[nodiscard]] NamedVersions versions_of(const std::string& text);

/// Adds to a device what a session's options say of it; older cases say nothing.
void read_device(const std::string& session_options, DeviceInfo& device);

}  // namespace dfd
