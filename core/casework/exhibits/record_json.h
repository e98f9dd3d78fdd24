// Facts, panels, warnings and versions as the JSON that a case stores.
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
/// Missing members keep their default: older cases have fewer facts. Throws CaseError.
[[nodiscard]] FileFacts facts_of(const std::string& text);
/// Whether provenance was recorded. Cases of older versions did not record it.
[[nodiscard]] bool provenance_recorded(const std::string& facts);

/// The picture's traits and the experts' distances, as far as they are known.
[[nodiscard]] std::string scope_text(const PanelOpinion& opinion);
/// Sets them again. Throws CaseError.
void read_scope(const std::string& text, PanelOpinion& opinion);

/// Reads what panel_text() wrote, without the checks of a panel that is to be loaded: a panel with
/// an unknown architecture can still be shown. Throws CaseError.
[[nodiscard]] PanelRecord panel_of(const std::string& text);

[[nodiscard]] std::string sentences_text(const std::vector<std::string>& sentences);
[[nodiscard]] std::vector<std::string> sentences_of(const std::string& text);

using NamedVersions = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string versions_text(const NamedVersions& versions);
[[nodiscard]] NamedVersions versions_of(const std::string& text);

/// Adds the device's details from a session's options; older cases have none.
void read_device(const std::string& session_options, DeviceInfo& device);

}  // namespace dfd
