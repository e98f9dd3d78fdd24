#include "core/training/fakes/prepare_neural.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <system_error>

#include "core/base/digest.h"
#include "core/base/wording.h"
#include "core/networks/hardware/parallel.h"
#include "core/training/fakes/autoencoder.h"
#include "core/training/fakes/edit_region.h"
#include "core/training/fakes/edits.h"
#include "core/training/fakes/fake_run.h"
#include "core/training/fakes/super_resolution.h"
#include "core/training/photos/one_opencv_thread.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kNeuralStream = 0x0E07A1;
constexpr int kGrid = 8;        ///< pixels of a latent cell
constexpr int kSurround = 32;   ///< pixels around a local change that the network also sees
constexpr int kSmallest = 128;  ///< smallest side of a crop

enum class Operation { Autoencoder, AutoencoderLocal, Fill, Upscale, UpscaleLocal };
constexpr std::array<const char*, 5> kNames{"autoencoder", "autoencoder-local", "fill-autoencoder",
                                            "super-resolution", "super-resolution-local"};

bool needs_autoencoder(Operation operation) {
    return operation <= Operation::Fill;
}
bool is_local(Operation operation) {
    return operation != Operation::Autoencoder && operation != Operation::Upscale;
}

/// A super-resolution network of either kind.
struct Upscaler {
    std::string name;
    int factor = 0;
    std::function<cv::Mat(const cv::Mat&)> enlarge;
};

struct Networks {
    std::unique_ptr<Autoencoder> autoencoder;
    std::vector<Upscaler> upscalers;
    json digests = json::object();  ///< by file name
};

Networks read_networks(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        files.push_back(at->path());
    if (error)
        throw TrainingError("The folder of networks " + quoted(folder) +
                            " cannot be read: " + error.message() + ".");
    std::ranges::sort(files);
    Networks networks;
    const auto bind = [&](const fs::path& file) {
        try {
            networks.digests[file.filename().string()] = sha256_hex_of_file(file);
        } catch (const std::system_error& problem) {
            throw TrainingError("A network cannot be read: " + std::string(problem.what()) + ".");
        }
    };
    const auto add_upscaler = [&](const fs::path& file, const auto& network) {
        networks.upscalers.push_back(
            {file.stem().string(), network->factor(),
             [network](const cv::Mat& bgr) { return network->enlarge(bgr); }});
        bind(file);
    };
    for (const auto& file : files) {
        const auto name = file.filename().string();
        if (const auto mark = name.find("_encoder.pth"); mark != std::string::npos) {
            const auto decoder = folder / (name.substr(0, mark) + "_decoder.pth");
            if (networks.autoencoder || !fs::is_regular_file(decoder))
                continue;
            networks.autoencoder = std::make_unique<Autoencoder>(file, decoder);
            bind(file);
            bind(decoder);
        } else if (file.extension() == ".param") {
            add_upscaler(file, std::make_shared<CompactUpscaler>(file));
            bind(fs::path(file).replace_extension(".bin"));
        } else if (file.extension() == ".pb") {
            add_upscaler(file, std::make_shared<OpenCvUpscaler>(file));
        }
    }
    return networks;
}

cv::Mat reduced(const cv::Mat& picture, double scale) {
    cv::Mat small;
    cv::resize(picture, small, {}, scale, scale, cv::INTER_AREA);
    return small;
}

/// `box` grown by kSurround and to the grid, inside a picture whose sides are multiples of it.
cv::Rect surround(const cv::Rect& box, const cv::Size& picture) {
    const int left = std::max(0, box.x - kSurround) / kGrid * kGrid;
    const int top = std::max(0, box.y - kSurround) / kGrid * kGrid;
    const auto up = [](int x) { return (x + kGrid - 1) / kGrid * kGrid; };
    const int right = std::min(picture.width, up(box.br().x + kSurround));
    const int bottom = std::min(picture.height, up(box.br().y + kSurround));
    return {left, top, right - left, bottom - top};
}

class NeuralBranch final : public FakeBranch {
  public:
    explicit NeuralBranch(const PrepareNeuralOptions& options)
        : options_(options), networks_(read_networks(options.networks)) {
        for (std::size_t i = 0; i < kNames.size(); ++i) {
            const auto operation = static_cast<Operation>(i);
            const bool wanted =
                options.operations.empty() || std::ranges::count(options.operations, kNames[i]) > 0;
            const bool there = needs_autoencoder(operation) ? networks_.autoencoder != nullptr
                                                            : !networks_.upscalers.empty();
            if (wanted && there)
                operations_.push_back(operation);
            else if (wanted && !options.operations.empty())
                throw TrainingError("The operation " + std::string(kNames[i]) +
                                    " needs a network that is not in " + quoted(options.networks) +
                                    ".");
        }
        for (const auto& name : options.operations)
            if (std::ranges::count(kNames, name) == 0)
                throw TrainingError("Unknown operation " + quoted_name(name) + ".");
        if (operations_.empty())
            throw TrainingError("The folder " + quoted(options.networks) +
                                " contains no network that makes fakes.");
    }

