// Tests of alternative decodings: what each one does, and that none changes the reference.
#include "core/picture/decode_policy.h"

#include <gif_lib.h>
#include <gtest/gtest.h>
#include <lcms2.h>

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>

#include "core/picture/formats/frames.h"
#include "core/picture/pixels/orientation.h"
#include "tests/picture/all_decodings.h"
#include "tests/picture/corpus.h"

namespace dfd {
namespace {

using namespace corpus;
using test::all_decodings;
using test::PolicyPixels;

std::vector<PolicyPixels> others(const File& file, bool grey = false) {
    return all_decodings(file, decode_picture(file), grey);
}

const PolicyPixels* find(const std::vector<PolicyPixels>& all, DecodePolicy policy) {
    const auto found = std::ranges::find(all, policy, &PolicyPixels::policy);
    return found == all.end() ? nullptr : &*found;
}

using Colour = std::array<int, 3>;
Colour at(const Pixels& pixels, int x, int y) {
    const auto* rgb = pixels.rgb.data() + 3 * (std::ptrdiff_t{y} * pixels.width + x);
    return {rgb[0], rgb[1], rgb[2]};
}

TEST(DecodePolicy, OrientationsAreUndoneByTheirInverses) {
    const Pixels stored{2, 3, {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0}};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        Picture picture;
        picture.pixels = apply_orientation(stored, orientation);
        picture.facts.orientation = orientation;
        EXPECT_EQ(picture.pixels.width, orientation >= 5 ? 3 : 2);
        const auto back = as_stored(picture);
        EXPECT_EQ(back.width, 2);
        EXPECT_EQ(back.rgb, stored.rgb);
    }
    // EXIF orientation 6: the first stored row becomes the right column.
    const auto six = apply_orientation(stored, 6);
    EXPECT_EQ(at(six, 2, 0)[0], 1);
    EXPECT_EQ(at(six, 2, 1)[0], 2);
    EXPECT_EQ(at(apply_orientation(stored, 5), 1, 0)[0], 3);
    EXPECT_EQ(apply_orientation(stored, 0).rgb, stored.rgb);
}

TEST(Orientation, BandsOfRowsMakeTheWhole) {
    cv::Mat stored(5, 7, CV_8UC3);
    cv::randu(stored, 0, 256);
    for (int orientation = 1; orientation <= 8; ++orientation) {
        SCOPED_TRACE(orientation);
        const cv::Mat whole = picture_detail::oriented(stored, orientation);
        cv::Mat banded(whole.size(), whole.type(), cv::Scalar::all(0));
        for (int from = 0; from < stored.rows; from += 2) {
            const int to = std::min(from + 2, stored.rows);
            cv::Mat target = picture_detail::oriented_rows(banded, orientation, from, to);
            picture_detail::orient(stored.rowRange(from, to), orientation, target);
        }
        EXPECT_EQ(cv::norm(banded, whole, cv::NORM_INF), 0);
    }
}

TEST(DecodePolicy, AnOrdinaryPhotoHasOnlyTheCentreSquare) {
    const auto file = jpeg();
    const auto all = others(file);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].policy, DecodePolicy::CentreSquare);
    EXPECT_EQ(all[0].pixels.width, 61);  // of 83 x 61: from column 8 on, a multiple of 8
    const auto reference = decode_picture(file).pixels;
    EXPECT_EQ(at(all[0].pixels, 0, 0), at(reference, 8, 0));
    const auto grey = others(file, true);
    const auto* found = find(grey, DecodePolicy::Grey);
    ASSERT_NE(found, nullptr);
    const auto [r, g, b] = at(reference, 40, 30);
    const auto level = at(found->pixels, 40, 30);
    EXPECT_NEAR(level[0], 0.299 * r + 0.587 * g + 0.114 * b, 1);
    EXPECT_EQ(level[0], level[2]);
}

TEST(DecodePolicy, AsStoredUndoesTheOrientationOfTheReference) {
    const auto plain = jpeg();
    const auto turning = with_segment(plain, 0xE1, exif_segment(6));
    const auto all = others(turning);
    const auto* stored = find(all, DecodePolicy::AsStored);
    ASSERT_NE(stored, nullptr);
    EXPECT_EQ(stored->pixels.rgb, decode_picture(plain).pixels.rgb);
}

