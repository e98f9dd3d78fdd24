#include "core/training/fakes/prepare_diffuse.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/cancelled.h"
#include "core/base/dice.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/json_line.h"
#include "core/training/fakes/edit_region.h"
#include "core/training/manifest/folders.h"
#include "core/training/manifest/manifest.h"
#include "core/training/photos/bgr.h"
#include "core/training/photos/photo_library.h"
#include "core/training/photos/publication.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kMostPerPhoto = 1000;
constexpr double kLeastShrink = 1.25;
constexpr double kMostShrink = 3;
constexpr double kSmallestDeviation =
    1;  // smallest standard deviation of a usable crop, in grey levels
// Growth of the mask sent to the server, in pixels, so that a feathered edge lies on new pixels.
// More than a cell of the latent picture (8) and than the widest feather.
constexpr int kGrowth = 12;

std::string read_text(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream.is_open() || fs::is_directory(file))
        throw TrainingError("The file " + file.native() + " could not be read.");
    return {std::istreambuf_iterator<char>(stream), {}};
}

double rounded(double value, double steps) {
    return std::round(value * steps) / steps;
}

std::pair<double, double> strength_of(const DiffuseOptions& options) {
    if (options.strength)
        return *options.strength;
    return options.mode == DiffusionMode::Inpaint ? std::pair(0.75, 1.0) : std::pair(0.4, 0.8);
}

void check(const DiffuseOptions& options) {
    const auto refuse = [](const std::string& why) { throw TrainingError(why); };
    const auto [low, high] = strength_of(options);
    if (!(low > 0 && low <= high && high <= 1))
        refuse("The strength must be above 0 and at most 1, the lower end first (0.4-0.8).");
    if (options.side < 128 || options.side > 2048 || options.side % 64 != 0)
        refuse("The side is " + std::to_string(options.side) +
               "; it must be a multiple of 64 from 128 to 2048.");
    if (options.per_photo < 1 || options.per_photo > kMostPerPhoto)
        refuse("Each photograph can have 1 to " + std::to_string(kMostPerPhoto) + " fakes.");
    if (options.steps < 1 || options.steps > 1000)
        refuse("The number of steps must be from 1 to 1000.");
    if (!(options.cfg_scale >= 0 && options.cfg_scale <= 100))
        refuse("The guidance scale (--cfg) must be from 0 to 100.");
    if (options.give_up < 1)
        refuse("The number of failures that end the run must be at least 1.");
    if (options.prompts.empty())
        refuse("There is no prompt; give one with --prompt.");
    auto texts = options.prompts;
    texts.insert(texts.end(), {options.negative_prompt, options.sampler, options.model});
    if (!std::all_of(texts.begin(), texts.end(), is_utf8))
        refuse("Prompts and names must be UTF-8.");
    refuse_nested(options.photos, options.out);
}

// All settings that determine the pictures. Settings that may change between runs (server,
// time-out, fakes per photograph) are not included.
json settings_of(const DiffuseOptions& options, const std::vector<Photo>& photos) {
    std::string names;
    for (const auto& photo : photos)
        names += photo.file.lexically_relative(options.photos).generic_string() + '\n';
    const auto [low, high] = strength_of(options);
    return {{"format", 1},
            {"mode", options.mode == DiffusionMode::Inpaint ? "inpaint" : "img2img"},
            {"strength", {low, high}},
            {"prompts", options.prompts},
            {"negative prompt", options.negative_prompt},
            {"steps", options.steps},
            {"cfg", options.cfg_scale},
            {"sampler", options.sampler},
            {"model", options.model},
            {"side", options.side},
            {"seed", options.seed},
            {"photographs", photos.size()},
            {"names of photographs", sha256_hex(as_bytes(names))}};
}

