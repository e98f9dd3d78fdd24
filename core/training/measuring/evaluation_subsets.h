// Subsets of an evaluation's pictures: by size, and by the processing that a manifest's row lists.
// Plain C++.
// Internal to core/training/measuring.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

/// All names, in the order of tables: "up to 0.25 megapixels", ..., "jpeg below 60", ....
[[nodiscard]] const std::vector<std::string>& subset_names();

/// Indices of the names that hold for a picture. Its processing is the list "processing" of the
/// row's parameters, as `dfd prepare process` writes it; a row without it is "not processed here".
[[nodiscard]] std::vector<std::size_t> subsets_of(const ManifestRow& row, double megapixels);

}  // namespace dfd
