#include "core/training/fakes/edits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>

#include "core/training/fakes/edit_filters.h"
#include "core/training/fakes/edit_region.h"

namespace dfd {
namespace {

constexpr int kAttempts = 4;
constexpr int kLargestInpainted = 176;  // the cost of inpainting grows with the area
constexpr int kSmallestFace = 40;       // pixels

// A part of `from` that still fills `size` after rotation and scaling by about `scale`.
cv::Mat take_part(const cv::Mat& from, const cv::Size& size, double scale, double degrees,
                  Dice& dice) {
    scale = std::max({scale, static_cast<double>(size.width) / from.cols,
                      static_cast<double>(size.height) / from.rows});
    const int width = std::clamp(static_cast<int>(size.width / scale), 1, from.cols);
    const int height = std::clamp(static_cast<int>(size.height / scale), 1, from.rows);
    const cv::Rect part{dice.whole(0, from.cols - width), dice.whole(0, from.rows - height), width,
                        height};
    cv::Mat content;
    if (part.size() == size)
        content = from(part).clone();
    else
        cv::resize(from(part), content, size, 0, 0,
                   scale < 0.9 ? cv::INTER_AREA : filters::random_interpolation(dice));
    return degrees == 0 ? content : filters::turned(content, degrees, 1.0, dice);
}

void match_mean(cv::Mat& content, const cv::Mat& base, const cv::Mat& mask, double share) {
    const cv::Scalar shift = (cv::mean(base, mask) - cv::mean(content, mask)) * share;
    cv::add(content, shift, content);
}

cv::Mat splice(const cv::Mat& base, const cv::Mat& donor, const EditRegion& region, Dice& dice,
               Blending& used) {
    const double scale = dice.chance(0.2) ? 1.0 : std::exp2(dice.between(-0.9, 0.7));
    const double degrees = dice.chance(0.5) ? 0 : dice.between(-30, 30);
    auto content = take_part(donor, base.size(), scale, degrees, dice);
    match_mean(content, base, region.mask, dice.unit());
    return blend(base, content, region, dice, used);
}

cv::Mat copy_move(const cv::Mat& picture, const EditRegion& region, Dice& dice, Blending& used) {
    const auto base = picture(region.frame);
    const bool rigid = dice.chance(0.5);
    const double scale = rigid ? 1.0 : dice.between(0.8, 1.3);
    const double degrees = rigid || dice.chance(0.4) ? 0 : dice.between(-25, 25);
    auto content = take_part(picture, base.size(), scale, degrees, dice);
    if (dice.chance(0.3))
        match_mean(content, base, region.mask, dice.unit());
    return blend(base, content, region, dice, used);
}

// The region blended into itself after a slight shift, rotation and recolouring: the seam is the
// only trace, as in face swaps (Shiohara and Yamasaki, Detecting Deepfakes with Self-Blended
// Images, 2022).
cv::Mat self_blended(const cv::Mat& base, const EditRegion& region, Dice& dice, Blending& used) {
    const double degrees = dice.between(-3, 3);
    auto content = filters::turned(base, degrees, dice.between(0.97, 1.04), dice);
    const cv::Matx23d shift{1, 0, dice.between(-4, 4), 0, 1, dice.between(-4, 4)};
    cv::warpAffine(content, content, shift, content.size(), filters::random_interpolation(dice),
                   cv::BORDER_REFLECT_101);
    if (dice.chance(0.6)) {
        const double contrast = dice.between(0.94, 1.06);
        content.convertTo(content, -1, contrast, dice.between(-6, 6));
    }
    if (dice.chance(0.4))
        content = dice.chance(0.5) ? filters::sharpened(content, dice)
                                   : filters::resynthesised(content, dice);
    return blend(base, content, region, dice, used);
}

// The donor's face scaled to the box, with the colours of the face it covers.
cv::Mat face_swapped(const cv::Mat& base, const cv::Mat& donor, const EditRegion& region,
                     const cv::Rect& face, Dice& dice, Blending& used) {
    // Takes as much of the donor face's surroundings as the frame has around the region.
    const double scale_x = static_cast<double>(face.width) / region.box.width;
    const double scale_y = static_cast<double>(face.height) / region.box.height;
    const cv::Rect wanted(face.x - static_cast<int>(region.box.x * scale_x),
                          face.y - static_cast<int>(region.box.y * scale_y),
                          std::max(1, static_cast<int>(base.cols * scale_x)),
                          std::max(1, static_cast<int>(base.rows * scale_y)));
    const auto there = wanted & cv::Rect({}, donor.size());
    cv::Mat part;
    cv::copyMakeBorder(donor(there), part, there.y - wanted.y, wanted.br().y - there.br().y,
                       there.x - wanted.x, wanted.br().x - there.br().x, cv::BORDER_REPLICATE);
    cv::Mat content;
    cv::resize(part, content, base.size(), 0, 0,
               part.cols > base.cols ? cv::INTER_AREA : filters::random_interpolation(dice));
    content = filters::colours_transferred(content, base, region.mask);
    return blend(base, content, region, dice, used);
}

cv::Mat flat(const cv::Mat& base, Dice& dice) {
    const double kind = dice.unit();
    const auto grey = static_cast<double>(dice.whole(0, 255));
    const cv::Scalar colour = kind < 0.3   ? cv::Scalar::all(0)
                              : kind < 0.5 ? cv::Scalar::all(grey)
                                           : cv::Scalar{static_cast<double>(dice.whole(0, 255)),
                                                        static_cast<double>(dice.whole(0, 255)),
                                                        static_cast<double>(dice.whole(0, 255))};
    return cv::Mat(base.size(), base.type(), colour);
}

cv::Mat inpainted(const cv::Mat& base, const EditRegion& region, Dice& dice) {
    cv::Mat result;
    const double radius = dice.between(2, 6);
    cv::inpaint(base, region.mask, result, radius,
                dice.chance(0.5) ? cv::INPAINT_TELEA : cv::INPAINT_NS);
    return result;
}

class Editor {
  public:
    Editor(const cv::Mat& original, const EditMaterial& material, EditKind kind, Dice& dice,
           const EditSize& size)
        : original_(original), material_(material), kind_(kind), dice_(dice), size_(size) {}

