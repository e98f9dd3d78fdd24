// Fakes made by a diffusion model, image-to-image and inpainting, each with its untouched twin.
// Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/training/fakes/diffusion_server.h"

namespace dfd {

enum class DiffusionMode {
    ImageToImage,  ///< the whole crop is drawn anew (SDEdit)
    Inpaint,       ///< a random region is; around it the photograph's own pixels stay
};

struct DiffuseOptions {
    std::filesystem::path photos;  ///< searched with its sub-folders
    std::filesystem::path out;     ///< manifest.csv, diffuse.json, real/, fake/ and mask/
    DiffusionServerOptions server;
    DiffusionMode mode = DiffusionMode::ImageToImage;
    int per_photo = 1;  ///< fakes of each photograph, every one of another crop
    /// Denoising strength, drawn evenly. Empty: 0.4-0.8, or 0.75-1 when inpainting.
    std::optional<std::pair<double, double>> strength;
    std::vector<std::string> prompts{"a photograph, realistic, natural light, detailed"};
    std::string negative_prompt;
    int steps = 25;
    double cfg_scale = 7;
    std::string sampler;  ///< empty: the server's own choice
    std::string model;    ///< empty: the one that is loaded
    int side = 512;       ///< of a crop, a multiple of 64 from 128 to 2048
    std::uint64_t seed = 1;
    int give_up = 5;  ///< so many failed pictures in a row end the run
};

struct DiffuseProgress {
    bool reading = false;   ///< photographs are being looked through; else the server is asked
    double fraction = 0;    ///< of the reading, 0..1
    std::size_t done = 0;   ///< pictures asked for in this run, failed ones too
    std::size_t total = 0;  ///< to be asked for in this run
    std::string picture;    ///< the photograph just asked for
    std::string failure;    ///< a sentence when that failed
};

struct DiffuseSummary {
    std::size_t made = 0;
    std::size_t reused = 0;  ///< there already, not asked for again
    std::size_t failed = 0;
    std::vector<std::string> skipped;  ///< photographs that cannot be read or are too small
};

/// For every photograph: a crop, its fake from the server, and the crop itself as the fake's real
/// twin. Both are published alike (random_publication), so that size, format and compression tell
/// nothing. A crop for image-to-image, and every second for inpainting, comes from a larger part
/// that is shrunk by 1.25 to 3 where the photograph is large enough: models were trained on whole
/// scenes, and shrinking wears off the traces of the photograph's own JPEG, which a redrawn picture
/// has lost. Inpainted pixels are laid over the crop with an edge feathered by up to 4 pixels,
/// whatever the server changed elsewhere, so the mask in the manifest is true; the mean change
/// elsewhere is kept as "server_change_outside" (grey levels).
///
/// out/manifest.csv is written after every picture. Started again with the same options it goes on
/// where it was, and tries again what failed; a larger `per_photo` adds. Other options, or other
/// photographs, are refused. The same seed and the same answers give the same bytes.
///
/// Minutes to days; blocks. Throws TrainingError (also when `give_up` pictures in a row failed) and
/// Cancelled; what was made until then stays.
DiffuseSummary prepare_diffuse(const DiffuseOptions& options,
                               const std::function<void(const DiffuseProgress&)>& progress = {},
                               std::stop_token stop = {});

/// One prompt a line, UTF-8; empty lines and those that start with # are left out. Throws
/// TrainingError when there is none.
[[nodiscard]] std::vector<std::string> read_prompts(const std::filesystem::path& file);

}  // namespace dfd
