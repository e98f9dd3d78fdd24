// Makes fakes with a diffusion model, image-to-image and inpainting, each with its untouched twin.
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
    ImageToImage,  ///< the whole crop is redrawn (SDEdit)
    Inpaint,       ///< a random region is redrawn; pixels around it stay those of the photograph
};

struct DiffuseOptions {
    std::filesystem::path photos;  ///< searched recursively
    std::filesystem::path out;     ///< manifest.csv, diffuse.json, real/, fake/ and mask/
    DiffusionServerOptions server;
    DiffusionMode mode = DiffusionMode::ImageToImage;
    int per_photo = 1;  ///< fakes per photograph, each from another crop
    /// Range of the denoising strength, drawn uniformly. Empty: 0.4-0.8, or 0.75-1 for inpainting.
    std::optional<std::pair<double, double>> strength;
    std::vector<std::string> prompts{"a photograph, realistic, natural light, detailed"};
    std::string negative_prompt;
    int steps = 25;
    double cfg_scale = 7;
    std::string sampler;  ///< empty: the server's default
    std::string model;    ///< empty: the model that is loaded
    int side = 512;       ///< of a crop, a multiple of 64 from 128 to 2048
    std::uint64_t seed = 1;
    int give_up = 5;  ///< number of consecutive failures that end the run
};

struct DiffuseProgress {
    bool reading = false;   ///< true while reading photographs, false while querying the server
    double fraction = 0;    ///< of the reading, 0..1
    std::size_t done = 0;   ///< pictures requested in this run, including failed ones
    std::size_t total = 0;  ///< pictures to request in this run
    std::string picture;    ///< the photograph of the last request
    std::string failure;    ///< empty, or the reason as a sentence if it failed
};

struct DiffuseSummary {
    std::size_t made = 0;
    std::size_t reused = 0;  ///< already existed, not requested again
    std::size_t failed = 0;
    std::vector<std::string> skipped;  ///< photographs that are unreadable or too small
};

/// For every photograph: a crop, its fake from the server, and the crop itself as the fake's real
/// twin. Both are published in the same way (random_publication), so that size, format and
/// compression carry no information. Crops for image-to-image, and a random half of those for
/// inpainting, are taken from a larger part that is shrunk by 1.25 to 3 where the photograph is
/// large enough: models were trained on whole scenes, and shrinking removes the traces of the
/// photograph's own JPEG compression, which a redrawn picture does not have. Inpainted pixels are
/// laid over the crop with an edge feathered by up to 4 pixels, so the mask in the manifest is
/// exact even if the server changed pixels elsewhere. The mean change elsewhere is recorded as
/// "server_change_outside" (grey levels).
///
/// out/manifest.csv is written after every picture. A run with the same options resumes and retries
/// failed pictures; a larger `per_photo` adds pictures. Other options or other photographs are
/// refused. The same seed and the same answers give the same bytes.
///
/// Blocks for minutes to days. Throws TrainingError (also after `give_up` consecutive failures) and
/// Cancelled; finished pictures are kept.
DiffuseSummary prepare_diffuse(const DiffuseOptions& options,
                               const std::function<void(const DiffuseProgress&)>& progress = {},
                               std::stop_token stop = {});

/// One prompt per line, UTF-8. Empty lines and lines that start with # are skipped. Throws
/// TrainingError when there is no prompt.
[[nodiscard]] std::vector<std::string> read_prompts(const std::filesystem::path& file);

}  // namespace dfd