    // Chooses a region and edits it. Empty when the picture is not suitable.
    std::optional<Edit> attempt() {
        const auto region = choose_region();
        if (!region || region->box.empty())
            return std::nullopt;
        const auto frame = edited_frame(*region);
        if (mean_change(frame, original_(region->frame), region->mask) < kSmallestChange)
            return std::nullopt;
        Edit edit{original_.clone(), cv::Mat::zeros(original_.size(), CV_8U), blending_};
        frame.copyTo(edit.edited(region->frame));
        region->mask.copyTo(edit.mask(region->frame));
        return edit;
    }

  private:
    [[nodiscard]] std::optional<EditRegion> choose_region() {
        const double side = std::min(original_.rows, original_.cols);
        switch (kind_) {
            case EditKind::FaceSwap: {
                const auto& face = material_.face;
                if (std::min(face.width, face.height) < kSmallestFace ||
                    std::min(material_.donor_face.width, material_.donor_face.height) <
                        kSmallestFace)
                    return std::nullopt;
                return ellipse_region(original_.size(), face);
            }
            case EditKind::Background: {
                auto around = material_.face;
                if (around.empty()) {
                    const int width = static_cast<int>(original_.cols * dice_.between(0.4, 0.7));
                    const int height = static_cast<int>(original_.rows * dice_.between(0.4, 0.7));
                    around = {dice_.whole(0, original_.cols - width),
                              dice_.whole(0, original_.rows - height), width, height};
                } else {  // head and shoulders
                    around = {around.x - around.width, around.y - around.height / 2,
                              around.width * 3, original_.rows};
                }
                return background_region(original_, around & cv::Rect({}, original_.size()));
            }
            default: {
                const double limit = kind_ == EditKind::Inpaint ? kLargestInpainted / side : 1.0;
                return random_region(original_.size(), dice_, std::min(size_.smallest, limit * 0.6),
                                     std::min(size_.largest, limit));
            }
        }
    }

    [[nodiscard]] cv::Mat edited_frame(const EditRegion& region) {
        const auto base = original_(region.frame);
        const auto locally = [&](const cv::Mat& content) {
            const double feather = random_feather(dice_);
            blending_ = feather > 0 ? Blending::Feathered : Blending::Hard;
            return composite(base, content, region.mask, feather);
        };
        switch (kind_) {
            case EditKind::Splice:
                return splice(base, material_.donor, region, dice_, blending_);
            case EditKind::CopyMove:
                return copy_move(original_, region, dice_, blending_);
            case EditKind::SelfBlend:
                return self_blended(base, region, dice_, blending_);
            case EditKind::FaceSwap:
                return face_swapped(base, material_.donor, region, material_.donor_face, dice_,
                                    blending_);
            case EditKind::Inpaint:
                return inpainted(base, region, dice_);
            case EditKind::Blur:
                return locally(filters::blurred(base, dice_));
            case EditKind::Noise:
                return locally(filters::noisy(base, dice_));
            case EditKind::Sharpen:
                return locally(filters::sharpened(base, dice_));
            case EditKind::Resample:
                return locally(filters::resampled(base, dice_));
            case EditKind::Warp:
                return locally(filters::warped(base, region, dice_));
            case EditKind::Resynthesis:
                return locally(filters::resynthesised(base, dice_));
            case EditKind::Colour:
                return locally(filters::recoloured(base, dice_));
            case EditKind::Background:
            case EditKind::MaskedOut:
                return locally(flat(base, dice_));
        }
        return base.clone();
    }

    const cv::Mat& original_;
    const EditMaterial& material_;
    EditKind kind_;
    Dice& dice_;
    const EditSize& size_;
    Blending blending_ = Blending::Hard;
};

}  // namespace

const char* edit_name(EditKind kind) {
    static constexpr std::array names{"splice",       "copy-move", "inpainting", "blur",
                                      "noise",        "sharpen",   "resample",   "warp",
                                      "re-synthesis", "colour",    "self-blend", "face-swap",
                                      "background",   "masked-out"};
    return names[static_cast<std::size_t>(kind)];
}

std::optional<EditKind> find_edit(const std::string& name) {
    for (const auto kind : kEditKinds)
        if (edit_name(kind) == name)
            return kind;
    return std::nullopt;
}

std::optional<Edit> make_edit(const cv::Mat& original, const EditMaterial& material, EditKind kind,
                              Dice& dice, const EditSize& size) {
    CV_Assert(original.type() == CV_8UC3 && std::min(original.rows, original.cols) >= 96);
    const bool donated = kind == EditKind::Splice || kind == EditKind::FaceSwap;
    CV_Assert(!donated || (material.donor.type() == CV_8UC3 &&
                           std::min(material.donor.rows, material.donor.cols) >= 96));
    Editor editor(original, material, kind, dice, size);
    for (int attempt = 0; attempt < kAttempts; ++attempt)
        if (auto edit = editor.attempt())
            return edit;
    return std::nullopt;
}

}  // namespace dfd
