// Stage I, the neural branch: photographs that went through a network, with masks and untouched
// twins.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/fakes/fake_report.h"
#include "core/training/manifest/training_error.h"

namespace dfd {

/// Valid values of `operations`: "autoencoder", "autoencoder-local", "fill-autoencoder",
/// "super-resolution" and "super-resolution-local".
[[nodiscard]] std::vector<std::string> neural_operations();

struct PrepareNeuralOptions {
    std::filesystem::path photos;  ///< folder of untouched photographs, searched recursively
    std::filesystem::path out;     ///< output folder: real/, fake/, mask/ and manifest.csv
    /// Folder with the networks, any of: an autoencoder (X_encoder.pth and X_decoder.pth of the
    /// TAESD project), compact upscalers of Real-ESRGAN in ncnn's format (.param and .bin), and
    /// OpenCV's FSRCNN_xN.pb and ESPCN_xN.pb.
    std::filesystem::path networks;
    int per_photo = 4;                    ///< fakes per photograph, each with its own twin
    std::vector<std::string> operations;  ///< from neural_operations(); empty: all with a network
    std::uint64_t seed = 1;
    int side = 512;   ///< largest width and height of a crop
    int threads = 0;  ///< 0: one per processor; the result does not depend on it
};

/// As prepare_edit, with networks instead of edits; neural.json records the options and the
/// networks' digests. Three of four crops are taken from a reduced photograph (0.25 to 1). Local
/// operations change only the inside of a mask, on the networks' grid of 8 pixels plus margin, with
/// a feathered edge. "fill-autoencoder" inpaints or copies a part first, then passes it through the
/// autoencoder. Blocks for seconds a fake. Throws TrainingError, CheckpointError, Cancelled (after
/// writing the manifest).
FakeReport prepare_neural(const PrepareNeuralOptions& options, const Progress& progress = {},
                          std::stop_token stop = {});

}  // namespace dfd
