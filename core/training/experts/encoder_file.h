// Makes encoder files, and recognises a network that was trained on one.
#pragma once

#include <filesystem>
#include <string>

namespace dfd {

class ExpertNetwork;

struct EncoderRequest {
    std::string from;  ///< starting weights, as load_starting_weights() takes them
    std::string architecture = "clip_vit_b16";
    std::filesystem::path out;  ///< empty: by its digest, in the first of encoder_folders()
};

struct MadeEncoder {
    std::filesystem::path file;
    std::string sha256;     ///< of the file; panel.json names it
    bool compared = false;  ///< whether expected embeddings of this source are known
    double difference = 0;  ///< the largest from them, when compared
};

/// Differences from the expected embeddings up to this are the rounding of the encoder's float16.
inline constexpr double kEmbeddingTolerance = 0.002;

/// Writes the tensors of the network `from`, without its head: matrices in float16, vectors in
/// float32. The bytes depend on the tensors alone. For a source whose digest is known, embeddings
/// of three synthetic pictures are computed with the rounded tensors and compared with stored ones
/// (sums over every 32nd of the 512 values, computed by another implementation in float64).
/// Blocks. Throws TrainingError (also when they differ by more than kEmbeddingTolerance; then no
/// file is written), PanelError or CheckpointError.
[[nodiscard]] MadeEncoder make_encoder(const EncoderRequest& request);

/// The SHA-256 of an encoder file in encoder_folders() whose tensors are those of the network,
/// rounded as in the file; empty when there is none. Blocks.
[[nodiscard]] std::string known_encoder(ExpertNetwork& network, const std::string& architecture);

}  // namespace dfd