    [[nodiscard]] std::string settings_file() const override { return "neural.json"; }
    [[nodiscard]] std::string activity() const override { return "making neural fakes"; }
    [[nodiscard]] std::vector<std::string> operations() const override {
        std::vector<std::string> names;
        for (const auto operation : operations_)
            names.emplace_back(kNames[static_cast<std::size_t>(operation)]);
        return names;
    }
    [[nodiscard]] json settings() const override {
        return json::object({{"networks", networks_.digests}});
    }

    std::optional<FakePair> make(std::size_t photo, int turn, const cv::Mat& bgr) override {
        const LoopThreads one(1);  // sums do not depend on the number of processors
        const auto start =
            photo * static_cast<std::size_t>(options_.per_photo) + static_cast<std::size_t>(turn);
        for (std::size_t attempt = 0; attempt < operations_.size(); ++attempt) {
            const auto operation = operations_[(start + attempt) % operations_.size()];
            Dice dice(options_.seed ^ kNeuralStream,
                      photo * kStreamsPerPhoto +
                          static_cast<std::uint64_t>(turn) * operations_.size() + attempt);
            if (auto pair = make_operation(operation, bgr, dice))
                return pair;
        }
        return std::nullopt;
    }

  private:
    std::optional<FakePair> make_operation(Operation operation, const cv::Mat& bgr, Dice& dice) {
        FakePair pair;
        pair.operation = kNames[static_cast<std::size_t>(operation)];
        const double least = kSmallest / static_cast<double>(std::min(bgr.rows, bgr.cols));
        const double scale = dice.chance(0.75) ? std::max(least, dice.between(0.25, 1)) : 1;
        const auto photo = scale < 1 ? reduced(bgr, scale) : bgr;
        pair.original = random_crop(photo, options_.side, dice).clone();
        const auto& original = pair.original;
        if (std::min(original.rows, original.cols) < kSmallest)
            return std::nullopt;
        pair.parameters["reduced"] = std::round(scale * 1000) / 1000;
        cv::Mat base = original;
        cv::Rect where({}, original.size());
        double feather = 0;
        if (operation == Operation::Fill) {
            const auto kind = dice.chance(0.6) ? EditKind::Inpaint : EditKind::CopyMove;
            const auto edit = make_edit(original, {}, kind, dice);
            if (!edit)
                return std::nullopt;
            base = edit->edited;
            pair.mask = edit->mask;
            where = surround(cv::boundingRect(pair.mask), original.size());
            pair.parameters["fill"] = edit_name(kind);
            feather = random_feather(dice);
        } else if (is_local(operation)) {
            const auto region = random_region(original.size(), dice, 0.25, 0.6);
            pair.mask = cv::Mat::zeros(original.size(), CV_8U);
            region.mask.copyTo(pair.mask(region.frame));
            where = surround(cv::boundingRect(pair.mask), original.size());
            feather = random_feather(dice);
        }
        const auto made = needs_autoencoder(operation)
                              ? through_autoencoder(base(where), pair, dice)
                              : through_upscaler(base(where), pair, dice);
        if (pair.mask.empty()) {
            pair.fake = made;
        } else {
            cv::Mat content = base.clone();
            made.copyTo(content(where));
            pair.fake = composite(original, content, pair.mask, feather);
        }
        pair.publication = random_publication(dice);
        if (mean_change(pair.fake, original, pair.mask) < kSmallestChange)
            return std::nullopt;
        return pair;
    }

    cv::Mat through_autoencoder(const cv::Mat& part, FakePair& pair, Dice& dice) const {
        const double noise = dice.chance(0.35) ? dice.between(0.03, 0.2) : 0;
        pair.parameters["noise"] = std::round(noise * 1000) / 1000;
        return networks_.autoencoder->round_trip(part, noise, dice);
    }

    cv::Mat through_upscaler(const cv::Mat& part, FakePair& pair, Dice& dice) const {
        const auto& upscaler = dice.pick(networks_.upscalers);
        pair.parameters["network"] = upscaler.name;
        cv::Mat small, made;
        const cv::Size size(std::max(1, part.cols / upscaler.factor),
                            std::max(1, part.rows / upscaler.factor));
        cv::resize(part, small, size, 0, 0, dice.chance(0.5) ? cv::INTER_AREA : cv::INTER_CUBIC);
        made = upscaler.enlarge(small);
        if (made.size() != part.size())  // where the factor does not divide the side
            cv::resize(made, made, part.size(), 0, 0, cv::INTER_CUBIC);
        return made;
    }

    const PrepareNeuralOptions& options_;
    Networks networks_;
    std::vector<Operation> operations_;
};

}  // namespace

std::vector<std::string> neural_operations() {
    return {kNames.begin(), kNames.end()};
}

FakeReport prepare_neural(const PrepareNeuralOptions& options, const Progress& progress,
                          std::stop_token stop) {
    const OneOpenCvThread one_thread;
    check_fake_options(options);
    NeuralBranch branch(options);
    return FakeRun(options, branch, progress, std::move(stop)).run();
}

}  // namespace dfd
