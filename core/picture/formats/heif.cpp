// HEIC and AVIF with libheif, which applies the file's own crop, rotation and mirroring.
#include <libheif/heif.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"

namespace dfd::picture_detail {
namespace {

using Context = std::unique_ptr<heif_context, decltype(&heif_context_free)>;
using Handle = std::unique_ptr<heif_image_handle, decltype(&heif_image_handle_release)>;
using Image = std::unique_ptr<heif_image, decltype(&heif_image_release)>;
using Options = std::unique_ptr<heif_decoding_options, decltype(&heif_decoding_options_free)>;
using Profile = std::unique_ptr<heif_color_profile_nclx, decltype(&heif_nclx_color_profile_free)>;

/// The bytes up to the end of the last whole box. What follows must not be a cut box of the format;
/// some programs append other data, such as an XMP packet.
Bytes without_appendix(Bytes bytes, Format format) {
    constexpr std::string_view kTypes[] = {"ftyp", "meta", "mdat", "idat", "moov", "moof", "mfra",
                                           "free", "skip", "uuid", "udta", "styp", "sidx", "mpvd"};
    std::size_t at = 0;
    bool described = false, filled = false;
    while (at < bytes.size()) {
        const Box box = box_at(bytes, at);
        const bool known = std::ranges::any_of(
            kTypes, [&](std::string_view type) { return text_at(bytes, at + 4, type); });
        if (!box.whole) {
            if (known || !described || !filled)
                fail_truncated(format);
            return part(bytes, 0, at);
        }
        described |= text_at(bytes, at + 4, "meta") || text_at(bytes, at + 4, "moov");
        filled |= text_at(bytes, at + 4, "mdat") || text_at(bytes, at + 4, "meta");
        at = box.next;
    }
    return bytes;
}

/// Number of frames of the first track of an image sequence, or 0.
std::uint64_t frames_of_sequence(Bytes bytes) {
    Bytes at = bytes;
    for (const char* type : {"moov", "trak", "mdia", "minf", "stbl", "stsz"})
        at = child_box(at, type);
    return big_endian(at, 8, 4).value_or(0);
}

[[noreturn]] void explain(const heif_error& error, Format format) {
    if (error.code == heif_error_Memory_allocation_error) {
        if (error.subcode == heif_suberror_Security_limit_exceeded) {
            fail(
                failure_codes::kTooLarge,
                to_say("The %1 is larger than its decoder's safety limits; export a smaller copy."),
                {format_name(format)});
        }
        throw std::bad_alloc();
    }
    const auto said = printable(error.message != nullptr ? error.message : "", 160);
    if (error.code == heif_error_Unsupported_feature ||
        error.code == heif_error_Unsupported_filetype ||
        error.code == heif_error_Plugin_loading_error) {
        fail(failure_codes::kUnsupported,
             to_say("The %1 uses a feature or codec that the installed libheif does not decode "
                    "(%2); install its plug-ins or export the picture as JPEG."),
             {format_name(format), said});
    }
    if (error.subcode == heif_suberror_End_of_data)
        fail_truncated(format);
    fail(
        failure_codes::kDamaged,
        to_say("The %1 file is damaged, because libheif reports: %2; get the original file again."),
        {format_name(format), said});
}

void check(const heif_error& error, Format format) {
    if (error.code != heif_error_Ok)
        explain(error, format);
}

template <class T>
T require(T pointer) {
    if (!pointer)
        throw std::bad_alloc();
    return pointer;
}

/// Alpha is dropped, or composited with `on_white`.
Pixels decode_pixels(const heif_image_handle* handle, Format format, bool& repaired,
                     bool on_white = false) {
    const Options options =
        require(Options(heif_decoding_options_alloc(), &heif_decoding_options_free));
    options->convert_hdr_to_8bit = 1;
    heif_image* raw = nullptr;
    const heif_error error = heif_decode_image(
        handle, &raw, heif_colorspace_RGB,
        on_white ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
    const Image image(raw, &heif_image_release);
    check(error, format);
    repaired = heif_image_get_decoding_warnings(raw, 0, nullptr, 0) > 0;
    const int width = heif_image_get_width(raw, heif_channel_interleaved);
    const int height = heif_image_get_height(raw, heif_channel_interleaved);
    int stride = 0;
    const std::uint8_t* plane =
        heif_image_get_plane_readonly(raw, heif_channel_interleaved, &stride);
    if (plane == nullptr || width <= 0 || height <= 0 || stride < (on_white ? 4 : 3) * width)
        fail_corrupt(format, to_say("its decoder returned no pixels"));
    Pixels pixels;
    pixels.width = width;
    pixels.height = height;
    const std::size_t row = std::size_t{3} * static_cast<std::size_t>(width);
    pixels.rgb.resize(row * static_cast<std::size_t>(height));
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        const std::uint8_t* line = plane + y * static_cast<std::size_t>(stride);
        if (on_white) {
            composite_on_white(line, static_cast<std::size_t>(width), pixels.rgb.data() + y * row,
                               heif_image_handle_is_premultiplied_alpha(handle) != 0);
        } else {
            std::copy_n(line, row, pixels.rgb.data() + y * row);
        }
    }
    return pixels;
}

void read_profile(const heif_image_handle* handle, Decoded& decoded) {
    const std::size_t size = heif_image_handle_get_raw_color_profile_size(handle);
    if (size > 0 && size < (std::size_t{1} << 26)) {
        decoded.icc.resize(size);
        if (heif_image_handle_get_raw_color_profile(handle, decoded.icc.data()).code !=
            heif_error_Ok)
            decoded.icc.clear();
    }
    heif_color_profile_nclx* raw = nullptr;
    if (heif_image_handle_get_nclx_color_profile(handle, &raw).code != heif_error_Ok)
        return;
    const Profile nclx(raw, &heif_nclx_color_profile_free);
    if (auto warning = high_range_warning(nclx->transfer_characteristics); !warning.empty())
        decoded.warnings.push_back(std::move(warning));
}

Context read(Bytes bytes, Format format) {
    static std::once_flag once;
    std::call_once(once, [] { heif_init(nullptr); });
    bytes = without_appendix(bytes, format);
    Context context = require(Context(heif_context_alloc(), &heif_context_free));
    check(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(),
                                                     nullptr),
          format);
    return context;
}

/// A grid may claim a different size than its header. Limits decoding to the announced size.
void limit_size(heif_context* context, std::uint64_t width, std::uint64_t height) {
    constexpr std::uint64_t kLargestTile = 8192;
    heif_context_set_maximum_image_size_limit(
        context, static_cast<int>(std::max({width, height, kLargestTile})));
}

std::uint64_t positive(int value) {
    return static_cast<std::uint64_t>(std::max(value, 0));
}

/// Decodes another picture of a file that was decoded before.
Pixels decode_again(heif_context* context, const heif_image_handle* handle, Format format,
                    bool on_white) {
    const auto width = positive(heif_image_handle_get_ispe_width(handle));
    const auto height = positive(heif_image_handle_get_ispe_height(handle));
    check_size(format, width, height, {});
    limit_size(context, width, height);
    bool repaired = false;
    return decode_pixels(handle, format, repaired, on_white);
}

}  // namespace

