// Exports results as JSON, CSV and pictures: the same bytes from window and command line.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "core/opinion/firmness.h"

namespace dfd {

/// The panel, device and precision of a score; part of every exported result.
struct ScoredBy {
    PanelRecord panel;
    std::string device;
    Precision precision = Precision::Float32;
};

/// ", calibration newsroom", to be added to the panel's name; empty for the one without a name.
[[nodiscard]] std::string calibration_note(const PanelRecord& panel);

/// The picture that a report is about.
struct PictureName {
    std::string path;    ///< raw bytes
    std::string sha256;  ///< of its bytes
};

/// The words for scores that the panel's calibration gives; not named when it has none for these
/// experts and this precision.
[[nodiscard]] QuestionBands measured_bands(const ScoredBy& by);

/// One JSON object on one line (no newline): path, sha256, width, height, file {format, decoder,
/// bytes, stored_width, stored_height, orientation, bits_per_channel, colour_model, alpha, frames,
/// profile: as in FileFacts}, score, spread, band {name, real_below, fake_from}, assessment
/// {as `assessment_json`}, experts [{index,
/// name, architecture, logits, score, without[, looked_at {windows, size, share}][,
/// distance, beyond, left: with a gate, see ExpertOpinion][, gradcam (null:
/// not looked at)[, map_of (of another method than Grad-CAM: "occlusion", "own map")]]}], panel
/// {name, digest, starter[, caution][, calibration]}, device, precision, seconds, warnings,
/// provenance [{kind, sentence, declares_generated, evidence, details
/// [{name, value}]}], combination {reference[, weights {name: weight}][,
/// fusion [{[question, ]bias, slopes {name: slope}}]]}, disagreement {threshold,
/// mean, spread, range, fake_votes, real_votes, mutual_information (bits), without_lowest,
/// without_highest, flipped_by [], architectures [{architecture, experts, mean, spread, range,
/// fake_votes, real_votes, mutual_information}]}, for a panel with several questions also question
/// (id of the one that score, spread, band and disagreement are about), questions [{id, text, fake,
/// real, answered, score, spread, band, real_below, fake_from, assessment, experts [],
/// disagreement}] and each expert's
/// question (id), with `firmness` also stability {the members of `firmness_json`}, summary (a
/// paragraph; with `firmness` it covers the stability, too). For a picture without an opinion only
/// path and error {code, message}. In paths that are not UTF-8, invalid bytes become U+FFFD and
/// "path_bytes" (hexadecimal) is added.
[[nodiscard]] std::string to_json(const Examination& examination, const ScoredBy& by,
                                  bool with_maps, const QuestionBands& bands = {},
                                  const Firmness* firmness = nullptr);

/// RFC 4180. The header has one score column per expert of the panel. Then follow range, votes,
/// mutual information, the experts that flip the panel's side (joined by "; "), and the weights
/// ("name=0.5; other=0") unless it is the reference combination. For a panel with several questions
/// then the id of the one that score, spread and band are about, and each question's score, spread
/// and band.
[[nodiscard]] std::string csv_header(const PanelRecord& panel);
[[nodiscard]] std::string to_csv(const Examination& examination, const ScoredBy& by,
                                 const QuestionBands& bands = {});

/// Optional further columns: lowest and highest score over ordinary re-sharing, how many such
/// versions were tried, how many of them changed the picture's side, and `firmness_summary`.
/// Without a leading comma. The fields are empty when `firmness` is null.
[[nodiscard]] std::string firmness_csv_header();
[[nodiscard]] std::string firmness_csv(const Firmness* firmness, const QuestionBands& bands = {});

/// The examination with its experts reweighted, one weight per expert, in order. Warnings and maps
/// stay. Without an opinion nothing changes. Throws as `combine` does.
[[nodiscard]] Examination reweighed(Examination examination, std::span<const double> weights);

/// "Prediction of [PATH] being Deepfake: %10.9f", the reference's line (PATH as `visible` shows
/// it). A panel with several questions adds the one that the score answers, in brackets.
[[nodiscard]] std::string to_reference_line(const Examination& examination);

/// Creates a folder for heatmaps if it is missing. Call it before scoring rather than after. Throws
/// std::runtime_error with a sentence when the folder cannot be created or written to.
void make_heatmap_folder(const std::filesystem::path& folder);

/// Writes `STEM-mean.png` (for several questions `STEM-mean-<id>.png` each) and
/// `STEM-<expert name>.png` into `folder` (created as above): each map over the grey picture, with
/// `map_text` in the file; `made` is the day, as it is to be read. All maps share one scale, from 0
/// to the largest value of any expert's map. Returns the files. STEM is the file name plus the
/// first 8 digits of its SHA-256.
std::vector<std::filesystem::path> write_heatmaps(const std::filesystem::path& folder,
                                                  const Pixels& picture,
                                                  const Examination& examination,
                                                  const ScoredBy& by, const std::string& made);

}  // namespace dfd
