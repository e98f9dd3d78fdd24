#include "core/training/fakes/super_resolution.h"

#include <torch/torch.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <opencv2/dnn_superres.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/training/fakes/picture_tensor.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostChannels = 1024;
constexpr std::int64_t kMostLayers = 1000;
constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;
constexpr std::uint32_t kHalfPrecision = 0x01306B47;  // ncnn's tag before weights in float16

/// A line of ncnn's text: type, name, numbers of inputs and outputs, their names, key=value pairs.
struct GraphLine {
    std::string type;
    std::map<int, double> values;
};

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw TrainingError("The upscaler " + quoted(file) + " cannot be used: " + why + ".");
}

GraphLine parse_line(const std::string& text) {
    std::istringstream words(text);
    GraphLine line;
    std::string name, blob;
    int inputs = 0, outputs = 0;
    words >> line.type >> name >> inputs >> outputs;
    for (int i = 0; i < inputs + outputs && words; ++i)
        words >> blob;
    for (std::string pair; words >> pair;) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos)
            continue;
        try {
            line.values[std::stoi(pair)] = std::stod(pair.substr(equals + 1));
        } catch (const std::logic_error&) {
            continue;
        }
    }
    return line;
}

std::vector<GraphLine> read_graph(const fs::path& file) {
    std::ifstream stream(file);
    std::string text;
    if (!std::getline(stream, text) || !text.starts_with("7767517"))
        refuse(file, "it is not a graph in ncnn's text format");
    std::getline(stream, text);  // numbers of layers and blobs
    std::vector<GraphLine> lines;
    while (std::getline(stream, text)) {
        auto line = parse_line(text);
        if (!line.type.empty())
            lines.push_back(std::move(line));
        if (lines.size() > kMostLayers)
            refuse(file, "it has more than " + std::to_string(kMostLayers) + " layers");
    }
    return lines;
}

/// Reads ncnn's weights in order.
class Weights {
  public:
    explicit Weights(const fs::path& file) : file_(file) {
        std::error_code error;
        const auto size = fs::file_size(file, error);
        if (error || size > kMostBytes)
            refuse(file, error ? "its weights cannot be read" : "its weights are too large");
        bytes_.resize(size);
        std::ifstream stream(file, std::ios::binary);
        if (!stream.read(bytes_.data(), static_cast<std::streamsize>(size)))
            refuse(file, "its weights cannot be read");
    }

    torch::Tensor half(torch::IntArrayRef sizes) {
        std::uint32_t tag = 0;
        std::memcpy(&tag, take(sizeof tag), sizeof tag);
        if (tag != kHalfPrecision)
            refuse(file_, "its weights are not stored as float16");
        const auto count = static_cast<std::size_t>(c10::multiply_integers(sizes));
        auto values = torch::empty(sizes, torch::kFloat16);
        std::memcpy(values.data_ptr(), take((2 * count + 3) / 4 * 4), 2 * count);
        return finite(values.to(torch::kFloat32));
    }
    torch::Tensor single(std::int64_t count) {
        auto values = torch::empty({count}, torch::kFloat32);
        std::memcpy(values.data_ptr(), take(values.nbytes()), values.nbytes());
        return finite(values);
    }
    void finish() const {
        if (at_ != bytes_.size())
            refuse(file_, "its weights are longer than its graph needs");
    }

  private:
    const char* take(std::size_t count) {
        if (count > bytes_.size() - at_)
            refuse(file_, "its weights end too early");
        at_ += count;
        return bytes_.data() + at_ - count;
    }
    torch::Tensor finite(torch::Tensor values) const {
        if (!torch::isfinite(values).all().item<bool>())
            refuse(file_, "its weights contain a value that is not finite");
        return values;
    }

    fs::path file_;
    std::vector<char> bytes_;
    std::size_t at_ = 0;
};