Decoded decode_heif(Bytes bytes, Format format, const DecodeLimits& limits) {
    if (heif_descriptions(bytes).empty() && !child_box(bytes, "moov").empty()) {
        fail(failure_codes::kUnsupported,
             to_say("The file is an %1 sequence without a still picture, which is not supported; "
                    "export a frame as PNG or JPEG first."),
             {format_name(format)});
    }
    const Context context = read(bytes, format);
    heif_image_handle* raw = nullptr;
    check(heif_context_get_primary_image_handle(context.get(), &raw), format);
    const Handle handle(raw, &heif_image_handle_release);

    Decoded decoded;
    decoded.width = positive(heif_image_handle_get_ispe_width(raw));
    decoded.height = positive(heif_image_handle_get_ispe_height(raw));
    check_size(format, decoded.width, decoded.height, limits);
    limit_size(context.get(), decoded.width, decoded.height);

    bool repaired = false;
    decoded.pixels = decode_pixels(raw, format, repaired);
    decoded.decoder = std::string("libheif ") + heif_get_version();
    decoded.bits_per_channel = std::max(heif_image_handle_get_luma_bits_per_pixel(raw), 1);
    decoded.alpha = heif_image_handle_has_alpha_channel(raw) != 0;
    decoded.frames = frames_of_sequence(bytes);
    if (decoded.frames <= 1) {
        decoded.pages = true;
        decoded.frames = std::max<std::uint64_t>(
            positive(heif_context_get_number_of_top_level_images(context.get())), 1);
    }
    decoded.turns_itself = heif_turns_itself(bytes);
    read_profile(raw, decoded);
    decoded.end = without_appendix(bytes, format).size();
    if (decoded.end < bytes.size()) {
        decoded.warnings.push_back(
            say("Bytes that belong to no part of the %1 follow its end; its picture is complete.",
                {format_name(format)}));
    }
    if (repaired) {
        decoded.warnings.emplace_back(
            to_say("The decoder found irregular data in the file and continued; compare the "
                   "picture with another viewer."));
    }
    return decoded;
}

