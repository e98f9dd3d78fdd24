// What the networks saw: a file's way from its bytes to each expert's tensor, step by step, and how
// the scores change when a step is taken otherwise. Plain C++.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"
#include "core/picture/decode_policy.h"

namespace dfd {

struct SeenStep {
    std::string name;      ///< "decoded", "oriented", "normalised", "input", "residuals"
    std::string sentence;  ///< what was done, and how the picture shows it
    std::vector<std::string> experts;  ///< whose step it is; empty: everybody's
    std::string tensor_sha256;         ///< of "input": as replay records have it; else empty
    Pixels picture;
};

/// The panel's answer to the pixels of one policy. The first is the reference.
struct SeenPolicy {
    PolicyPixels way;                     ///< of the reference: the pixels every score is of
    std::optional<PanelOpinion> opinion;  ///< none where the way has a problem
    [[nodiscard]] bool reference() const { return way.policy == DecodePolicy::Reference; }
};

struct Seen {
    std::string path;  ///< raw bytes of the path, or a label
    FileFacts facts;
    std::vector<std::string> warnings;
    std::vector<SeenStep> steps;       ///< in the order in which they are taken
    std::vector<SeenPolicy> policies;  ///< the reference, then what `other_decodings` found
};

struct SeenOptions {
    bool grey = false;  ///< also score the picture without colour
    DecodeLimits limits;
};

/// The way of a file's bytes, which are read once, and every policy's pixels without a score.
/// Blocks. Throws PictureError, Cancelled (asked between steps), DeviceError, std::bad_alloc.
[[nodiscard]] Seen steps_through(const Evaluator& evaluator, const Source& source,
                                 const SeenOptions& options = {}, const std::stop_token& stop = {});

/// Scores the pixels of each policy that has some, one after the other; `heard` gets its place in
/// `policies` and its opinion, on the caller's thread. Blocks. Throws Cancelled, DeviceError,
/// std::bad_alloc, and what `heard` throws.
void score_policies(
    Evaluator& evaluator, std::span<const SeenPolicy> policies, const std::stop_token& stop,
    const std::function<void(std::size_t policy, const PanelOpinion& opinion)>& heard);

/// Both, of a file. Blocks. Throws PictureError, Cancelled, DeviceError,
/// std::bad_alloc.
[[nodiscard]] Seen look_through(Evaluator& evaluator, const std::filesystem::path& path,
                                const SeenOptions& options = {}, const std::stop_token& stop = {},
                                const Progress& progress = {});

/// Writes every step and every policy's pixels into `folder` (made where it is missing) as
/// STEM-N-NAME.png and STEM-policy-NAME.png; returns the files, steps first, empty where a policy
/// has no pixels. Throws as `write_heatmaps`.
std::vector<std::filesystem::path> write_seen(const std::filesystem::path& folder,
                                              const Seen& seen);

/// One JSON object on one line: path, sha256, warnings, steps [{name, sentence, experts, width,
/// height, tensor_sha256, file}], policies [{policy, reference, sentence, problem, width, height,
/// score, difference (from the reference), band, experts [{name, score}], file}], panel, device,
/// precision. Null where there is none; `files` are write_seen's, or empty.
[[nodiscard]] std::string seen_json(const Seen& seen, const ScoredBy& by,
                                    std::span<const std::filesystem::path> files);

/// The same in lines for people.
[[nodiscard]] std::string seen_text(const Seen& seen);

}  // namespace dfd
