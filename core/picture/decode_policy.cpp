#include "core/picture/decode_policy.h"

#include <lcms2.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <new>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"
#include "core/picture/pixels/mat_view.h"
#include "core/picture/pixels/orientation.h"
#include "core/picture/provenance/metadata.h"

namespace dfd {
namespace {

using namespace picture_detail;

Pixels blank(int width, int height) {
    return {width, height,
            std::vector<std::uint8_t>(std::size_t{3} * static_cast<std::size_t>(width) *
                                      static_cast<std::size_t>(height))};
}

Pixels to_pixels(const cv::Mat& rgb) {
    Pixels pixels = blank(rgb.cols, rgb.rows);
    cv::Mat target = view(pixels);
    rgb.copyTo(target);
    return pixels;
}

/// As apply_orientation(), without a copy where nothing is turned.
Pixels turned(Pixels stored, int orientation) {
    return orientation == 1 ? std::move(stored) : apply_orientation(stored, orientation);
}

/// A non-owning view of encoded bytes as cv::Mat.
cv::Mat encoded(Bytes bytes) {
    if (bytes.size() > static_cast<std::size_t>(INT_MAX)) {
        fail(failure_codes::kTooLarge,
             to_say("The file is larger than 2 GiB, which OpenCV cannot decode."));
    }
    return {1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::uint8_t*>(bytes.data())};
}

[[noreturn]] void fail_unsupported(std::string_view sentence,
                                   std::initializer_list<std::string_view> values = {}) {
    fail(failure_codes::kUnsupported, sentence, values);
}

std::vector<std::uint8_t> profile_of(Bytes bytes, Format format) {
    auto profile = read_metadata(bytes, format).icc;
    if (!profile.empty())
        return profile;
    const DecodeLimits limits;
    switch (format) {
        case Format::WebP:
            return decode_webp(bytes, limits).icc;
        case Format::Tiff:
            return decode_tiff(bytes, limits).icc;
        case Format::Heic:
        case Format::Avif:
            return decode_heif(bytes, format, limits).icc;
        default:
            return {};
    }
}

Pixels with_profile(Bytes bytes, Format format, const Picture& reference) {
    const auto icc = profile_of(bytes, format);
    using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;
    const Profile from(cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())),
                       &cmsCloseProfile);
    if (!from)
        fail_unsupported(to_say("The embedded colour profile is damaged and cannot be applied."));
    if (cmsGetColorSpace(from.get()) != cmsSigRgbData) {
        fail_unsupported(
            to_say("The embedded colour profile is not an RGB profile, and the pixels were already "
                   "converted without it."));
    }
    const Profile to(cmsCreate_sRGBProfile(), &cmsCloseProfile);
    const std::unique_ptr<void, decltype(&cmsDeleteTransform)> transform(
        cmsCreateTransform(from.get(), TYPE_RGB_8, to.get(), TYPE_RGB_8, INTENT_PERCEPTUAL,
                           cmsFLAGS_NOCACHE),
        &cmsDeleteTransform);
    if (!transform) {
        fail_unsupported(
            to_say("The embedded colour profile cannot be converted to sRGB and cannot be "
                   "applied."));
    }
    Pixels pixels = blank(reference.pixels.width, reference.pixels.height);
    const auto line = static_cast<std::size_t>(pixels.width);
    for (std::size_t y = 0; y < static_cast<std::size_t>(pixels.height); ++y) {
        cmsDoTransform(transform.get(), reference.pixels.rgb.data() + 3 * line * y,
                       pixels.rgb.data() + 3 * line * y, static_cast<cmsUInt32Number>(line));
    }
    return pixels;
}