TEST(DecodePolicy, TransparencyIsCompositedOnWhite) {
    cv::Mat bgra(2, 3, CV_8UC4, cv::Scalar(10, 20, 200, 255));
    bgra.at<cv::Vec4b>(0, 1) = {10, 20, 200, 0};
    bgra.at<cv::Vec4b>(1, 2) = {10, 20, 200, 51};  // alpha of one fifth
    File file;
    ASSERT_TRUE(cv::imencode(".png", bgra, file));
    const auto all = others(file);
    const auto* white = find(all, DecodePolicy::AlphaOnWhite);
    ASSERT_NE(white, nullptr);
    EXPECT_EQ(white->problem, "");
    EXPECT_EQ(at(white->pixels, 0, 0), (Colour{200, 20, 10}));
    EXPECT_EQ(at(white->pixels, 1, 0), (Colour{255, 255, 255}));
    EXPECT_EQ(at(white->pixels, 2, 1), (Colour{244, 208, 206}));
    for (const int colour : {4, 6}) {
        PngKind deep;
        deep.colour = colour;
        deep.depth = 16;
        const auto wide = others(png(deep));
        const auto* on_white = find(wide, DecodePolicy::AlphaOnWhite);
        ASSERT_NE(on_white, nullptr);
        EXPECT_EQ(on_white->problem, "") << colour;
        EXPECT_EQ(on_white->pixels.width, 45);
    }
    const auto lossless = others(webp(101, true));
    ASSERT_NE(find(lossless, DecodePolicy::AlphaOnWhite), nullptr);
    EXPECT_EQ(find(lossless, DecodePolicy::AlphaOnWhite)->problem, "");
}

/// The result of AlphaOnWhite for a file; fails the test when there is none.
Pixels on_white(const File& file) {
    const auto all = others(file);
    const auto* white = find(all, DecodePolicy::AlphaOnWhite);
    EXPECT_NE(white, nullptr);
    if (white == nullptr)
        return {};
    EXPECT_EQ(white->problem, "");
    return white->pixels;
}

TEST(DecodePolicy, TransparencyOfEveryFormatIsCompositedOnWhite) {
    for (const char* name : {"alpha.heic", "alpha.avif"}) {
        SCOPED_TRACE(name);
        const auto file = stored(std::string("pictures/") + name);
        const auto plain = decode_picture(file).pixels;
        const auto white = on_white(file);
        ASSERT_EQ(white.rgb.size(), plain.rgb.size());
        EXPECT_NE(white.rgb, plain.rgb);
        for (std::size_t i = 0; i < plain.rgb.size(); ++i)
            ASSERT_GE(white.rgb[i] + 1, plain.rgb[i]) << i;  // white can only add light
    }
    const auto still = on_white(gif(1, false, true));
    const auto drawn = decode_picture(gif(1, false, true)).pixels;
    ASSERT_EQ(still.rgb.size(), drawn.rgb.size());
    std::size_t whites = 0;
    for (int y = 0; y < still.height; ++y)
        for (int x = 0; x < still.width; ++x) {
            const bool white = at(still, x, y) == Colour{255, 255, 255};
            whites += white ? 1 : 0;
            ASSERT_TRUE(white || at(still, x, y) == at(drawn, x, y));
        }
    EXPECT_GT(whites, 0u);
    EXPECT_LT(whites, still.rgb.size() / 3);

    // libtiff multiplies colours by alpha; the first sample of a page shows it.
    const auto page = tiff({.alpha = true});
    EXPECT_EQ(on_white(page).width, 40);
    EXPECT_EQ(on_white(tiff({.orientation = 6, .alpha = true})).width, 30);
    const auto moving = animated_webp(3, true);
    EXPECT_EQ(on_white(moving).rgb, on_white(webp(101, true)).rgb);  // its first frame
    EXPECT_NE(on_white(moving).rgb, decode_picture(moving).pixels.rgb);
}

TEST(DecodePolicy, CompositingHandlesPremultipliedColours) {
    const std::array<std::uint8_t, 12> rgba{200, 20, 10, 51, 40, 4, 2, 51, 9, 9, 9, 0};
    std::array<std::uint8_t, 9> rgb{};
    picture_detail::composite_on_white(rgba.data(), 3, rgb.data());
    EXPECT_EQ(rgb, (std::array<std::uint8_t, 9>{244, 208, 206, 212, 205, 204, 255, 255, 255}));
    // 200 20 10 with an alpha of a fifth
    picture_detail::composite_on_white(rgba.data() + 4, 1, rgb.data(), true);
    EXPECT_EQ(rgb[0], 244);
    EXPECT_EQ(rgb[1], 208);
    EXPECT_EQ(rgb[2], 206);
}

