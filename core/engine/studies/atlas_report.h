// The report of `dfd atlas` about one picture. Plain C++.
#pragma once

#include <string>

#include "core/engine/results/result_export.h"
#include "core/engine/studies/atlas.h"

namespace dfd {

/// One object on one line: path, sha256, width, height, panel {name, digest, starter}, device,
/// precision, score and experts [{name, score}] (the whole picture: the reference), faces_sought,
/// planned, complete, windows [{x, y, width, height, scale, face, score, experts [{name, score}]}].
[[nodiscard]] std::string atlas_json(const Atlas& atlas, const PictureName& picture,
                                     const ScoredBy& by);

/// RFC 4180, one row per window, the whole picture first: path, sha256, x, y, width, height, scale,
/// face, score, and one column per expert.
[[nodiscard]] std::string atlas_csv_header(const PanelRecord& panel);
[[nodiscard]] std::string atlas_csv(const Atlas& atlas, const PictureName& picture);

/// As text: the whole picture, the windows around faces, and the `most` highest of the others, with
/// a line break at the end. The path is raw bytes.
[[nodiscard]] std::string atlas_text(const Atlas& atlas, const PictureName& picture,
                                     const ScoredBy& by, std::size_t most = 10);

}  // namespace dfd
