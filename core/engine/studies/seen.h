// Shows what the networks saw: each step from a file's bytes to every expert's tensor, and how the
// scores change when the file is decoded differently. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
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
    int width = 0;                     ///< of its pixels
    int height = 0;
    std::filesystem::path file;  ///< where its pixels were written; else empty

    /// What was done, and how the picture shows it.
    [[nodiscard]] std::string sentence() const { return say(pattern, {values[0], values[1]}); }
};

/// One way of decoding the file. The first is the reference.
struct SeenPolicy {
    DecodePolicy policy = DecodePolicy::Reference;
    std::string sentence;                 ///< what is done; English, for say_again()
    std::string problem;                  ///< likewise, why there are no pixels; else empty
    int width = 0;                        ///< of its pixels, once they were made
    int height = 0;                       ///< likewise
    std::optional<PanelOpinion> opinion;  ///< once scored; none when there is a problem
    std::filesystem::path file;           ///< where its pixels were written; else empty
    [[nodiscard]] bool reference() const { return policy == DecodePolicy::Reference; }
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
    /// Every step and every policy's pixels are written into this folder (created if it is missing)
    /// as STEM-N-NAME.png and STEM-policy-NAME.png, by `look_through`; empty: nothing is.
    std::filesystem::path out;
};

/// A file that is looked through, read and decoded once. The pixels of its steps and policies are
/// made when they are asked for, so that only the decoded picture and those in use are in memory.
/// Thread-safe; needs no evaluator but for what its functions take.
class SeenFile {
  public:
    /// Valid while the SeenFile exists.
    using Shown = std::shared_ptr<const Pixels>;
    using OnStep = std::function<void(const SeenStep& step, const Pixels& pixels)>;
    /// `pixels` is null where the policy has a problem.
    using OnPolicy =
        std::function<void(std::size_t index, const SeenPolicy& policy, const Pixels* pixels)>;

    /// Blocks. Throws PictureError, std::bad_alloc.
    SeenFile(const Evaluator& evaluator, const Source& source, const SeenOptions& options = {});

    [[nodiscard]] const FileFacts& facts() const { return picture_.facts; }
    /// Each step with its size and digest; `each` receives its pixels, made for that. Other
    /// policies than the reference are listed without sizes, and none has a score. Blocks. Throws
    /// Cancelled (checked between steps), DeviceError, std::bad_alloc, and what `each` throws.
    [[nodiscard]] Seen steps(const std::stop_token& stop = {}, const OnStep& each = {}) const;
    /// Makes and scores each policy, one after the other. `each` receives its index and what became
    /// of it, on the caller's thread; opinions are about the question that leads for the first.
    /// Blocks. Throws as above.
    void score(Evaluator& evaluator, const std::stop_token& stop, const OnPolicy& each) const&;
    /// The last thing that is done with the file: the last policy is made in the memory of the
    /// decoded picture where it can be.
    void score(Evaluator& evaluator, const std::stop_token& stop, const OnPolicy& each) &&;

    /// The pixels of one of the steps, and of one of the policies. Block. The second throws
    /// PictureError where the policy has a problem.
    [[nodiscard]] Shown step(std::size_t index) const;
    [[nodiscard]] Shown policy(std::size_t index) const;

  private:
    enum class Kind { Decoded, Oriented, Normalised, Input, Residuals };
    /// How a step is made.
    struct Line {
        Kind kind = Kind::Decoded;
        InputPolicy policy;                ///< of the last three
        std::vector<std::string> experts;  ///< likewise
    };

    [[nodiscard]] std::pair<int, int> size_of(const Line& line) const;
    [[nodiscard]] SeenStep described(const Line& line) const;
    void score_each(Evaluator& evaluator, const std::stop_token& stop, const OnPolicy& each,
                    const std::function<Shown(std::size_t index)>& pixels_of) const;
    [[nodiscard]] Shown reference() const;
    [[nodiscard]] Shown made(const Line& line) const;

    std::string path_;
    std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
    Picture picture_;
    std::string device_;
    std::vector<Line> lines_;
    std::vector<OtherDecoding> policies_;  ///< the reference first
};

/// Does all of it for a file. Blocks. Throws PictureError, Cancelled, DeviceError, std::bad_alloc,
/// and as `write_heatmaps`.
[[nodiscard]] Seen look_through(Evaluator& evaluator, const std::filesystem::path& path,
                                const SeenOptions& options = {}, const std::stop_token& stop = {},
                                const Progress& progress = {});

/// One JSON object on one line: path, sha256, warnings, steps [{name, sentence, experts, width,
/// height, tensor_sha256, file}], policies [{policy, reference, sentence, problem, width, height,
/// score, difference (from the reference), band, experts [{name, score}], file}], panel, device,
/// precision. What is missing is null.
[[nodiscard]] std::string seen_json(const Seen& seen, const ScoredBy& by);

/// The same as lines of text.
[[nodiscard]] std::string seen_text(const Seen& seen);

}  // namespace dfd