TEST(DecodePolicy, TheOtherPictureIsNotThePrimaryOne) {
    const auto file = stored("pictures/two-pictures.heic");
    const auto reference = decode_picture(file);
    ASSERT_EQ(reference.facts.frames, 2);
    const auto all = others(file);
    const auto* second = find(all, DecodePolicy::OtherFrame);
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->problem, "");
    EXPECT_FALSE(second->pixels.empty());
    EXPECT_NE(second->pixels.rgb, reference.pixels.rgb);
    EXPECT_EQ(picture_detail::heif_picture(file, picture_detail::Format::Heic, 0).rgb,
              reference.pixels.rgb);
    EXPECT_THROW((void)picture_detail::heif_picture(file, picture_detail::Format::Heic, 2),
                 PictureError);

    const auto frames = others(stored("pictures/animated.avif"));
    const auto* frame = find(frames, DecodePolicy::OtherFrame);
    ASSERT_NE(frame, nullptr);
    EXPECT_NE(frame->problem.find("sequence"), std::string::npos);
}

/// sRGB with the red and green columns exchanged.
File exchanged_profile() {
    cmsCIExyY white;
    EXPECT_TRUE(cmsWhitePointFromTemp(&white, 6504));
    const cmsCIExyYTRIPLE places{{0.30, 0.60, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}};
    cmsToneCurve* const curve = cmsBuildGamma(nullptr, 2.2);
    cmsToneCurve* const curves[] = {curve, curve, curve};
    const cmsHPROFILE profile = cmsCreateRGBProfile(&white, &places, curves);
    cmsUInt32Number size = 0;
    EXPECT_TRUE(cmsSaveProfileToMem(profile, nullptr, &size));
    File bytes(size);
    EXPECT_TRUE(cmsSaveProfileToMem(profile, bytes.data(), &size));
    cmsCloseProfile(profile);
    cmsFreeToneCurve(curve);
    return bytes;
}

File with_profile(const File& profile) {
    Chunk chunk{"iCCP", {'x', 0, 0}};
    const auto packed = zlib_packed(profile);
    chunk.data.insert(chunk.data.end(), packed.begin(), packed.end());
    return png({}, {chunk});
}

TEST(DecodePolicy, AProfileIsAppliedOrReportedAsUnusable) {
    const auto file = with_profile(exchanged_profile());
    const auto reference = decode_picture(file).pixels;
    const auto all = others(file);
    const auto* applied = find(all, DecodePolicy::ProfileApplied);
    ASSERT_NE(applied, nullptr);
    ASSERT_EQ(applied->problem, "");
    // Red in the file means green.
    double same = 0, exchanged = 0;
    for (int y = 0; y < reference.height; ++y)
        for (int x = 0; x < reference.width; ++x) {
            const auto before = at(reference, x, y), after = at(applied->pixels, x, y);
            same += std::abs(after[0] - before[0]) + std::abs(after[1] - before[1]);
            exchanged += std::abs(after[0] - before[1]) + std::abs(after[1] - before[0]);
        }
    EXPECT_LT(exchanged, same / 4);

    const auto broken = others(with_profile(icc("Not whole", 4)));
    const auto* unusable = find(broken, DecodePolicy::ProfileApplied);
    ASSERT_NE(unusable, nullptr);
    EXPECT_NE(unusable->problem, "");
    EXPECT_TRUE(unusable->pixels.empty());
}

int append_bytes(GifFileType* gif, const GifByteType* bytes, int count) {
    auto& file = *static_cast<File*>(gif->UserData);
    file.insert(file.end(), bytes, bytes + count);
    return count;
}

