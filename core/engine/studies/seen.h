// Shows what the networks saw: each step from a file's bytes to every expert's tensor, and how the
// scores change when the file is decoded differently. Plain C++.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/language.h"
#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"
#include "core/picture/decode_policy.h"

namespace dfd {

struct SeenStep {
    std::string name;  ///< "decoded", "oriented", "normalised", "input", "residuals"
    /// English, to be said with the values: see `sentence`.
    const char* pattern = "";
    std::array<std::string, 2> values{};
    std::vector<std::string> experts;  ///< those that this step belongs to; empty: all
    std::string tensor_sha256;         ///< of "input", as in replay records; else empty
    Pixels picture;

    /// What was done, and how the picture shows it.
    [[nodiscard]] std::string sentence() const { return say(pattern, {values[0], values[1]}); }
};

/// The panel's opinion of the pixels of one decode policy. The first policy is the reference.
struct SeenPolicy {
    PolicyPixels way;                     ///< for the reference: the pixels of every other score
    std::optional<PanelOpinion> opinion;  ///< none when `way` has a problem
    [[nodiscard]] bool reference() const { return way.policy == DecodePolicy::Reference; }
};

struct Seen {
    std::string path;  ///< raw bytes of the path, or a label
    FileFacts facts;
    std::vector<std::string> warnings;
    std::vector<SeenStep> steps;       ///< in processing order
    std::vector<SeenPolicy> policies;  ///< the reference, then what `other_decodings` found
};

struct SeenOptions {
    bool grey = false;  ///< also score the picture without colour
    DecodeLimits limits;
};

/// The steps for a file's bytes, which are read once, and every policy's pixels without a score.
/// Blocks. Throws PictureError, Cancelled (checked between steps), DeviceError, std::bad_alloc.
[[nodiscard]] Seen steps_through(const Evaluator& evaluator, const Source& source,
                                 const SeenOptions& options = {}, const std::stop_token& stop = {});

/// Scores the pixels of each policy that has some, one after the other. `listener` receives the
/// index in `policies` and the opinion, about the question that leads for the first of them, on the
/// caller's thread. Blocks. Throws Cancelled,
/// DeviceError, std::bad_alloc, and what `listener` throws.
void score_policies(
    Evaluator& evaluator, std::span<const SeenPolicy> policies, const std::stop_token& stop,
    const std::function<void(std::size_t policy, const PanelOpinion& opinion)>& listener);

/// Does both for a file. Blocks. Throws PictureError, Cancelled, DeviceError, std::bad_alloc.
[[nodiscard]] Seen look_through(Evaluator& evaluator, const std::filesystem::path& path,
                                const SeenOptions& options = {}, const std::stop_token& stop = {},
                                const Progress& progress = {});

/// Writes every step and every policy's pixels into `folder` (created if it is missing) as
/// STEM-N-NAME.png and STEM-policy-NAME.png. Returns the files, steps first, with an empty path
/// where a policy has no pixels. Throws as `write_heatmaps`.
std::vector<std::filesystem::path> write_seen(const std::filesystem::path& folder,
                                              const Seen& seen);

/// One JSON object on one line: path, sha256, warnings, steps [{name, sentence, experts, width,
/// height, tensor_sha256, file}], policies [{policy, reference, sentence, problem, width, height,
/// score, difference (from the reference), band, experts [{name, score}], file}], panel, device,
/// precision. What is missing is null. `files` are those of write_seen, or empty.
[[nodiscard]] std::string seen_json(const Seen& seen, const ScoredBy& by,
                                    std::span<const std::filesystem::path> files);

/// The same as lines of text.
[[nodiscard]] std::string seen_text(const Seen& seen);

}  // namespace dfd
