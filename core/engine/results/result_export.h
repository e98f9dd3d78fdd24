// Results as text and pictures: the same bytes from window and command line.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "core/opinion/firmness.h"

namespace dfd {

/// Who scored: bound into every exported result.
struct ScoredBy {
    PanelRecord panel;
    std::string device;
    Precision precision = Precision::Float32;
};

/// One JSON object on one line (no newline): path, sha256, width, height, file {format, decoder,
/// bytes, stored_width, stored_height, orientation, bits_per_channel, colour_model, alpha, frames,
/// profile: as FileFacts has them}, score, spread,
/// band {name, real_below, fake_from}, experts
/// [{index, name, architecture, logits, score, without[, gradcam]}], panel {name, digest, starter},
/// device, precision, seconds, warnings,
/// provenance [{kind, sentence, declares_generated, evidence, details [{name, value}]}],
/// combination {reference[, weights {name: weight}]},
/// disagreement {threshold, mean, spread, range, fake_votes, real_votes, mutual_information (bits),
/// without_lowest, without_highest, flipped_by [], architectures [{architecture, experts, mean,
/// spread, range, fake_votes, real_votes, mutual_information}]}, with `firmness` stability {the
/// members of `firmness_json`}, summary (a paragraph, in which that is told, too); or path and
/// error {code, message}. Paths that are not UTF-8 are written with U+FFFD, and "path_bytes"
/// (hexadecimal) is added.
[[nodiscard]] std::string to_json(const Examination& examination, const ScoredBy& by,
                                  bool with_maps, const BandThresholds& thresholds = {},
                                  const Firmness* firmness = nullptr);

/// RFC 4180. The header names one score column per expert of the panel; after these come range,
/// votes, mutual information, the experts that flip the panel's side (joined by "; "), and the
/// weights ("name=0.5; other=0") where it is not the reference combination.
[[nodiscard]] std::string csv_header(const PanelRecord& panel);
[[nodiscard]] std::string to_csv(const Examination& examination, const ScoredBy& by,
                                 const BandThresholds& thresholds = {});

/// Columns that may follow: lowest and highest score over ordinary re-sharing, how many versions
/// of it were tried and left the picture's side, and the sentences of `firmness_story`. Without a
/// comma before; empty fields for null.
[[nodiscard]] std::string firmness_csv_header();
[[nodiscard]] std::string firmness_csv(const Firmness* firmness,
                                       const BandThresholds& thresholds = {});

/// The same examination with its experts weighted anew, one weight each, in order; warnings and
/// maps stay. Without an opinion nothing changes. Throws as `combine` does.
[[nodiscard]] Examination reweighed(Examination examination, std::span<const double> weights);

/// "Prediction of [PATH] being Deepfake: %10.9f", the reference's line (PATH as raw bytes).
[[nodiscard]] std::string to_reference_line(const Examination& examination);

/// Makes a folder for heatmaps where it is missing; better before scoring than after. Throws
/// std::runtime_error, a sentence, when it cannot be made or written to.
void make_heatmap_folder(const std::filesystem::path& folder);

/// Writes `STEM-mean.png` and `STEM-<expert name>.png` into `folder` (made as above): the picture
/// with each map laid over it. All maps share one scale: 0 to the largest value of any expert's.
/// Returns the files written. STEM is the file name plus the first 8 digits of its SHA-256.
std::vector<std::filesystem::path> write_heatmaps(const std::filesystem::path& folder,
                                                  const Pixels& picture,
                                                  const Examination& examination);

}  // namespace dfd