cv::Mat take_crop(const cv::Mat& photo, const DiffuseOptions& options, Dice& dice) {
    const bool native = options.mode == DiffusionMode::Inpaint && dice.chance(0.5);
    const double room =
        std::min(kMostShrink, std::min(photo.rows, photo.cols) / static_cast<double>(options.side));
    const double shrink = dice.between(kLeastShrink, std::max(kLeastShrink, room));
    if (native || room < kLeastShrink) {
        const auto crop = random_crop(photo, options.side, dice);
        return crop(cv::Rect(0, 0, crop.cols / 64 * 64, crop.rows / 64 * 64)).clone();
    }
    const auto crop = random_crop(photo, static_cast<int>(options.side * shrink), dice);
    cv::Mat small;
    cv::resize(crop, small, {options.side, options.side}, 0, 0, cv::INTER_AREA);
    return small;
}

std::string png_of(const cv::Mat& picture) {
    std::vector<unsigned char> bytes;
    cv::imencode(".png", picture, bytes);
    return {bytes.begin(), bytes.end()};
}

void refuse_unusable(const cv::Mat& answer, const cv::Mat& fake, const cv::Mat& original,
                     const cv::Mat& mask) {
    cv::Scalar mean;
    cv::Scalar deviation;
    cv::meanStdDev(answer, mean, deviation);
    if (std::max({deviation[0], deviation[1], deviation[2]}) < kSmallestDeviation)
        throw TrainingError(
            "The server answered with a picture of one colour; a filter may have hidden it, or the "
            "model failed in half precision.");
    if (mean_change(fake, original, mask) < kSmallestChange)
        throw TrainingError(
            "The server's picture is almost identical to the photograph, so there is nothing to "
            "detect; give a higher --strength.");
}

// A crop and its fake, before publication.
struct Pair {
    cv::Mat original;
    cv::Mat fake;
    cv::Mat mask;  // empty: the whole crop
    Publication publication;
    json parameters;
};

Pair request_pair(const cv::Mat& photo, const DiffuseOptions& options,
                  const DiffusionServer& server, Dice dice, const std::stop_token& stop) {
    Pair pair;
    pair.original = take_crop(photo, options, dice);
    const auto size = pair.original.size();
    DiffusionRequest request;
    request.width = size.width;
    request.height = size.height;
    request.picture_png = png_of(pair.original);
    request.prompt = dice.pick(options.prompts);
    request.negative_prompt = options.negative_prompt;
    const auto [low, high] = strength_of(options);
    request.strength = rounded(dice.between(low, high), 1000);
    request.steps = options.steps;
    request.cfg_scale = options.cfg_scale;
    request.sampler = options.sampler;
    request.model = options.model;
    request.seed = static_cast<std::uint32_t>(dice.bits() >> 33U);
    const bool inpaint = options.mode == DiffusionMode::Inpaint;
    cv::Mat dilated;
    if (inpaint) {
        const auto region = random_region(size, dice, 0.25, 0.6);
        pair.mask = cv::Mat::zeros(size, CV_8U);
        region.mask.copyTo(pair.mask(region.frame));
        cv::dilate(
            pair.mask, dilated,
            cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * kGrowth + 1, 2 * kGrowth + 1}));
        request.mask_png = png_of(dilated);
    }
    const double feather = random_feather(dice);
    pair.publication = random_publication(dice);

    const auto answer = server.ask(request, stop);
    const auto redrawn = to_bgr(answer.picture);
    pair.fake = inpaint ? composite(pair.original, redrawn, pair.mask, feather) : redrawn;
    refuse_unusable(redrawn, pair.fake, pair.original, pair.mask);
    pair.parameters = {{"model", answer.model},        {"prompt", request.prompt},
                       {"strength", request.strength}, {"steps", request.steps},
                       {"cfg", request.cfg_scale},     {"sampler", answer.sampler},
                       {"seed", request.seed}};
    if (!request.negative_prompt.empty())
        pair.parameters["negative_prompt"] = request.negative_prompt;
    if (inpaint) {
        pair.parameters["feather"] = rounded(feather, 100);
        pair.parameters["server_change_outside"] =
            rounded(mean_change(redrawn, pair.original, dilated == 0), 10);
    }
    return pair;
}

