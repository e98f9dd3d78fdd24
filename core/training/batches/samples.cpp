#include "core/training/batches/samples.h"

#include <torch/types.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/networks/experts/preprocess.h"
#include "core/picture/picture.h"
#include "core/training/photos/bgr.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr int kCandidates = 48;
constexpr double kWellInside = 0.6;
constexpr double kAcross = 0.15;
constexpr double kWholePicture = 0.3;
constexpr double kSmallestCrop = 0.5;  // of each side
constexpr double kEditKept = 0.5;

cv::Mat decode_mask(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    cv::Mat picture;
    if (!bytes.empty()) {
        try {
            picture = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
        } catch (const cv::Exception&) {  // reported below with the file's name
        }
    }
    if (picture.empty())
        refuse_picture(file, "It is missing, damaged or of an unknown format.");
    return picture;
}

std::string size_of(const cv::Size& size) {
    return std::to_string(size.width) + " x " + std::to_string(size.height);
}

cv::Mat padded_to(const cv::Mat& picture, int side) {
    const int right = std::max(0, side - picture.cols);
    const int bottom = std::max(0, side - picture.rows);
    if (right == 0 && bottom == 0)
        return picture;
    cv::Mat larger;
    cv::copyMakeBorder(picture, larger, 0, bottom, 0, right, cv::BORDER_REFLECT);
    return larger;
}

cv::Point random_corner(const cv::Size& size, int side, Dice& dice) {
    const int x = 8 * dice.whole(0, (size.width - side) / 8);
    return {x, 8 * dice.whole(0, (size.height - side) / 8)};
}

class EditedPart {
  public:
    explicit EditedPart(const cv::Mat& mask) {
        cv::integral(mask, sums_, CV_64F);
    }  // 32 bits would be too few
    [[nodiscard]] double within(const cv::Rect& place) const {
        return at(place.y + place.height, place.x + place.width) -
               at(place.y, place.x + place.width) - at(place.y + place.height, place.x) +
               at(place.y, place.x);
    }
    [[nodiscard]] double all() const { return at(sums_.rows - 1, sums_.cols - 1); }

  private:
    [[nodiscard]] double at(int y, int x) const { return sums_.at<double>(y, x); }
    cv::Mat sums_;
};

// Applies the same augmentation to both. The results share no memory with the whole pictures.
SamplePair augmented(const cv::Mat& fake, const cv::Mat& real, const cv::Mat& mask, Augment augment,
                     Dice& dice) {
    const Augmentation how(augment, dice);
    SamplePair pair{how.apply(fake), how.apply(real), how.apply_to_mask(mask)};
    for (auto* part : {&pair.fake, &pair.real, &pair.mask})
        if (part->isSubmatrix())
            *part = part->clone();
    return pair;
}

// A crop as shares of the sides, so that pictures of different sizes are cropped alike.
struct Crop {
    double x = 0, y = 0, width = 1, height = 1;

    [[nodiscard]] cv::Rect of(const cv::Size& size) const {
        const cv::Rect place(static_cast<int>(x * size.width), static_cast<int>(y * size.height),
                             std::max(1, static_cast<int>(width * size.width)),
                             std::max(1, static_cast<int>(height * size.height)));
        return place & cv::Rect({}, size);
    }
};

Crop choose_crop(const EditedPart& edited, const cv::Size& size, Dice& dice) {
    if (dice.chance(kWholePicture))
        return {};
    for (int attempt = 0; attempt < 8; ++attempt) {
        Crop crop;
        crop.width = dice.between(kSmallestCrop, 1);
        crop.height = std::clamp(crop.width * dice.between(0.8, 1.25), kSmallestCrop, 1.0);
        crop.x = dice.between(0, 1 - crop.width);
        crop.y = dice.between(0, 1 - crop.height);
        if (edited.within(crop.of(size)) >= kEditKept * edited.all())
            return crop;
    }
    return {};
}

}  // namespace

void refuse_picture(const fs::path& file, const std::string& why) {
    throw TrainingError("The picture " + file.native() + " cannot be read. " + why +
                        " Make it again, or remove its row from the manifest.");
}

cv::Mat stretched(const cv::Mat& picture, int side) {
    const auto whole = picture.isContinuous() ? picture : picture.clone();
    const auto pixels =
        torch::from_blob(whole.data, {1, whole.rows, whole.cols, whole.channels()}, torch::kUInt8)
            .permute({0, 3, 1, 2})
            .to(torch::kFloat32);
    const auto small = stretch(pixels, side)
                           .round_()
                           .clamp_(0, 255)
                           .permute({0, 2, 3, 1})
                           .to(torch::kUInt8)
                           .contiguous();
    return cv::Mat(side, side, whole.type(), small.data_ptr()).clone();
}