std::int64_t whole(const GraphLine& line, int key, std::int64_t most, const fs::path& file) {
    const auto found = line.values.find(key);
    const double value = found == line.values.end() ? 0 : found->second;
    if (!(value >= 0 && value <= static_cast<double>(most)))
        refuse(file, "its layer " + line.type + " has a size that is out of range");
    return static_cast<std::int64_t>(value);
}

}  // namespace

CompactUpscaler::CompactUpscaler(const fs::path& param) {
    auto bin = param;
    bin.replace_extension(".bin");
    Weights weights(bin);
    std::int64_t channels = 3;
    bool resized = false, added = false;
    for (const auto& line : read_graph(param)) {
        if (line.type == "Input" || line.type == "Split")
            continue;
        if (line.type == "Convolution" && factor_ == 0) {
            const auto out = whole(line, 0, kMostChannels, param);
            const auto kernel = whole(line, 1, 7, param);
            if (kernel % 2 == 0 || whole(line, 4, 3, param) != kernel / 2 || out == 0 ||
                whole(line, 5, 1, param) != 1 ||
                whole(line, 6, kMostChannels * kMostChannels * 49, param) !=
                    out * channels * kernel * kernel)
                refuse(param, "one of its convolutions has an unsupported shape");
            const auto weight = weights.half({out, channels, kernel, kernel});
            layers_.push_back({weight, weights.single(out), {}});
            channels = out;
        } else if (line.type == "PReLU" && !layers_.empty() && !layers_.back().slopes.defined()) {
            if (whole(line, 0, kMostChannels, param) != channels)
                refuse(param, "one of its PReLUs has another number of channels");
            layers_.back().slopes = weights.single(channels);
        } else if (line.type == "PixelShuffle" && factor_ == 0) {
            factor_ = static_cast<int>(whole(line, 0, 8, param));
        } else if (line.type == "Interp" && whole(line, 0, 3, param) == 1) {
            resized = true;
        } else if (line.type == "BinaryOp" && whole(line, 0, 10, param) == 0) {
            added = true;
        } else {
            refuse(param, "its layer " + quoted_name(line.type) + " is not supported here");
        }
    }
    weights.finish();
    if (factor_ < 2 || channels != 3 * factor_ * factor_ || !resized || !added)
        refuse(param, "its end is not a pixel shuffle added to the enlarged input");
}

torch::Tensor CompactUpscaler::enlarge(const torch::Tensor& pixels) const {
    const torch::NoGradGuard no_gradients;
    auto x = pixels;
    for (const auto& layer : layers_) {
        x = torch::conv2d(x, layer.weight, layer.bias, 1, layer.weight.size(2) / 2);
        if (layer.slopes.defined())
            x = torch::prelu(x, layer.slopes);
    }
    return torch::pixel_shuffle(x, factor_) +
           torch::upsample_nearest2d(pixels, {factor_ * pixels.size(2), factor_ * pixels.size(3)});
}

cv::Mat CompactUpscaler::enlarge(const cv::Mat& bgr) const {
    return picture_of(enlarge(tensor_of(bgr)));
}

OpenCvUpscaler::OpenCvUpscaler(const fs::path& file) : file_(file) {
    const auto stem = lower_case(file.stem().string());
    const auto mark = stem.rfind("_x");
    if (mark != std::string::npos && mark + 3 == stem.size() && stem.back() >= '2' &&
        stem.back() <= '4') {
        kind_ = stem.substr(0, mark);
        factor_ = stem.back() - '0';
    }
    if (kind_ != "fsrcnn" && kind_ != "espcn")
        refuse(file,
               "its name must be FSRCNN_x2.pb, FSRCNN_x3.pb, FSRCNN_x4.pb or the same with "
               "ESPCN");
}

cv::Mat OpenCvUpscaler::enlarge(const cv::Mat& bgr) const try {
    cv::dnn_superres::DnnSuperResImpl network;
    network.readModel(file_.string());
    network.setModel(kind_, factor_);
    cv::Mat large;
    network.upsample(bgr, large);
    return large;
} catch (const cv::Exception& error) {
    refuse(file_, "OpenCV says: " + std::string(error.err));
}

}  // namespace dfd
