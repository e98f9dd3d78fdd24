// JPEG: OpenCV decodes the pixels, but silently fills missing data with grey. The entropy-coded
// data is therefore first read with libjpeg, treating its warnings as errors.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// <jpeglib.h> requires <cstdio>.
#include <jpeglib.h>

#define JMAKE_ENUM_LIST
#include <jerror.h>

#include <memory>
#include <new>

#include "core/base/text.h"
#include "core/picture/formats/decoding.h"

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
        case JWRN_JPEG_EOF:
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
    if (!means_damage(info->err->msg_code))
        guard.harmless = true;
    else if (guard.damage == 0)
        guard.damage = info->err->msg_code;
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
             "The JPEG holds more than " + std::to_string(kMostScans) +
                 " passes over the picture, as files made to exhaust a decoder do; it is not "
                 "decoded.");
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
                 "The file is a JPEG of a rare kind (lossless, 12-bit or hierarchical) that is "
                 "not read; export it as PNG or TIFF first.");
        case JERR_INPUT_EOF:
        case JERR_INPUT_EMPTY:
        case JERR_NO_IMAGE:
            fail_truncated(Format::Jpeg);
        default:
            fail_corrupt(Format::Jpeg, std::string("its data contradict the format (") +
                                           printable(guard.text, 160) + ")");
    }
}

struct Header {
    unsigned width = 0;
    unsigned height = 0;
    int components = 0;
    bool cmyk = false;
    bool read = false;
};

/// Reads all data up to the end marker at one eighth of the size. Errors leave this frame by
/// longjmp, so it must only contain trivially destructible data.
bool run_through(Bytes bytes, Guard& guard, Header& header, const DecodeLimits& limits,
                 unsigned char* row, std::size_t row_size) {
    jpeg_decompress_struct info{};
    info.err = &guard.manager;
    info.client_data = &guard;
    if (setjmp(guard.escape) != 0) {
        jpeg_destroy_decompress(&info);
        return false;
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
        info.scale_num = 1;
        info.scale_denom = 8;
        info.out_color_space = info.jpeg_color_space;
        info.dct_method = JDCT_IFAST;
        info.do_fancy_upsampling = FALSE;
        jpeg_start_decompress(&info);
        if (std::size_t{info.output_width} * static_cast<unsigned>(info.output_components) <=
            row_size) {
            while (info.output_scanline < info.output_height) {
                JSAMPROW rows[1] = {row};
                jpeg_read_scanlines(&info, rows, 1);
            }
            jpeg_finish_decompress(&info);
        }
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

Pixels decode_quietly(Bytes bytes, bool harmless_warnings) {
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
            return decode_with_opencv({reinterpret_cast<std::uint8_t*>(clean), size}, Format::Jpeg);
    }
    return decode_with_opencv(bytes, Format::Jpeg);
}

}  // namespace

Decoded decode_jpeg(Bytes bytes, const DecodeLimits& limits) {
    Guard guard;
    arm(guard);
    Header header;
    if (!run_through(bytes, guard, header, limits, nullptr, 0))
        explain(guard);
    check_size(Format::Jpeg, header.width, header.height, limits);
    std::vector<unsigned char> row((header.width / 8 + 2) *
                                   static_cast<std::size_t>(header.components));
    if (!run_through(bytes, guard, header, limits, row.data(), row.size()))
        explain(guard);
    if (guard.damage == JWRN_JPEG_EOF)
        fail_truncated(Format::Jpeg);
    if (guard.damage != 0)
        fail_corrupt(Format::Jpeg, "part of its compressed data is missing or broken");

    Decoded decoded;
    decoded.pixels = decode_quietly(bytes, guard.harmless);
    decoded.decoder = opencv_version();
    decoded.width = header.width;
    decoded.height = header.height;
    decoded.colour_model = header.components == 1 ? "Gray" : (header.cmyk ? "CMYK" : "RGB");
    decoded.orients = true;
    return decoded;
}

}  // namespace dfd::picture_detail