/// Three frames on 6 x 2: all pixels colour 1; the right half colour 2, with 3 as the transparent
/// colour; then one pixel of colour 4. `disposal` is that of the second frame.
File three_frames(int disposal) {
    std::array<GifColorType, 8> colours{};
    for (std::size_t i = 0; i < colours.size(); ++i)
        colours[i] = {static_cast<GifByteType>(10 * i), 0, 0};
    File file;
    int error = 0;
    GifFileType* gif = EGifOpen(&file, append_bytes, &error);
    ColorMapObject* map = GifMakeMapObject(8, colours.data());
    EGifSetGifVersion(gif, true);
    EXPECT_EQ(EGifPutScreenDesc(gif, 6, 2, 3, 7, map), GIF_OK);
    const auto frame = [&](int left, int width, int height, int how,
                           std::vector<GifPixelType> pixels) {
        GraphicsControlBlock control{};
        control.TransparentColor = 3;
        control.DisposalMode = how;
        std::array<GifByteType, 4> bytes{};
        EGifGCBToExtension(&control, bytes.data());
        EXPECT_EQ(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, bytes.data()), GIF_OK);
        EXPECT_EQ(EGifPutImageDesc(gif, left, 0, width, height, false, nullptr), GIF_OK);
        for (int y = 0; y < height; ++y)
            EXPECT_EQ(EGifPutLine(gif, pixels.data() + y * width, width), GIF_OK);
    };
    frame(0, 6, 2, DISPOSE_DO_NOT, std::vector<GifPixelType>(12, 1));
    frame(3, 3, 2, disposal, {2, 2, 3, 2, 2, 3});
    frame(0, 1, 1, DISPOSE_DO_NOT, {4});
    GifFreeMapObject(map);
    EXPECT_EQ(EGifCloseFile(gif, &error), GIF_OK);
    return file;
}

TEST(DecodePolicy, TheMiddleFrameIsCompositedOnThePreviousOnes) {
    const auto all = others(three_frames(DISPOSE_DO_NOT));
    const auto* frame = find(all, DecodePolicy::OtherFrame);
    ASSERT_NE(frame, nullptr);
    ASSERT_EQ(frame->problem, "");
    EXPECT_NE(frame->sentence.find("2 of 3"), std::string::npos);
    EXPECT_EQ(at(frame->pixels, 0, 0)[0], 10);
    EXPECT_EQ(at(frame->pixels, 3, 1)[0], 20);
    EXPECT_EQ(at(frame->pixels, 5, 1)[0], 10);  // transparent there

    const auto moving = others(animated_webp(4));
    const auto* third = find(moving, DecodePolicy::OtherFrame);
    ASSERT_NE(third, nullptr);
    EXPECT_EQ(third->problem, "");
    EXPECT_NE(third->pixels.rgb, decode_picture(animated_webp(4)).pixels.rgb);

    TiffKind kind;
    kind.pages = 3;
    const auto pages = others(tiff(kind));
    const auto* page = find(pages, DecodePolicy::OtherFrame);
    ASSERT_NE(page, nullptr);
    EXPECT_EQ(page->problem, "");
    EXPECT_EQ(page->pixels.width, 40);

    auto cut = three_frames(DISPOSE_DO_NOT);
    const auto whole = decode_picture(cut);
    cut.resize(cut.size() - 25);  // a second decoding may find less data
    const auto left = all_decodings(cut, whole);
    ASSERT_NE(find(left, DecodePolicy::OtherFrame), nullptr);
}

TEST(DecodePolicy, FramesAreDisposedAsSpecified) {
    const auto third = [](int disposal) {
        return picture_detail::gif_frame(three_frames(disposal), 2);
    };
    const auto kept = third(DISPOSE_DO_NOT);
    EXPECT_EQ(at(kept, 0, 0)[0], 40);
    EXPECT_EQ(at(kept, 3, 0)[0], 20);
    const auto cleared = third(DISPOSE_BACKGROUND);
    EXPECT_EQ(at(cleared, 3, 0)[0], 70);  // the background's colour
    EXPECT_EQ(at(cleared, 2, 0)[0], 10);
    const auto restored = third(DISPOSE_PREVIOUS);
    EXPECT_EQ(at(restored, 3, 0)[0], 10);
    EXPECT_EQ(at(restored, 0, 0)[0], 40);
    EXPECT_THROW((void)picture_detail::gif_frame(three_frames(DISPOSE_DO_NOT), 3), PictureError);
}

TEST(DecodePolicy, EveryFileOfTheCorpusHasPixelsOrAReason) {
    for (const auto& [name, format, file] : whole_files()) {
        SCOPED_TRACE(name);
        for (const auto& one : others(file, true)) {
            SCOPED_TRACE(policy_name(one.policy));
            EXPECT_NE(one.sentence, "");
            EXPECT_EQ(one.pixels.empty(), !one.problem.empty());
            EXPECT_EQ(one.pixels.rgb.size(), std::size_t{3} *
                                                 static_cast<std::size_t>(one.pixels.width) *
                                                 static_cast<std::size_t>(one.pixels.height));
        }
    }
}

}  // namespace
}  // namespace dfd
