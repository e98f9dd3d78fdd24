#include "core/picture/picture.h"

#include <algorithm>
#include <limits>
#include <new>

#include "core/base/digest.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/decoder_memory.h"
#include "core/picture/file_bytes.h"
#include "core/picture/formats/colour_profile.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/jpeg_facts.h"
#include "core/picture/provenance/metadata.h"
#include "core/picture/provenance/origin.h"

namespace dfd {
namespace {

using namespace picture_detail;

constexpr int kSmallSide = 64;

Decoded decode(Bytes bytes, Format format, const DecodeLimits& limits) {
    switch (format) {
        case Format::Jpeg:
            return decode_jpeg(bytes, limits);
        case Format::Png:
            return decode_png(bytes, limits);
        case Format::WebP:
            return decode_webp(bytes, limits);
        case Format::Tiff:
            return decode_tiff(bytes, limits);
        case Format::Bmp:
            return decode_bmp(bytes, limits);
        case Format::Gif:
            return decode_gif(bytes, limits);
        case Format::Pnm:
            return decode_pnm(bytes, limits);
        case Format::Heic:
        case Format::Avif:
            return decode_heif(bytes, format, limits);
    }
    fail(failure_codes::kInternal, to_say("There is no decoder for the picture format."));
}

bool all_grey(const Pixels& pixels) {
    for (std::size_t i = 0; i + 2 < pixels.rgb.size(); i += 3)
        if (pixels.rgb[i] != pixels.rgb[i + 1] || pixels.rgb[i] != pixels.rgb[i + 2])
            return false;
    return true;
}

bool is_srgb(const std::string& profile) {
    const std::string lower = lower_case(profile);
    return lower.find("srgb") != std::string::npos || lower == "c2";
}

/// Names such as "ITUR_2100_PQ_FULL" and "Rec. 2100 HLG".
bool names_high_range(const std::string& profile) {
    const std::string lower = lower_case(profile);
    return lower.find("2100") != std::string::npos &&
           (lower.find("pq") != std::string::npos || lower.find("hlg") != std::string::npos);
}

void describe(const Picture& picture, const Decoded& decoded, const Metadata& metadata,
              std::vector<std::string>& warnings) {
    const FileFacts& facts = picture.facts;
    if (facts.alpha) {
        warnings.push_back(
            decoded.multiplied
                ? say("The picture has an alpha channel, which was dropped after its colours were "
                      "multiplied by it: transparent parts are examined as black.")
                : say("The picture has an alpha channel, which was dropped: colours hidden under "
                      "transparent parts are examined too."));
    }
    if (facts.bits_per_channel > 8) {
        warnings.push_back(say("The picture has %1 bits per channel; experts see it reduced to 8.",
                               {std::to_string(facts.bits_per_channel)}));
    }
    if (facts.colour_model == "CMYK") {
        warnings.push_back(
            say("The picture is in CMYK (print) colours and was converted to RGB without its "
                "profile; colours differ from print."));
    }
    if (facts.frames > 1) {
        const std::string count = std::to_string(facts.frames);
        warnings.push_back(
            decoded.pages
                ? say("The file holds %1 pictures or pages; only the first is examined.", {count})
                : say("The file is an animation of %1 frames; only the first is examined.",
                      {count}));
    }
    if (names_high_range(facts.profile)) {
        constexpr int kPq = 16;
        const std::string warning = high_range_warning(kPq);
        if (std::ranges::find(decoded.warnings, warning) == decoded.warnings.end())
            warnings.push_back(warning);
    }
    if (!facts.profile.empty() && !is_srgb(facts.profile)) {
        warnings.push_back(
            say("The embedded colour profile (%1) is not sRGB and is not applied, as in the "
                "reference method; experts see slightly different colours than a viewer shows.",
                {facts.profile}));
    }
    const int asked = metadata.orientation;
    if (asked != 1 && asked != facts.orientation && !decoded.turns_itself) {
        warnings.push_back(
            say("The metadata ask for a rotated picture (EXIF orientation %1). It is not turned, "
                "because the published method reads such a file unturned, too; experts see it as "
                "stored.",
                {std::to_string(asked)}));
    }
    if (facts.colour_model == "Gray" || all_grey(picture.pixels)) {
        warnings.push_back(
            say("The picture is greyscale; experts expect colour, so scores are less reliable."));
    }
    if (std::min(picture.pixels.width, picture.pixels.height) < kSmallSide) {
        warnings.push_back(
            say("The picture is very small (%1 × %2 pixels); experts have little to examine.",
                {std::to_string(picture.pixels.width), std::to_string(picture.pixels.height)}));
    }
    warnings.insert(warnings.end(), decoded.warnings.begin(), decoded.warnings.end());
    if (!metadata.unreadable.empty()) {
        warnings.push_back(say("The file is damaged in %1, which could not be read; the rest was.",
                               {joined(metadata.unreadable, " and ")}));
    }
}

int to_int(std::uint64_t value) {
    return static_cast<int>(std::min<std::uint64_t>(value, std::numeric_limits<int>::max()));
}

/// As decode(). Refuses a picture that does not fit into the free memory when its header is read.
Decoded decode_what_fits(Bytes bytes, Format format, const DecodeLimits& limits) {
    if (limits.free_memory == nullptr)
        return decode(bytes, format, limits);
    const std::uint64_t available = limits.free_memory();
    const std::uint64_t for_each_pixel = 3 + decoder_bytes_per_pixel(bytes);
    DecodeLimits fitting = limits;
    fitting.pixels = std::min(limits.pixels, available / for_each_pixel);
    try {
        return decode(bytes, format, fitting);
    } catch (const OverLimits& found) {
        check_size(found.format, found.width, found.height, limits);
        const std::uint64_t pixels = found.width * found.height;
        refuse_for_memory(MemoryFor::Decoding, pixels, for_each_pixel * pixels, available);
    }
}

Picture decode_or_throw(Bytes bytes, const DecodeLimits& limits, Provenance provenance) {
    const InEnglish english;  // facts and warnings are kept in cases and exports
    const Format format = identify(bytes);
    Decoded decoded = decode_what_fits(bytes, format, limits);
    Metadata metadata = read_metadata(bytes, format);

    Picture picture;
    picture.pixels = std::move(decoded.pixels);
    picture.pixels.alpha = decoded.alpha;
    if (const auto known = format == Format::Jpeg ? jpeg_facts(bytes) : std::nullopt)
        picture.pixels.jpeg_quality = known->quality;
    FileFacts& facts = picture.facts;
    facts.format = format_name(format);
    facts.decoder = std::move(decoded.decoder);
    facts.bytes = bytes.size();
    facts.sha256 = sha256_hex(bytes);
    facts.stored_width = to_int(decoded.width);
    facts.stored_height = to_int(decoded.height);
    facts.orientation = decoded.orientation;
    facts.bits_per_channel = decoded.bits_per_channel;
    facts.colour_model = std::move(decoded.colour_model);
    facts.alpha = decoded.alpha;
    facts.frames = to_int(decoded.frames);
    facts.profile = profile_description(decoded.icc.empty() ? metadata.icc : decoded.icc);
    if (provenance == Provenance::Sought)
        facts.provenance = read_provenance(bytes, format, metadata, picture.pixels, decoded.end);
    facts.metadata = std::move(metadata.entries);
    describe(picture, decoded, metadata, picture.warnings);
    return picture;
}

}  // namespace

Picture decode_picture(std::span<const std::uint8_t> bytes, const DecodeLimits& limits,
                       Provenance provenance) {
    if (bytes.empty())
        fail(failure_codes::kEmpty, to_say("The file is empty (0 bytes); get the original again."));
    if (bytes.size() > limits.bytes) {
        fail(failure_codes::kTooLarge,
             to_say("The picture is larger than the limit of %1 MiB; export a smaller copy."),
             {std::to_string(limits.bytes >> 20)});
    }
    try {
        return decode_or_throw(bytes, limits, provenance);
    } catch (const PictureError&) {
        throw;
    } catch (const std::bad_alloc&) {
        fail(failure_codes::kOutOfMemory,
             to_say("There is not enough memory to decode the picture; close other programs or "
                    "export a smaller copy."));
    } catch (const std::exception& error) {
        fail(failure_codes::kInternal,
             to_say("The picture could not be decoded (%1); please report this with the file."),
             {printable(error.what(), 200)});
    }
}

std::uint64_t announced_pixels(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
    try {
        // Without room for a single pixel, every decoder stops at its header.
        (void)decode_picture(bytes, {limits.bytes, 0, nullptr});
    } catch (const OverLimits& found) {
        check_size(found.format, found.width, found.height, limits);
        return found.width * found.height;
    }
    fail(failure_codes::kInternal, to_say("A decoder did not check the size of its picture."));
}

Picture read_picture(const std::filesystem::path& path, const DecodeLimits& limits,
                     Provenance provenance) {
    const std::vector<std::uint8_t> bytes = read_file_bytes(path, limits.bytes);
    return decode_picture(bytes, limits, provenance);
}

}  // namespace dfd
