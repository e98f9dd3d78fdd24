#include "core/training/test_pictures.h"

#include <opencv2/imgproc.hpp>

#include "core/engine/evaluator.h"
#include "core/training/scene.h"

namespace dfd {
namespace {

constexpr std::uint64_t kTestStream = 0x7E57;

}  // namespace

void for_each_test_picture(const std::vector<const Photo*>& photos, const TestOptions& options,
                           const std::function<void(const TestPicture&)>& use,
                           std::stop_token stop) {
    const auto go_on = [&] {
        if (stop.stop_requested())
            throw Cancelled();
    };
    for (std::size_t i = 0; i < photos.size(); ++i) {
        const auto& photo = *photos[i];
        Dice dice(options.seed ^ kTestStream, i);
        const auto original = random_crop(photo.bgr, options.side, dice);
        std::vector<Publication> publications;
        for (int j = 0; j < options.untouched; ++j) {
            go_on();
            publications.push_back(random_publication(dice));
            use({publish(original, publications.back()), {}, std::nullopt, &photo, i});
        }
        std::size_t turn = i;  // so that no kind always meets the first publication
        for (const auto kind : kEditKinds) {
            go_on();
            const auto* donor = dice.pick(photos);
            for (int attempt = 0; attempt < 8 && donor->series == photo.series; ++attempt)
                donor = dice.pick(photos);
            const auto& publication = publications[turn++ % publications.size()];
            const auto edit =
                make_edit(original, {random_crop(donor->bgr, 896, dice), {}, {}}, kind, dice);
            if (edit)
                use({publish(edit->edited, publication), publish_mask(edit->mask, publication),
                     kind, &photo, i});
        }
    }
}

Pixels to_pixels(const cv::Mat& bgr) {
    Pixels pixels;
    pixels.width = bgr.cols;
    pixels.height = bgr.rows;
    pixels.rgb.resize(bgr.total() * 3);
    cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, pixels.rgb.data());
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return pixels;
}

}  // namespace dfd