bool heif_turns_itself(Bytes bytes) {
    const Bytes all = heif_descriptions(bytes);
    const Bytes primary = child_box(all, "pitm");
    const std::uint64_t id =
        big_endian(primary, 4, primary.empty() || primary[0] == 0 ? 2 : 4).value_or(0);
    const Bytes properties = child_box(all, "iprp");
    std::vector<bool> turns{false};  // properties are numbered from 1
    each_box(child_box(properties, "ipco"), [&](std::string_view type, Bytes) {
        turns.push_back(type == "irot" || type == "imir");
    });
    // Which properties each picture has: its number, their count, and their numbers.
    const Bytes list = child_box(properties, "ipma");
    const std::size_t id_size = list.empty() || list[0] == 0 ? 2 : 4;
    const std::size_t number_size = big_endian(list, 3, 1).value_or(0) % 2 == 1 ? 2 : 1;
    const std::uint64_t pictures = big_endian(list, 4, 4).value_or(0);
    std::size_t at = 8;
    for (std::uint64_t i = 0; i < pictures && has(list, at, id_size + 1); ++i) {
        const bool is_primary = big_endian(list, at, id_size) == id;
        const std::size_t count = list[at + id_size];
        at += id_size + 1;
        for (std::size_t k = 0; k < count; ++k, at += number_size) {
            // The highest bit says whether the property is essential.
            const std::uint64_t number =
                big_endian(list, at, number_size).value_or(0) & (number_size == 2 ? 0x7FFF : 0x7F);
            if (is_primary && number < turns.size() && turns[static_cast<std::size_t>(number)])
                return true;
        }
    }
    return false;
}

Pixels heif_picture(Bytes bytes, Format format, std::uint64_t index) {
    if (frames_of_sequence(bytes) > 1) {
        fail(failure_codes::kUnsupported,
             to_say("The installed libheif reads only the still picture of an %1 sequence, not its "
                    "frames."),
             {format_name(format)});
    }
    const Context context = read(bytes, format);
    const int listed = heif_context_get_number_of_top_level_images(context.get());
    std::vector<heif_item_id> ids(static_cast<std::size_t>(std::max(listed, 0)));
    heif_context_get_list_of_top_level_image_IDs(context.get(), ids.data(), listed);
    // The primary picture comes first, regardless of its position in the file.
    heif_item_id primary = 0;
    check(heif_context_get_primary_image_ID(context.get(), &primary), format);
    std::erase(ids, primary);
    ids.insert(ids.begin(), primary);
    if (index >= ids.size())
        fail_corrupt(format, to_say("it has fewer pictures than when it was first read"));
    heif_image_handle* raw = nullptr;
    check(heif_context_get_image_handle(context.get(), ids[static_cast<std::size_t>(index)], &raw),
          format);
    const Handle handle(raw, &heif_image_handle_release);
    return decode_again(context.get(), raw, format, false);
}

Pixels heif_on_white(Bytes bytes, Format format) {
    const Context context = read(bytes, format);
    heif_image_handle* raw = nullptr;
    check(heif_context_get_primary_image_handle(context.get(), &raw), format);
    const Handle handle(raw, &heif_image_handle_release);
    return decode_again(context.get(), raw, format, true);
}

}  // namespace dfd::picture_detail