class DiffuseRun {
  public:
    DiffuseRun(const DiffuseOptions& options, std::function<void(const DiffuseProgress&)> progress,
               std::stop_token stop)
        : options_(options),
          progress_(std::move(progress)),
          stop_(std::move(stop)),
          server_(options.server) {
        check(options);
        out_ = fs::absolute(options.out).lexically_normal();
    }

    DiffuseSummary run() {
        read_photographs();
        prepare_folder();
        read_finished();
        if (state_.total > 0)
            check_model();
        for (std::size_t i = 0; i < library_.photos.size(); ++i)
            make_fakes(i);
        save();
        return summary_;
    }

  private:
    struct Rows {
        ManifestRow real;
        ManifestRow fake;
    };

    // "000012-003" is the thirteenth photograph's third fake. Sorts in numeric order.
    static std::string stem_of(std::size_t photo, int number) {
        char stem[32];
        std::snprintf(stem, sizeof stem, "%06zu-%03d", photo, number);
        return stem;
    }

    void read_photographs() {
        library_options_.folder = options_.photos;
        library_options_.smallest_side = std::min(options_.side, 256);
        library_options_.least = 1;
        state_.reading = true;
        library_ = open_library(
            library_options_,
            [&](double fraction) {
                state_.fraction = fraction;
                report();
            },
            stop_);
        summary_.skipped = library_.skipped;
        state_.reading = false;
    }

    void prepare_folder() const {
        for (const std::string name : {"real", "fake", "mask"})
            if (name != "mask" || options_.mode == DiffusionMode::Inpaint)
                make_folder(out_ / name);
        require_same_settings(out_, "diffuse.json", settings_of(options_, library_.photos));
    }

    void read_finished() {
        const auto file = out_ / "manifest.csv";
        if (fs::exists(file)) {
            std::map<std::string, Rows> rows;
            for (auto& row : read_manifest(file).rows) {
                auto& pair = rows[row.path.stem().string()];
                (row.fake ? pair.fake : pair.real) = std::move(row);
            }
            for (auto& [stem, pair] : rows)
                if (fs::is_regular_file(pair.real.path) && fs::is_regular_file(pair.fake.path) &&
                    (pair.fake.mask.empty() || fs::is_regular_file(pair.fake.mask)))
                    done_.emplace(stem, std::move(pair));
        }
        for (std::size_t i = 0; i < library_.photos.size(); ++i)
            for (int number = 1; number <= options_.per_photo; ++number)
                ++(done_.contains(stem_of(i, number)) ? summary_.reused : state_.total);
    }

    // Fails early when there is no server, before the first picture.
    void check_model() const {
        const auto models = server_.models(stop_);
        if (options_.model.empty() || models.empty())
            return;
        std::string known;
        for (const auto& model : models) {
            if (model.title == options_.model || model.name == options_.model)
                return;
            known += (known.empty() ? "" : ", ") + model.title;
        }
        throw TrainingError("The server " + server_.url() + " has no model " +
                            quoted_name(options_.model) + "; it has " + known + ".");
    }

    void make_fakes(std::size_t index) {
        const auto& photo = library_.photos[index];
        cv::Mat pixels;
        for (int number = 1; number <= options_.per_photo; ++number) {
            const auto stem = stem_of(index, number);
            if (done_.contains(stem))
                continue;
            check_stop(stop_);
            state_.picture = photo.file.filename().native();
            state_.failure.clear();
            std::optional<Pair> pair;
            try {
                if (pixels.empty())
                    pixels = load_pixels(photo, library_options_);
                const auto stream = index * kMostPerPhoto + static_cast<std::size_t>(number);
                pair = request_pair(pixels, options_, server_, Dice(options_.seed, stream), stop_);
            } catch (const TrainingError& error) {
                ++summary_.failed;
                ++failures_in_a_row_;
                state_.failure =
                    photo.file.native() + ", fake " + std::to_string(number) + ": " + error.what();
            }
            if (pair) {  // failure to write ends the run
                keep(stem, photo, std::move(*pair));
                ++summary_.made;
                failures_in_a_row_ = 0;
            }
            ++state_.done;
            report();
            if (failures_in_a_row_ >= options_.give_up)
                throw TrainingError(
                    std::to_string(failures_in_a_row_) +
                    (failures_in_a_row_ == 1 ? " picture" : " pictures in a row") +
                    " failed, so the run stops; " + std::to_string(done_.size()) + " are kept in " +
                    options_.out.native() +
                    ", and the same command resumes there. The last failure: " + state_.failure);
        }
    }