Pixels on_white(Bytes bytes, Format format, const Picture& reference) {
    const int orientation = reference.facts.orientation;
    switch (format) {
        case Format::Gif:
            return turned(gif_on_white(bytes), orientation);
        case Format::Tiff:
            return tiff_on_white(bytes);
        case Format::Heic:
        case Format::Avif:
            return heif_on_white(bytes, format);
        case Format::WebP:
            if (reference.facts.frames > 1)
                return turned(webp_on_white(bytes), orientation);
            break;
        case Format::Png:
            break;
        default:
            fail_unsupported(to_say("Transparency in %1 files is not supported."),
                             {format_name(format)});
    }
    cv::Mat stored = cv::imdecode(encoded(bytes), cv::IMREAD_UNCHANGED);
    if (stored.empty() || stored.channels() != 4)
        fail_unsupported(to_say("The decoder returns no transparency for this file."));
    if (stored.depth() == CV_16U)
        stored.convertTo(stored, CV_8U, 1.0 / 256);
    cv::cvtColor(stored, stored, cv::COLOR_BGRA2RGBA);
    Pixels pixels = blank(stored.cols, stored.rows);
    composite_on_white(stored.data, stored.total(), pixels.rgb.data());
    return turned(std::move(pixels), orientation);
}

/// Zero-based index.
std::uint64_t middle_frame(const FileFacts& facts) {
    return static_cast<std::uint64_t>(facts.frames) / 2;
}

Pixels other_frame(Bytes bytes, Format format, const FileFacts& facts) {
    switch (format) {
        case Format::Jpeg:
            return jpeg_picture(bytes, middle_frame(facts));
        case Format::Gif:
            return gif_frame(bytes, middle_frame(facts));
        case Format::WebP:
            return webp_frame(bytes, middle_frame(facts));
        case Format::Tiff:
            return tiff_page(bytes, middle_frame(facts));
        case Format::Heic:
        case Format::Avif:
            return heif_picture(bytes, format, middle_frame(facts));
        default:
            break;
    }
    fail_unsupported(to_say("Only the first picture of %1 files is supported."),
                     {format_name(format)});
}

/// The EXIF orientation if nobody applied it, otherwise 1.
int turn_not_applied(Bytes bytes, Format format, const FileFacts& facts) {
    const bool turns_itself =
        format == Format::Tiff ||
        ((format == Format::Heic || format == Format::Avif) && heif_turns_itself(bytes));
    const int asked = turns_itself ? 1 : read_metadata(bytes, format).orientation;
    return asked == facts.orientation ? 1 : asked;
}

/// The corner is at a multiple of 8 pixels, so that the block grid of an earlier JPEG is preserved.
cv::Rect centre_square(const Pixels& pixels) {
    const int side = std::min(pixels.width, pixels.height);
    return {(pixels.width - side) / 2 / 8 * 8, (pixels.height - side) / 2 / 8 * 8, side, side};
}

/// In place.
Pixels cut_out(const cv::Rect& part, Pixels pixels) {
    const auto row = std::ptrdiff_t{3} * part.width;
    auto to = pixels.rgb.begin();
    for (int y = part.y; y < part.y + part.height; ++y, to += row)
        std::copy_n(pixels.rgb.begin() + 3 * (std::ptrdiff_t{y} * pixels.width + part.x), row, to);
    pixels.rgb.resize(static_cast<std::size_t>(to - pixels.rgb.begin()));
    pixels.width = part.width;
    pixels.height = part.height;
    return pixels;
}

/// In place.
Pixels to_grey(Pixels pixels) {
    cv::Mat rgb = view(pixels), grey;
    for (int y = 0; y < rgb.rows; ++y) {
        cv::Mat row = rgb.row(y);
        cv::cvtColor(row, grey, cv::COLOR_RGB2GRAY);
        cv::cvtColor(grey, row, cv::COLOR_GRAY2RGB);
    }
    return pixels;
}

}  // namespace

const char* policy_name(DecodePolicy policy) {
    switch (policy) {
        case DecodePolicy::AsStored:
            return "as_stored";
        case DecodePolicy::Turned:
            return "turned";
        case DecodePolicy::ProfileApplied:
            return "profile_applied";
        case DecodePolicy::AlphaOnWhite:
            return "alpha_on_white";
        case DecodePolicy::OtherFrame:
            return "other_frame";
        case DecodePolicy::CentreSquare:
            return "centre_square";
        case DecodePolicy::Grey:
            return "grey";
        case DecodePolicy::Reference:
            break;
    }
    return "reference";
}

