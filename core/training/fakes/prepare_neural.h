// Stage I, the neural branch: photographs that went through a network, with masks and untouched
// twins.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/fakes/fake_options.h"
#include "core/training/manifest/training_error.h"

namespace dfd {

/// Valid values of `operations`: "autoencoder", "autoencoder-local", "fill-autoencoder",
/// "super-resolution" and "super-resolution-local".
[[nodiscard]] std::vector<std::string> neural_operations();

/// `operations` are from neural_operations(); empty: all with a network.
struct PrepareNeuralOptions : FakeOptions {
    PrepareNeuralOptions() { per_photo = 4; }
    /// Folder with the networks, any of: an autoencoder (X_encoder.pth and X_decoder.pth of the
    /// TAESD project), compact upscalers of Real-ESRGAN in ncnn's format (.param and .bin), and
    /// OpenCV's FSRCNN_xN.pb and ESPCN_xN.pb.
    std::filesystem::path networks;
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
