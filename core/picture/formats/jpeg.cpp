// JPEG: OpenCV decodes the pixels, but silently fills missing data with grey. The entropy-coded
// data is therefore first read with libjpeg, treating its warnings as errors.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// <jpeglib.h> requires <cstdio>.
#include <jpeglib.h>

#define JMAKE_ENUM_LIST
#include <jerror.h>

#include <algorithm>
#include <memory>
#include <new>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"

namespace dfd::picture_detail {
namespace {

// Far more scans than any encoder writes. Each one costs a pass over the picture.
constexpr int kMostScans = 500;

struct Guard {
    jpeg_error_mgr manager{};
    jpeg_progress_mgr progress{};
    std::jmp_buf escape{};
    int error = 0;          ///< libjpeg's error code, if decoding was aborted
    int damage = 0;         ///< the first warning that indicates missing or broken data
    bool harmless = false;  ///< a warning that affects no pixels, such as stray bytes
    bool ended = false;     ///< the bytes ended before an end marker
    bool whole = false;     ///< all pixels were read; whatever follows cannot damage them
    std::size_t used = 0;   ///< bytes that were read for them
    std::size_t end = 0;    ///< behind the end marker; 0 where there is none
    std::size_t stray = 0;  ///< bytes between the last pixel and the end marker
    bool many_scans = false;
    char text[JMSG_LENGTH_MAX] = {};
};

Guard& guard_of(j_common_ptr info) {
    return *static_cast<Guard*>(info->client_data);
}

bool means_damage(int code) {
    switch (code) {
        case JWRN_HIT_MARKER:
        case JWRN_HUFF_BAD_CODE:
        case JWRN_ARITH_BAD_CODE:
        case JWRN_MUST_RESYNC:
        case JWRN_NOT_SEQUENTIAL:
            return true;
        default:
            return false;
    }
}

void on_message(j_common_ptr info, int level) {
    if (level >= 0)
        return;
    Guard& guard = guard_of(info);
    if (info->err->msg_code == JWRN_JPEG_EOF)
        guard.ended = true;
    else if (guard.whole || !means_damage(info->err->msg_code))
        guard.harmless = true;
    else if (guard.damage == 0)
        guard.damage = info->err->msg_code;
    if (info->err->msg_code == JWRN_EXTRANEOUS_DATA && info->err->msg_parm.i[1] == JPEG_EOI)
        guard.stray = static_cast<std::size_t>(info->err->msg_parm.i[0]);
}

void on_error(j_common_ptr info) {
    Guard& guard = guard_of(info);
    guard.error = info->err->msg_code;
    info->err->format_message(info, guard.text);
    std::longjmp(guard.escape, 1);
}

void on_progress(j_common_ptr info) {
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans) {
        Guard& guard = guard_of(info);
        guard.many_scans = true;
        std::longjmp(guard.escape, 1);
    }
}

void ignore_output(j_common_ptr) {}

void arm(Guard& guard) {
    jpeg_std_error(&guard.manager);
    guard.manager.error_exit = on_error;
    guard.manager.emit_message = on_message;
    guard.manager.output_message = ignore_output;
    guard.progress.progress_monitor = on_progress;
}

[[noreturn]] void explain(const Guard& guard) {
    if (guard.many_scans) {
        fail(failure_codes::kTooLarge,
             to_say("The JPEG holds more than %1 passes over the picture, as files made to exhaust "
                    "a decoder do; it is not decoded."),
             {std::to_string(kMostScans)});
    }
    switch (guard.error) {
        case JERR_OUT_OF_MEMORY:
            throw std::bad_alloc();
        case JERR_BAD_PRECISION:
        case JERR_SOF_UNSUPPORTED:
        case JERR_ARITH_NOTIMPL:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_NOTIMPL:
            fail(failure_codes::kUnsupported,
                 to_say("The file is a JPEG of a rare kind (lossless, 12-bit or hierarchical) that "
                        "is not read; export it as PNG or TIFF first."));
        case JERR_INPUT_EOF:
        case JERR_INPUT_EMPTY:
        case JERR_NO_IMAGE:
            fail_truncated(Format::Jpeg);
        default:
            if (guard.ended)  // the rest of a segment was made up
                fail_truncated(Format::Jpeg);
            fail(
                failure_codes::kDamaged,
                to_say("The JPEG file is damaged, because its data contradict the format (%1); get "
                       "the original file again."),
                {printable(guard.text, 160)});
    }
}

struct Header {
    unsigned width = 0;
    unsigned height = 0;
    int components = 0;
    bool cmyk = false;
    bool read = false;
};

/// Whether every coefficient of every component has been read. libjpeg warns when a scan is
/// incomplete, but not when a file ends between two scans.
bool all_read(const jpeg_decompress_struct& info) {
    if (info.arith_code)
        return false;  // an arithmetic decoder reads zeros beyond the end without a warning
    for (int i = 0; i < info.num_components; ++i) {
        if (info.comp_info[i].quant_table == nullptr)
            return false;  // no scan of this component yet
        for (int k = 0; info.progressive_mode && k < DCTSIZE2; ++k)
            if (info.coef_bits[i][k] != 0)
                return false;  // bits are missing (> 0), or all of it (-1)
    }
    return true;
}

void note_position(const jpeg_decompress_struct& info, Bytes bytes, Guard& guard) {
    guard.whole = guard.damage == 0 && all_read(info);
    if (!guard.whole)
        return;
    const std::size_t left = info.src->bytes_in_buffer;
    guard.used = guard.ended || left > bytes.size() ? bytes.size() : bytes.size() - left;
}

/// After the end marker was read.
void note_end(const jpeg_decompress_struct& info, Bytes bytes, Guard& guard) {
    const std::size_t left = info.src->bytes_in_buffer;
    guard.end = guard.ended || left > bytes.size() ? 0 : bytes.size() - left;
}

/// Reads all scans of a picture that has several, without making pixels.
void read_scans(jpeg_decompress_struct& info, Bytes bytes, Guard& guard) {
    info.buffered_image = TRUE;
    jpeg_start_decompress(&info);
    for (int state = JPEG_SUSPENDED; state != JPEG_REACHED_EOI;) {
        state = jpeg_consume_input(&info);
        on_progress(reinterpret_cast<j_common_ptr>(&info));
        if (state == JPEG_SCAN_COMPLETED && !guard.whole)
            note_position(info, bytes, guard);
    }
    note_end(info, bytes, guard);
}

/// Reads the only scan at one eighth of the size.
void read_scan(jpeg_decompress_struct& info, Bytes bytes, Guard& guard, unsigned char* row,
               std::size_t row_size) {
    info.scale_num = 1;
    info.scale_denom = 8;
    info.out_color_space = info.jpeg_color_space;
    info.dct_method = JDCT_IFAST;
    info.do_fancy_upsampling = FALSE;
    jpeg_start_decompress(&info);
    if (std::size_t{info.output_width} * static_cast<unsigned>(info.output_components) > row_size)
        return;
    while (info.output_scanline < info.output_height) {
        JSAMPROW rows[1] = {row};
        jpeg_read_scanlines(&info, rows, 1);
    }
    note_position(info, bytes, guard);
    jpeg_finish_decompress(&info);
    note_end(info, bytes, guard);
}

/// Reads all data up to the end marker. Errors leave this frame by longjmp, so it must only contain
/// trivially destructible data.
bool run_through(Bytes bytes, Guard& guard, Header& header, const DecodeLimits& limits,
                 unsigned char* row, std::size_t row_size) {
    jpeg_decompress_struct info{};
    info.err = &guard.manager;
    info.client_data = &guard;
    if (setjmp(guard.escape) != 0) {
        jpeg_destroy_decompress(&info);
        return guard.whole;
    }
    jpeg_create_decompress(&info);
    info.client_data = &guard;
    info.progress = &guard.progress;
    jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&info, TRUE);
    header = {info.image_width, info.image_height, info.num_components,
              info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK, true};
    const bool allowed =
        header.width > 0 && header.height > 0 && header.width <= limits.pixels / header.height;
    if (allowed && row != nullptr) {
        if (jpeg_has_multiple_scans(&info) != 0)
            read_scans(info, bytes, guard);
        else
            read_scan(info, bytes, guard, row, row_size);
    }
    jpeg_destroy_decompress(&info);
    return true;
}

