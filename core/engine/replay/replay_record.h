// The record of a scored picture, from which anybody can score it again and compare. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/examine/examiner.h"

namespace dfd {

/// A record that cannot be read. what() names the file, the reason and what to do.
class ReplayError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Every step from the file to the score, each with a digest or another identity. Digests are
/// SHA-256 in lower-case hexadecimal.
struct ReplayRecord {
    std::string path;  ///< as given, raw bytes; for display, never compared
    std::uint64_t bytes = 0;
    std::string sha256;  ///< of the file's bytes
    std::string format;
    std::string decoder;

    int width = 0;  ///< of the decoded, oriented pixels
    int height = 0;
    std::string pixels_sha256;  ///< of the pixels' bytes: RGB, row-major

    /// A distinct input tensor [1,3,height,width]; of windows, one below the other.
    struct Input {
        InputPolicy policy;  ///< with windows only if such were read
        int width = 0;
        int height = 0;
        std::string sha256;  ///< of its float32 values, little-endian
        /// From all over it, to distinguish rounding from other changes.
        std::vector<float> samples;
        std::vector<std::string> experts;  ///< names of the experts that use it
    };
    std::vector<Input> inputs;
    int preprocessing = 0;  ///< kPreprocessingVersion

    std::string panel;
    std::string panel_digest;
    bool starter = false;
    std::string calibration;  ///< its name; empty: the unnamed one, or none
    struct Expert {
        std::string name;
        std::string architecture;
        std::string weights_sha256;
        std::array<double, 2> logits{};
        double score = 0;
        /// Why it had no opinion on the picture; then logits and score are NaN. Empty: it had one.
        std::string failure = {};
        /// False for a program that runs files which nothing binds: it may score otherwise another
        /// time. None: unknown, because the program's manifest was not there.
        std::optional<bool> reproducible = true;
        bool left = false;  ///< as ExpertOpinion::left
    };
    std::vector<Expert> experts;

    Precision precision = Precision::Float32;
    DeviceInfo device;  ///< `memory` is not recorded
    std::vector<std::pair<std::string, std::string>> libraries;

    double score = 0;
    double spread = 0;
    /// How much a score may differ when it is computed again at this precision on this kind of
    /// device.
    double tolerance = 0;
};

/// How much scores of one precision may differ between machines: 1e-4 for fp32 on CPUs (the scoring
/// contract), 1e-3 on CUDA devices, 0.005 for fp16, 0.02 for bf16.
[[nodiscard]] double score_tolerance(const std::string& device_id, Precision precision);

/// What an examination was scored with.
struct ReplayScorer {
    PanelRecord panel;
    Precision precision = Precision::Float32;
    DeviceInfo device;
    std::vector<std::pair<std::string, std::string>> libraries;
};

/// Makes the record of a scored examination. `picture` is its file, decoded again; if the digests
/// of the two differ, the file has changed and ReplayError is thrown. Prepares the input tensors
/// again on the device in `by`, which blocks for about as long as decoding. Throws DeviceError,
/// std::bad_alloc.
[[nodiscard]] ReplayRecord make_replay_record(const Examination& examination,
                                              const Picture& picture, const ReplayScorer& by);
/// The same for an examination that `evaluator` scored in this process.
[[nodiscard]] ReplayRecord make_replay_record(const Examination& examination,
                                              const Picture& picture, const Evaluator& evaluator);

/// Indented JSON with a line break at the end. These bytes are what is signed.
[[nodiscard]] std::string replay_record_json(const ReplayRecord& record);

/// Reads and checks a record. Throws ReplayError.
[[nodiscard]] ReplayRecord read_replay_record(const std::filesystem::path& file);

/// "STEM-0123456789abcdef.json": the picture's name and the start of its digest.
[[nodiscard]] std::string replay_record_name(const ReplayRecord& record);

}  // namespace dfd
