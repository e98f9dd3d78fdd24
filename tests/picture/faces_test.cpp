#include "core/picture/pixels/faces.h"

#include <gtest/gtest.h>

#include "core/picture/picture.h"

namespace dfd {
namespace {

Pixels sample(const char* name) {
    return read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/" + name).pixels;
}

Pixels mirrored(const Pixels& pixels) {
    auto result = pixels;
    for (int y = 0; y < pixels.height; ++y)
        for (int x = 0; x < pixels.width; ++x)
            for (int c = 0; c < 3; ++c)
                result.rgb[static_cast<std::size_t>((y * pixels.width + x) * 3 + c)] =
                    pixels.rgb[static_cast<std::size_t>(
                        (y * pixels.width + pixels.width - 1 - x) * 3 + c)];
    return result;
}

TEST(Faces, APortraitHasAFaceNearTheMiddle) {
    const auto picture = sample("portrait.jpg");
    const auto faces = find_faces(picture);
    ASSERT_TRUE(faces.has_value()) << "opencv-data is not installed";
    ASSERT_FALSE(faces->empty());
    const auto& face = faces->front();
    EXPECT_GE(face.x, 0);
    EXPECT_GE(face.y, 0);
    EXPECT_LE(face.x + face.width, picture.width);
    EXPECT_LE(face.y + face.height, picture.height);
    EXPECT_GT(face.width, picture.width / 8);
    EXPECT_NEAR(face.x + face.width / 2, picture.width / 2, picture.width / 5);
    const auto other_way = find_faces(mirrored(picture));
    ASSERT_TRUE(other_way.has_value());
    ASSERT_FALSE(other_way->empty());
}

TEST(Faces, ALandscapeHasNone) {
    const auto faces = find_faces(sample("landscape.jpg"));
    ASSERT_TRUE(faces.has_value());
    EXPECT_TRUE(faces->empty());
}

TEST(Faces, EmptyAndTinyPicturesHaveNone) {
    EXPECT_TRUE(find_faces({})->empty());
    EXPECT_TRUE(find_faces({1, 1, {0, 0, 0}})->empty());
    EXPECT_TRUE(find_faces({3000, 2, std::vector<std::uint8_t>(18000, 90)})->empty());
}

}  // namespace
}  // namespace dfd
