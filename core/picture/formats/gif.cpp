// GIF with giflib: decodes the first frame onto its canvas and reads all blocks to the end of file.
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"

namespace dfd::picture_detail {
namespace {

constexpr Format kGif = Format::Gif;

struct Source {
    Bytes bytes;
    std::size_t at = 0;
};

int read_bytes(GifFileType* gif, GifByteType* to, int count) {
    auto& source = *static_cast<Source*>(gif->UserData);
    const Bytes found = part(source.bytes, source.at, static_cast<std::size_t>(count));
    if (!found.empty())
        std::memcpy(to, found.data(), found.size());
    source.at += found.size();
    return static_cast<int>(found.size());
}

class Reader {
  public:
    explicit Reader(Bytes bytes) : source_{bytes} {
        int error = 0;
        gif_ = DGifOpen(&source_, read_bytes, &error);
        if (gif_ == nullptr)
            explain(error);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { DGifCloseFile(gif_, nullptr); }

    [[nodiscard]] GifFileType& gif() { return *gif_; }
    void check(int result) const {
        if (result == GIF_ERROR)
            explain(gif_->Error);
    }

    [[nodiscard]] std::size_t position() const { return source_.at; }
    [[nodiscard]] bool at_end() const { return source_.at >= source_.bytes.size(); }

  private:
    [[noreturn]] void explain(int error) const {
        if (error == D_GIF_ERR_NOT_ENOUGH_MEM)
            throw std::bad_alloc();
        if (source_.at >= source_.bytes.size())
            fail_truncated(kGif);
        const char* text = GifErrorString(error);
        fail(failure_codes::kDamaged,
             to_say("The GIF file is damaged, because giflib reports: %1; get the original file "
                    "again."),
             {printable(text != nullptr ? text : "unknown error", 120)});
    }

    Source source_;
    GifFileType* gif_ = nullptr;
};

using Colour = std::array<std::uint8_t, 3>;

std::optional<Colour> entry(const ColorMapObject* map, int index) {
    if (map == nullptr || index < 0 || index >= map->ColorCount)
        return std::nullopt;
    const GifColorType& colour = map->Colors[index];
    return Colour{colour.Red, colour.Green, colour.Blue};
}

/// Maps stored lines to rows, for interlaced pictures.
std::vector<int> line_order(int height, bool interlaced) {
    std::vector<int> order;
    order.reserve(static_cast<std::size_t>(height));
    const int starts[] = {0, 4, 2, 1};
    const int steps[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (interlaced ? 4 : 1); ++pass)
        for (int y = interlaced ? starts[pass] : 0; y < height; y += interlaced ? steps[pass] : 1)
            order.push_back(y);
    return order;
}

/// Reads the lines of the current frame and paints pixels whose index satisfies `shows`.
template <class Shows>
void paint(Reader& reader, const ColorMapObject* map, Pixels& pixels, const Shows& shows) {
    const GifImageDesc& frame = reader.gif().Image;
    std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));
    for (const int row : line_order(frame.Height, frame.Interlace)) {
        reader.check(DGifGetLine(&reader.gif(), line.data(), frame.Width));
        const int y = frame.Top + row;
        if (y < 0 || y >= pixels.height)
            continue;
        for (int x = std::max(0, -frame.Left); x < frame.Width && frame.Left + x < pixels.width;
             ++x) {
            const int index = line[static_cast<std::size_t>(x)];
            if (!shows(index))
                continue;
            const Colour colour = entry(map, index).value_or(Colour{});
            const auto at =
                3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.width) +
                     static_cast<std::size_t>(frame.Left + x));
            std::copy(colour.begin(), colour.end(),
                      pixels.rgb.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
}

/// The palette of the current frame.
const ColorMapObject* palette(const GifFileType& gif) {
    const ColorMapObject* map = gif.Image.ColorMap != nullptr ? gif.Image.ColorMap : gif.SColorMap;
    if (map == nullptr)
        fail_corrupt(kGif, to_say("it has no palette"));
    return map;
}

/// Creates the canvas for the first frame, which must be the current one.
void size_canvas(const GifFileType& gif, const DecodeLimits& limits, Decoded& decoded) {
    const GifImageDesc& frame = gif.Image;
    decoded.width = static_cast<std::uint64_t>(gif.SWidth > 0 ? gif.SWidth : frame.Width);
    decoded.height = static_cast<std::uint64_t>(gif.SHeight > 0 ? gif.SHeight : frame.Height);
    check_size(kGif, decoded.width, decoded.height, limits);
    check_size(kGif, static_cast<std::uint64_t>(std::max(frame.Width, 0)),
               static_cast<std::uint64_t>(std::max(frame.Height, 0)), limits);
    decoded.pixels.width = static_cast<int>(decoded.width);
    decoded.pixels.height = static_cast<int>(decoded.height);
    decoded.pixels.rgb.resize(std::size_t{3} * decoded.width * decoded.height);
}

/// Decodes the current frame onto a new canvas.
void read_first_frame(Reader& reader, int transparent, const DecodeLimits& limits,
                      Decoded& decoded) {
    GifFileType& gif = reader.gif();
    const GifImageDesc& frame = gif.Image;
    size_canvas(gif, limits, decoded);
    const ColorMapObject* map = palette(gif);
    Pixels& pixels = decoded.pixels;
    const Colour background = entry(gif.SColorMap, gif.SBackGroundColor).value_or(Colour{});
    for (std::size_t i = 0; i < pixels.rgb.size(); ++i)
        pixels.rgb[i] = background[i % 3];
    decoded.alpha = frame.Left > 0 || frame.Top > 0 || frame.Left + frame.Width < pixels.width ||
                    frame.Top + frame.Height < pixels.height;

    paint(reader, map, pixels, [&](int index) {
        decoded.alpha = decoded.alpha || index == transparent;
        return true;
    });
}

void skip_frame(Reader& reader) {
    int code_size = 0;
    GifByteType* block = nullptr;
    reader.check(DGifGetCode(&reader.gif(), &code_size, &block));
    while (block != nullptr)
        reader.check(DGifGetCodeNext(&reader.gif(), &block));
}

/// Graphics control of the following frame.
struct Control {
    int transparent = NO_TRANSPARENT_COLOR;
    int disposal = DISPOSAL_UNSPECIFIED;
};

/// Reads one extension. A graphics control extension sets `control`.
void read_extension(Reader& reader, Control& control) {
    int kind = 0;
    GifByteType* block = nullptr;
    reader.check(DGifGetExtension(&reader.gif(), &kind, &block));
    if (kind == GRAPHICS_EXT_FUNC_CODE && block != nullptr && block[0] >= 4) {
        GraphicsControlBlock found{};
        DGifExtensionToGCB(block[0], block + 1, &found);
        control = {found.TransparentColor, found.DisposalMode};
    }
    while (block != nullptr)
        reader.check(DGifGetExtensionNext(&reader.gif(), &block));
}

/// Fills the frame's area with the background colour (disposal "restore to background").
void clear(const GifFileType& gif, const GifImageDesc& frame, Pixels& canvas) {
    const Colour background = entry(gif.SColorMap, gif.SBackGroundColor).value_or(Colour{});
    for (int y = std::max(0, frame.Top); y < std::min(canvas.height, frame.Top + frame.Height);
         ++y) {
        for (int x = std::max(0, frame.Left); x < std::min(canvas.width, frame.Left + frame.Width);
             ++x) {
            const auto at = 3 * (std::ptrdiff_t{y} * canvas.width + x);
            std::copy(background.begin(), background.end(), canvas.rgb.begin() + at);
        }
    }
}

}  // namespace

Decoded decode_gif(Bytes bytes, const DecodeLimits& limits) {
    Reader reader(bytes);
    Decoded decoded;
    decoded.frames = 0;
    Control control;
    while (true) {
        if (decoded.frames > 0 && reader.at_end()) {
            decoded.warnings.emplace_back(
                to_say("The GIF has no end marker, although its first frame is complete; later "
                       "frames may have been cut off."));
            break;
        }
        GifRecordType kind = UNDEFINED_RECORD_TYPE;
        reader.check(DGifGetRecordType(&reader.gif(), &kind));
        if (kind == TERMINATE_RECORD_TYPE) {
            decoded.end = reader.position();
            break;
        }
        if (kind == EXTENSION_RECORD_TYPE) {
            read_extension(reader, control);
        } else if (kind == IMAGE_DESC_RECORD_TYPE) {
            reader.check(DGifGetImageDesc(&reader.gif()));
            if (decoded.frames++ == 0)
                read_first_frame(reader, control.transparent, limits, decoded);
            else
                skip_frame(reader);
        }
    }
    if (decoded.frames == 0)
        fail_corrupt(kGif, to_say("it has no frame"));
    decoded.decoder = "giflib " + std::to_string(GIFLIB_MAJOR) + "." +
                      std::to_string(GIFLIB_MINOR) + "." + std::to_string(GIFLIB_RELEASE);
    decoded.colour_model = "Palette";
    return decoded;
}

Pixels gif_frame(Bytes bytes, std::uint64_t index) {
    Reader reader(bytes);
    GifFileType& gif = reader.gif();
    Decoded first;
    Control control;
    Pixels before;  // saved for disposal "restore to previous"
    GifImageDesc last{};
    int disposal = DISPOSAL_UNSPECIFIED;
    for (std::uint64_t frame = 0;;) {
        GifRecordType kind = UNDEFINED_RECORD_TYPE;
        reader.check(DGifGetRecordType(&gif, &kind));
        if (kind == TERMINATE_RECORD_TYPE)
            fail_corrupt(kGif, to_say("it has fewer frames than when it was first read"));
        if (kind == EXTENSION_RECORD_TYPE)
            read_extension(reader, control);
        if (kind != IMAGE_DESC_RECORD_TYPE)
            continue;
        reader.check(DGifGetImageDesc(&gif));
        Pixels& canvas = first.pixels;
        if (frame == 0) {
            read_first_frame(reader, control.transparent, {}, first);
        } else {
            if (disposal == DISPOSE_BACKGROUND)
                clear(gif, last, canvas);
            else if (disposal == DISPOSE_PREVIOUS && !before.empty())
                canvas = before;
            if (control.disposal == DISPOSE_PREVIOUS)
                before = canvas;
            if (gif.Image.Width <= 0 || gif.Image.Height <= 0)
                fail_corrupt(kGif, to_say("a later frame has no pixels"));
            paint(reader, palette(gif), canvas,
                  [&](int colour) { return colour != control.transparent; });
        }
        if (frame++ == index)
            return std::move(canvas);
        last = gif.Image;
        last.ColorMap = nullptr;
        disposal = control.disposal;
        control = {};
    }
}

Pixels gif_on_white(Bytes bytes) {
    Reader reader(bytes);
    GifFileType& gif = reader.gif();
    Control control;
    GifRecordType kind = UNDEFINED_RECORD_TYPE;
    while (kind != IMAGE_DESC_RECORD_TYPE) {
        reader.check(DGifGetRecordType(&gif, &kind));
        if (kind == TERMINATE_RECORD_TYPE)
            fail_corrupt(kGif, to_say("it has no frame"));
        if (kind == EXTENSION_RECORD_TYPE)
            read_extension(reader, control);
    }
    reader.check(DGifGetImageDesc(&gif));
    Decoded first;
    size_canvas(gif, {}, first);
    std::fill(first.pixels.rgb.begin(), first.pixels.rgb.end(), std::uint8_t{255});
    paint(reader, palette(gif), first.pixels,
          [&](int colour) { return colour != control.transparent; });
    return std::move(first.pixels);
}

}  // namespace dfd::picture_detail