cv::Mat read_training_picture(const fs::path& file) {
    try {
        return to_bgr(read_picture(file).pixels);
    } catch (const PictureError& error) {
        refuse_picture(file, error.what());
    }
}

cv::Mat read_training_mask(const fs::path& file, const cv::Size& size) {
    if (file.empty())
        return {size, CV_8U, cv::Scalar(255)};
    const auto mask = decode_mask(file);
    if (mask.size() != size)
        throw TrainingError("The mask " + file.native() + " has " + size_of(mask.size()) +
                            " pixels and its picture " + size_of(size) +
                            "; a mask must have the size of its picture.");
    double most = 0;
    cv::minMaxLoc(mask, nullptr, &most);
    if (most < 128)
        throw TrainingError("The mask " + file.native() +
                            " marks nothing: it has no pixel of 128 or more. A mask is 255 where "
                            "its picture was edited.");
    return mask;
}

std::vector<cv::Point> choose_corners(const cv::Mat& mask, int side, int count, Dice& dice) {
    const EditedPart edited(mask);
    const double full = 255.0 * side * side;
    std::vector<cv::Point> inside;
    std::vector<cv::Point> across;
    cv::Point best;
    double most = -1;
    const auto try_corner = [&](const cv::Point& corner) {
        if (std::ranges::count(inside, corner) + std::ranges::count(across, corner) > 0)
            return;
        const double covered = edited.within({corner.x, corner.y, side, side}) / full;
        if (covered > most) {
            most = covered;
            best = corner;
        }
        if (covered >= kWellInside)
            inside.push_back(corner);
        else if (covered >= kAcross)
            across.push_back(corner);
    };
    for (int i = 0; i < kCandidates; ++i)
        try_corner(random_corner(mask.size(), side, dice));
    if (inside.empty() && across.empty()) {  // a small edit: take a patch around its middle
        const auto box = cv::boundingRect(mask);
        const auto aligned = [&](int middle, int length) {
            return std::clamp((middle - side / 2 + 4) / 8 * 8, 0, (length - side) / 8 * 8);
        };
        try_corner({aligned(box.x + box.width / 2, mask.cols),
                    aligned(box.y + box.height / 2, mask.rows)});
    }
    // Two thirds from inside the edit, where there are enough.
    const auto size = [](const auto& list) { return static_cast<int>(list.size()); };
    const int from_across = std::min(size(across), std::max(count / 3, count - size(inside)));
    across.resize(static_cast<std::size_t>(from_across));
    inside.resize(static_cast<std::size_t>(std::min(size(inside), count - from_across)));
    inside.insert(inside.end(), across.begin(), across.end());
    if (inside.empty())
        inside.push_back(best);
    for (std::size_t i = 0; size(inside) < count; ++i)
        inside.push_back(inside[i]);
    return inside;
}

std::vector<SamplePair> take_samples(const FakeAndReal& pictures, const SampleOptions& options,
                                     Dice dice) {
    auto fake = read_training_picture(pictures.fake.path);
    auto mask = read_training_mask(pictures.fake.mask, fake.size());
    auto real = read_training_picture(pictures.real.path);
    if (pictures.twins && real.size() != fake.size())
        throw TrainingError("The fake " + pictures.fake.path.native() + " has " +
                            size_of(fake.size()) + " pixels and its twin " +
                            pictures.real.path.native() + " has " + size_of(real.size()) +
                            "; a twin must be published in the same way as its fake.");
    std::vector<SamplePair> pairs;
    if (options.native) {
        fake = padded_to(fake, options.side);
        mask = padded_to(mask, options.side);
        real = padded_to(real, options.side);
        for (const auto& corner : choose_corners(mask, options.side, options.count, dice)) {
            const cv::Rect place(corner, cv::Size(options.side, options.side));
            const cv::Rect of_real(
                pictures.twins ? corner : random_corner(real.size(), options.side, dice),
                place.size());
            pairs.push_back(
                augmented(fake(place), real(of_real), mask(place), options.augment, dice));
        }
        return pairs;
    }
    const EditedPart edited(mask);
    for (int i = 0; i < options.count; ++i) {
        const auto crop =
            options.augment == Augment::None ? Crop{} : choose_crop(edited, fake.size(), dice);
        const auto place = crop.of(fake.size());
        pairs.push_back(augmented(stretched(fake(place), options.side),
                                  stretched(real(crop.of(real.size())), options.side),
                                  stretched(mask(place), options.side), options.augment, dice));
    }
    return pairs;
}

}  // namespace dfd
