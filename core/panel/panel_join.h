// Joins panels that ask one question each into a panel that asks all of them. Plain C++.
#pragma once

#include <filesystem>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

/// `plan` is a JSON object: name, title, licence, origin and starter of the new panel, and
/// questions, a list of objects with id, text, fake and real (as in `Question`) and, if several
/// panels answer it, their number as `panels`. `panels` are the folders of the panels that answer
/// them, in the same order.
///
/// Copies the weights of all experts to `out`, which must not exist or be an empty folder, and
/// writes its panel.json. The experts keep their names, files and order. Every file is compared
/// with its digest first. Blocks; throws PanelError with a sentence: a member is missing or of the
/// wrong type, there are more or fewer panels than the plan says, a panel is unusable or asks
/// several questions, two experts share a name, or a file cannot be written.
PanelRecord join_panels(const std::filesystem::path& plan,
                        const std::vector<std::filesystem::path>& panels,
                        const std::filesystem::path& out);

}  // namespace dfd