/// Copies the coefficients and application data without stray bytes, so that OpenCV's libjpeg
/// prints no warnings.
bool rewrite(Bytes bytes, Guard& guard, std::FILE* output) {
    jpeg_decompress_struct from{};
    jpeg_compress_struct to{};
    from.err = &guard.manager;
    to.err = &guard.manager;
    from.client_data = &guard;
    to.client_data = &guard;
    if (setjmp(guard.escape) != 0) {
        jpeg_destroy_compress(&to);
        jpeg_destroy_decompress(&from);
        return false;
    }
    jpeg_create_decompress(&from);
    jpeg_create_compress(&to);
    jpeg_mem_src(&from, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_save_markers(&from, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&from, TRUE);
    jvirt_barray_ptr* coefficients = jpeg_read_coefficients(&from);
    jpeg_copy_critical_parameters(&from, &to);
    jpeg_stdio_dest(&to, output);
    jpeg_write_coefficients(&to, coefficients);
    for (jpeg_saved_marker_ptr marker = from.marker_list; marker != nullptr; marker = marker->next)
        jpeg_write_marker(&to, marker->marker, marker->data, marker->data_length);
    jpeg_finish_compress(&to);
    jpeg_finish_decompress(&from);
    jpeg_destroy_compress(&to);
    jpeg_destroy_decompress(&from);
    return true;
}

Pixels decode_quietly(Bytes bytes, const Header& header, bool harmless_warnings) {
    if (harmless_warnings) {
        Guard guard;
        arm(guard);
        char* clean = nullptr;
        std::size_t size = 0;
        std::FILE* output = open_memstream(&clean, &size);
        const bool rewritten = output != nullptr && rewrite(bytes, guard, output);
        const bool closed = output != nullptr && std::fclose(output) == 0;
        const std::unique_ptr<char, decltype(&std::free)> freed(clean, std::free);
        if (rewritten && closed)
            return decode_with_opencv({reinterpret_cast<std::uint8_t*>(clean), size}, Format::Jpeg,
                                      header.width, header.height);
    }
    return decode_with_opencv(bytes, Format::Jpeg, header.width, header.height);
}

/// Whether more than padding lies between the last pixel and the end marker.
bool holds_stray_data(Bytes bytes, const Guard& guard) {
    constexpr std::size_t kPadding = 16;
    const std::size_t count = guard.stray, marker = 2;
    if (count < kPadding || guard.end < count + marker)
        return false;
    const Bytes stray = part(bytes, guard.end - marker - count, count);
    return std::ranges::any_of(stray, [&](std::uint8_t byte) { return byte != stray[0]; });
}

/// Refuses kinds of JPEG that libjpeg would call broken.
void refuse_other_kinds(Bytes bytes) {
    constexpr std::uint8_t kLossless = 0xF7;
    bool lossless = false, unknown_height = false;
    each_jpeg_segment(bytes, [&](std::uint8_t marker, Bytes data) {
        lossless |= marker == kLossless;
        const bool frame = marker >= 0xC0 && marker <= 0xC2;
        unknown_height |= frame && big_endian(data, 1, 2) == 0 && big_endian(data, 3, 2) != 0;
    });
    if (lossless) {
        fail(failure_codes::kUnsupported,
             to_say("The file is %1, which is not supported; export it as PNG, TIFF or JPEG "
                    "first."),
             {to_say("a JPEG-LS picture")});
    }
    constexpr std::uint8_t kLinesFollow[] = {0xFF, 0xDC, 0, 4};
    if (unknown_height && !std::ranges::search(bytes, kLinesFollow).empty()) {
        fail(failure_codes::kUnsupported,
             to_say("The JPEG gives its height behind its pixels (a DNL marker), which is not "
                    "supported; export it again as an ordinary JPEG or as PNG."));
    }
}

/// The file's metadata segments, as OpenCV finds them.
std::vector<std::uint8_t> application_segments(Bytes bytes) {
    std::vector<std::uint8_t> segments;
    each_jpeg_segment(bytes, [&](std::uint8_t marker, Bytes data) {
        if (marker != JPEG_APP0 + 1)
            return;
        const std::size_t length = data.size() + 2;
        segments.insert(segments.end(), {0xFF, marker, static_cast<std::uint8_t>(length >> 8),
                                         static_cast<std::uint8_t>(length)});
        segments.insert(segments.end(), data.begin(), data.end());
    });
    return segments;
}

}  // namespace

