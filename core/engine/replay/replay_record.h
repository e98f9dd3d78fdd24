// One scored picture written down so that anybody can score it again and compare. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/examine/examiner.h"

namespace dfd {

/// A record that cannot be read: a sentence with the file, why, and what to do.
class ReplayError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Every step from the file to the score, each with what identifies it. Digests are SHA-256 in
/// lower-case hexadecimal.
struct ReplayRecord {
    std::string path;  ///< as it was given, raw bytes; for people, never compared
    std::uint64_t bytes = 0;
    std::string sha256;  ///< of the file's bytes
    std::string format;
    std::string decoder;

    int width = 0;  ///< of the decoded, oriented pixels
    int height = 0;
    std::string pixels_sha256;  ///< of their bytes: RGB, row by row

    /// A distinct input tensor [1,3,height,width].
    struct Input {
        InputPolicy policy;
        int width = 0;
        int height = 0;
        std::string sha256;                ///< of its float32 values, little-endian
        std::vector<float> samples;        ///< from all over it, to tell rounding from others
        std::vector<std::string> experts;  ///< names of those that are given it
    };
    std::vector<Input> inputs;
    int preprocessing = 0;  ///< kPreprocessingVersion

    std::string panel;
    std::string panel_digest;
    bool starter = false;
    struct Expert {
        std::string name;
        std::string architecture;
        std::string weights_sha256;
        std::array<double, 2> logits{};
        double score = 0;
    };
    std::vector<Expert> experts;

    Precision precision = Precision::Float32;
    DeviceInfo device;  ///< `memory` is not recorded
    std::vector<std::pair<std::string, std::string>> libraries;

    double score = 0;
    double spread = 0;
    /// How far a score may be off when it is computed again, at this precision on this kind of
    /// device.
    double tolerance = 0;
};

/// By how much scores of one precision may differ between machines: 1e-4 for fp32 on processors
/// (the scoring contract), 1e-3 on CUDA cards, 0.005 for fp16, 0.02 for bf16.
[[nodiscard]] double score_tolerance(const std::string& device_id, Precision precision);

/// With what an examination was scored.
struct ReplayScorer {
    PanelRecord panel;
    Precision precision = Precision::Float32;
    DeviceInfo device;
    std::vector<std::pair<std::string, std::string>> libraries;
};

/// Of a scored examination and its picture, decoded again (the digests of both must agree, else
/// ReplayError: the file changed). Prepares the input tensors once more on the device that `by`
/// names: blocks for about as long as decoding. Throws DeviceError, std::bad_alloc.
[[nodiscard]] ReplayRecord make_replay_record(const Examination& examination,
                                              const Picture& picture, const ReplayScorer& by);
/// Scored just now with these libraries.
[[nodiscard]] ReplayRecord make_replay_record(const Examination& examination,
                                              const Picture& picture, const Evaluator& evaluator);

/// Indented JSON with a line break at its end, the bytes that are signed.
[[nodiscard]] std::string replay_record_json(const ReplayRecord& record);

/// Reads and checks a record. Throws ReplayError.
[[nodiscard]] ReplayRecord read_replay_record(const std::filesystem::path& file);

/// "STEM-0123456789abcdef.json": the picture's name and the start of its digest.
[[nodiscard]] std::string replay_record_name(const ReplayRecord& record);

}  // namespace dfd
