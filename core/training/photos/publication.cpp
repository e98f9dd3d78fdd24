#include "core/training/photos/publication.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace dfd {
namespace {

cv::Mat after_geometry(const cv::Mat& picture, const Publication& publication, int interpolation) {
    cv::Mat result =
        picture(cv::Rect(publication.shift_x, publication.shift_y,
                         picture.cols - publication.shift_x, picture.rows - publication.shift_y));
    if (publication.scale != 1) {
        cv::Mat scaled;
        cv::resize(result, scaled, {}, publication.scale, publication.scale, interpolation);
        result = scaled;
    }
    return result;
}

}  // namespace

Publication random_publication(Dice& dice) {
    Publication publication;
    publication.quality = dice.whole(80, 98);
    const double course = dice.unit();
    if (course < 0.12) {
        publication.quality = 0;
    } else if (course < 0.20) {
        publication.shift_x = dice.whole(1, 15);
        publication.shift_y = dice.whole(0, 15);
    } else if (course < 0.34) {
        publication.scale = dice.between(0.6, 1.3);
        publication.interpolation = publication.scale < 1 && dice.chance(0.6) ? cv::INTER_AREA
                                    : dice.chance(0.5)                        ? cv::INTER_LINEAR
                                                                              : cv::INTER_CUBIC;
    }
    return publication;
}

PublishedFile publish_file(const cv::Mat& picture, const Publication& publication) {
    const auto shaped = after_geometry(picture, publication, publication.interpolation);
    const bool lossless = publication.quality == 0;
    PublishedFile file;
    file.extension = lossless ? ".png" : ".jpg";
    cv::imencode(file.extension, shaped, file.bytes,
                 lossless ? std::vector<int>{}
                          : std::vector<int>{cv::IMWRITE_JPEG_QUALITY, publication.quality});
    return file;
}

cv::Mat publish(const cv::Mat& picture, const Publication& publication) {
    if (publication.quality == 0)
        return after_geometry(picture, publication, publication.interpolation).clone();
    return cv::imdecode(publish_file(picture, publication).bytes, cv::IMREAD_COLOR);
}

cv::Mat publish_mask(const cv::Mat& mask, const Publication& publication) {
    return after_geometry(mask, publication, cv::INTER_NEAREST).clone();
}

cv::Mat random_crop(const cv::Mat& photo, int side, Dice& dice) {
    const int width = std::min(side, photo.cols) / 16 * 16;
    const int height = std::min(side, photo.rows) / 16 * 16;
    const int x = 16 * dice.whole(0, (photo.cols - width) / 16);
    const int y = 16 * dice.whole(0, (photo.rows - height) / 16);
    return photo(cv::Rect(x, y, width, height));
}

}  // namespace dfd