int jpeg_orientation(Bytes bytes) {
    const auto segments = application_segments(bytes);
    return segments.empty() ? 1 : orientation_by_opencv(segments, Format::Jpeg);
}

Decoded decode_jpeg(Bytes bytes, const DecodeLimits& limits) {
    refuse_other_kinds(bytes);
    Guard guard;
    arm(guard);
    Header header;
    if (!run_through(bytes, guard, header, limits, nullptr, 0))
        explain(guard);
    check_size(Format::Jpeg, header.width, header.height, limits);
    std::vector<unsigned char> row((header.width / 8 + 2) *
                                   static_cast<std::size_t>(header.components));
    if (!run_through(bytes, guard, header, limits, row.data(), row.size()) || guard.many_scans ||
        guard.error == JERR_OUT_OF_MEMORY)
        explain(guard);
    if (guard.ended && !guard.whole)
        fail_truncated(Format::Jpeg);
    if (guard.damage != 0)
        fail_corrupt(Format::Jpeg, to_say("part of its compressed data is missing or broken"));
    const bool unended = guard.ended || guard.error != 0;

    Decoded decoded;
    if (unended) {
        // From memory, OpenCV needs the end marker that libjpeg adds when it reads a file.
        const Bytes used = part(bytes, 0, guard.used);
        std::vector<std::uint8_t> ended(used.begin(), used.end());
        ended.insert(ended.end(), {0xFF, JPEG_EOI});
        decoded.pixels = decode_quietly(ended, header, true);
        decoded.warnings.emplace_back(
            to_say("The JPEG has no end marker, although all of its pixels are there; some phones "
                   "and programs write such files, but something may have been cut off or "
                   "appended."));
    } else {
        decoded.pixels = decode_quietly(bytes, header, guard.harmless);
        if (holds_stray_data(bytes, guard))
            decoded.warnings.push_back(
                say("The JPEG holds %1 bytes that belong to no pixel before its end marker: its "
                    "compressed data may be damaged, and a part of the picture with them.",
                    {std::to_string(guard.stray)}));
    }
    decoded.decoder = opencv_version();
    decoded.width = header.width;
    decoded.height = header.height;
    decoded.colour_model = header.components == 1 ? "Gray" : (header.cmyk ? "CMYK" : "RGB");
    decoded.orientation = jpeg_orientation(bytes);
    const auto others = other_mpo_pictures(bytes);
    decoded.frames = 1 + others.size();
    decoded.end = unended ? 0 : guard.end;
    if (decoded.end > 0)
        for (const Bytes& other : others)
            decoded.end = std::max(
                decoded.end, static_cast<std::size_t>(other.data() - bytes.data()) + other.size());
    decoded.pages = true;
    return decoded;
}

Pixels jpeg_picture(Bytes bytes, std::uint64_t index) {
    const std::vector<Bytes> others = other_mpo_pictures(bytes);
    if (index > others.size())
        fail_corrupt(Format::Jpeg, to_say("it has fewer pictures than when it was first read"));
    return decode_jpeg(index == 0 ? bytes : others[static_cast<std::size_t>(index) - 1], {}).pixels;
}

}  // namespace dfd::picture_detail