Pixels apply_orientation(const Pixels& stored, int orientation) {
    if (orientation < 2 || orientation > 8)
        return stored;
    const bool quarter = orientation >= 5;
    Pixels pixels =
        blank(quarter ? stored.height : stored.width, quarter ? stored.width : stored.height);
    cv::Mat target = view(pixels);
    orient(view(stored), orientation, target);
    return pixels;
}

Pixels as_stored(const Picture& picture) {
    const int orientation = picture.facts.orientation;
    return apply_orientation(picture.pixels, orientation == 6   ? 8
                                             : orientation == 8 ? 6
                                                                : orientation);
}

std::vector<OtherDecoding> other_decodings(std::span<const std::uint8_t> bytes,
                                           const Picture& reference, bool grey) {
    const InEnglish english;  // they are exported; say_again() shows them
    std::vector<OtherDecoding> found;
    const FileFacts& facts = reference.facts;
    if (facts.orientation != 1) {
        found.push_back(
            {DecodePolicy::AsStored, say("As stored: the EXIF orientation %1 is not applied.",
                                         {std::to_string(facts.orientation)})});
    }
    if (const int asked = turn_not_applied(bytes, identify(bytes), facts); asked != 1) {
        found.push_back({DecodePolicy::Turned,
                         say("Turned as the EXIF orientation %1 asks. For the score it is not "
                             "turned.",
                             {std::to_string(asked)})});
    }
    if (!facts.profile.empty()) {
        found.push_back(
            {DecodePolicy::ProfileApplied,
             say("The embedded colour profile (%1) is converted to sRGB.", {facts.profile})});
    }
    if (facts.alpha)
        found.push_back({DecodePolicy::AlphaOnWhite, say("Transparent parts are shown on white.")});
    if (facts.frames > 1) {
        found.push_back(
            {DecodePolicy::OtherFrame,
             say("Frame or page %1 of %2 instead of the first.",
                 {std::to_string(middle_frame(facts) + 1), std::to_string(facts.frames)})});
    }
    if (reference.pixels.width != reference.pixels.height) {
        found.push_back({DecodePolicy::CentreSquare,
                         say("The largest square around the centre: nothing is stretched, and the "
                             "rest is left out.")});
    }
    if (grey)
        found.push_back({DecodePolicy::Grey, say("Greyscale: brightness without colour.")});
    return found;
}

Pixels decoded_by(DecodePolicy policy, std::span<const std::uint8_t> bytes,
                  const Picture& reference) {
    const FileFacts& facts = reference.facts;
    const Format format = identify(bytes);
    try {
        switch (policy) {
            case DecodePolicy::AsStored:
                return as_stored(reference);
            case DecodePolicy::Turned: {
                const int asked = turn_not_applied(bytes, format, facts);
                return facts.orientation == 1 ? apply_orientation(reference.pixels, asked)
                                              : turned(as_stored(reference), asked);
            }
            case DecodePolicy::ProfileApplied:
                return with_profile(bytes, format, reference);
            case DecodePolicy::AlphaOnWhite:
                return on_white(bytes, format, reference);
            case DecodePolicy::OtherFrame:
                return other_frame(bytes, format, facts);
            case DecodePolicy::CentreSquare:
                return to_pixels(view(reference.pixels)(centre_square(reference.pixels)));
            case DecodePolicy::Grey:
                return to_grey(reference.pixels);
            case DecodePolicy::Reference:
                break;
        }
        return reference.pixels;
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem)
            throw std::bad_alloc();
        fail_unsupported(to_say("OpenCV cannot decode it (%1)."), {printable(error.err, 160)});
    }
}

Pixels decoded_by(DecodePolicy policy, std::span<const std::uint8_t> bytes, Picture&& reference) {
    auto& pixels = reference.pixels;
    switch (policy) {
        case DecodePolicy::CentreSquare: {
            const auto square = centre_square(pixels);
            return cut_out(square, std::move(pixels));
        }
        case DecodePolicy::Grey:
            return to_grey(std::move(pixels));
        case DecodePolicy::Reference:
            return std::move(pixels);
        case DecodePolicy::AlphaOnWhite:
        case DecodePolicy::OtherFrame:
            pixels = {};  // made of the bytes alone
            break;
        default:
            break;
    }
    return decoded_by(policy, bytes, std::as_const(reference));
}

}  // namespace dfd