    void keep(const std::string& stem, const Photo& photo, Pair pair) {
        const auto write = [&](const char* folder, const PublishedFile& file) {
            auto path = out_ / folder / (stem + file.extension);
            write_atomically(path, {file.bytes.begin(), file.bytes.end()});
            return path;
        };
        Rows rows;
        const auto name = photo.file.lexically_relative(options_.photos).generic_string();
        rows.real.path = write("real", publish_file(pair.original, pair.publication));
        rows.real.source = photo.source;
        rows.real.group = photo.series;
        json parameters;
        parameters["photograph"] = name;
        rows.real.parameters = json_line(parameters);
        rows.fake = rows.real;
        rows.fake.fake = true;
        rows.fake.path = write("fake", publish_file(pair.fake, pair.publication));
        rows.fake.operation = pair.mask.empty() ? "img2img" : "inpaint-diffusion";
        if (!pair.mask.empty()) {
            rows.fake.mask = out_ / "mask" / (stem + ".png");
            write_atomically(rows.fake.mask, png_of(publish_mask(pair.mask, pair.publication)));
        }
        pair.parameters["photograph"] = name;
        pair.parameters["twin"] = (fs::path("real") / rows.real.path.filename()).native();
        rows.fake.parameters = json_line(pair.parameters);
        done_[stem] = std::move(rows);
        save();
    }

    void save() const {
        std::vector<ManifestRow> rows;
        rows.reserve(2 * done_.size());
        for (const auto& [stem, pair] : done_) {
            rows.push_back(pair.real);
            rows.push_back(pair.fake);
        }
        write_manifest(out_ / "manifest.csv", rows);
    }

    void report() const {
        if (progress_)
            progress_(state_);
    }

    const DiffuseOptions& options_;
    std::function<void(const DiffuseProgress&)> progress_;
    std::stop_token stop_;
    DiffusionServer server_;
    fs::path out_;
    LibraryOptions library_options_;
    PhotoLibrary library_;
    std::map<std::string, Rows> done_;  // by stem, so in photograph order
    DiffuseProgress state_;
    DiffuseSummary summary_;
    int failures_in_a_row_ = 0;
};

}  // namespace

DiffuseSummary prepare_diffuse(const DiffuseOptions& options,
                               const std::function<void(const DiffuseProgress&)>& progress,
                               std::stop_token stop) {
    return DiffuseRun(options, progress, std::move(stop)).run();
}

std::vector<std::string> read_prompts(const fs::path& file) {
    const auto text = read_text(file);
    std::vector<std::string> prompts;
    std::size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    while (start < text.size()) {
        const auto end = std::min(text.find('\n', start), text.size());
        auto line = text.substr(start, end - start);
        start = end + 1;
        line.erase(line.find_last_not_of(" \t\r") + 1);
        line.erase(0, line.find_first_not_of(" \t"));
        if (line.empty() || line.front() == '#')
            continue;
        if (!is_utf8(line))
            throw TrainingError("The prompts in " + file.native() + " are not UTF-8.");
        prompts.push_back(std::move(line));
    }
    if (prompts.empty())
        throw TrainingError("The file " + file.native() +
                            " contains no prompt; write one per line.");
    return prompts;
}

}  // namespace dfd
