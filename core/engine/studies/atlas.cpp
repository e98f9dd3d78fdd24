#include "core/engine/studies/atlas.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "core/base/language.h"
#include "core/engine/scoring/variant_scores.h"
#include "core/picture/pixels/alteration.h"
#include "core/picture/pixels/faces.h"
#include "core/picture/pixels/heatmap_overlay.h"

namespace dfd {
namespace {

constexpr int kGrid = 8;  ///< the side of JPEG's blocks
constexpr int kSmallestCell = 16;
constexpr int kMostCells = 128;
constexpr double kOpacity = 0.65;
constexpr double kFaceMargin = 2;  ///< window's side divided by the face's

void check(const AtlasOptions& options) {
    const bool scales =
        std::ranges::all_of(options.scales, [](double scale) { return scale > 0 && scale <= 4; });
    if (!scales || options.side < 2 * kGrid || !(options.overlap >= 0 && options.overlap <= 0.9))
        throw std::invalid_argument(
            "An atlas takes scales above 0 and up to 4, windows of at least 16 pixels and overlaps "
            "from 0 to 0.9.");
}

/// Where windows begin along a side, in pixels of the scaled picture.
std::vector<int> starts(int length, const AtlasOptions& options) {
    std::vector<int> found{0};
    if (length <= options.side)
        return found;
    const int step =
        std::max(kGrid, static_cast<int>(options.side * (1 - options.overlap)) / kGrid * kGrid);
    const int last = (length - options.side) / kGrid * kGrid;
    while (found.back() < last)
        found.push_back(std::min(found.back() + step, last));
    return found;
}

/// A window along a side, converted back to pixels of the picture.
std::pair<int, int> unscaled(int start, int side, double scale, int length) {
    const auto at = [&](double value) {
        return std::clamp(static_cast<int>(std::lround(value / scale)), 0, length);
    };
    const int from = std::min(at(start), length - 1);
    return {from, std::max(at(start + side) - from, 1)};
}

void add_grid(int width, int height, double scale, const AtlasOptions& options,
              std::vector<AtlasPlace>& places) {
    const auto scaled = [&](int pixels) {
        return std::max(1, static_cast<int>(std::lround(pixels * scale)));
    };
    const int columns = scaled(width), rows = scaled(height);
    for (const int top : starts(rows, options))
        for (const int left : starts(columns, options)) {
            const auto [x, w] = unscaled(left, std::min(options.side, columns), scale, width);
            const auto [y, h] = unscaled(top, std::min(options.side, rows), scale, height);
            places.push_back({x, y, w, h, scale, false});
        }
}

/// Whether a window covers a point, including the border that the grid of 8 leaves out.
bool covers(const Atlas& atlas, const AtlasPlace& place, double x, double y) {
    const double border = kGrid / place.scale;
    const auto within = [&](double at, int from, int size, int length) {
        const int end = from + size;
        return at >= from &&
               (at < end || (end < length && at < end + border && end + border >= length));
    };
    return within(x, place.x, place.width, atlas.width) &&
           within(y, place.y, place.height, atlas.height);
}

/// Draws what lies in row y of a border of two pixels, white outside and black inside.
void draw_border(std::span<std::uint8_t> row, int y, int rows, const AtlasPlace& place) {
    const int columns = static_cast<int>(row.size() / 3);
    const auto set = [&](int x, std::uint8_t level) {
        std::fill_n(row.begin() + std::ptrdiff_t{3} * x, 3, level);
    };
    for (int inset = 0; inset < 2; ++inset) {
        const int left = place.x + inset, right = place.x + place.width - 1 - inset;
        const int top = place.y + inset, bottom = place.y + place.height - 1 - inset;
        const std::uint8_t level = inset == 0 ? 255 : 0;
        if (y == std::min(top, rows - 1) || y == std::max(bottom, 0))
            for (int x = left; x <= right; ++x)
                set(x, level);
        if (y >= top && y <= bottom) {
            set(std::min(left, columns - 1), level);
            set(std::max(right, 0), level);
        }
    }
}

}  // namespace

std::vector<AtlasPlace> atlas_places(int width, int height, const AtlasOptions& options) {
    check(options);
    std::vector<AtlasPlace> places;
    if (width > 0 && height > 0)
        for (const double scale : options.scales)
            add_grid(width, height, scale, options, places);
    return places;
}

AtlasPlace face_place(int width, int height, const FaceBox& face, const AtlasOptions& options) {
    const int wanted =
        std::max(options.side, static_cast<int>(kFaceMargin * std::max(face.width, face.height)));
    const auto along = [&](int middle, int length) {
        const int size = std::min(wanted, length);
        return std::pair(std::clamp(middle - size / 2, 0, length - size), size);
    };
    const auto [x, w] = along(face.x + face.width / 2, width);
    const auto [y, h] = along(face.y + face.height / 2, height);
    return {x, y, w, h, 1, true};
}

Pixels atlas_pixels(const Pixels& picture, const AtlasPlace& place) {
    Pixels cut{place.width, place.height, {}};
    const auto line = static_cast<std::size_t>(place.width) * 3;
    cut.rgb.reserve(line * static_cast<std::size_t>(place.height));
    for (int y = place.y; y < place.y + place.height; ++y) {
        const auto from =
            picture.rgb.begin() + 3 * (static_cast<std::ptrdiff_t>(y) * picture.width + place.x);
        cut.rgb.insert(cut.rgb.end(), from, from + static_cast<std::ptrdiff_t>(line));
    }
    const Alteration scaling{AlterationStep::Scale, place.scale};
    return place.scale == 1 ? cut : altered(cut, {&scaling, 1});
}

Atlas atlas_of(const Pixels& picture, Evaluator& evaluator, const AtlasOptions& options,
               const std::optional<PanelOpinion>& whole, const AtlasListener& listener,
               const std::stop_token& stop, std::span<const AtlasWindow> known) {
    if (picture.empty())
        throw PictureError({failure_codes::kInternal,
                            to_say("The picture has no pixels; decode a picture first.")});
    Atlas atlas;
    atlas.width = picture.width;
    atlas.height = picture.height;
    atlas.planned = atlas_places(picture.width, picture.height, options);
    if (const auto faces = options.faces ? find_faces(picture) : std::nullopt) {
        atlas.faces_sought = true;
        for (const auto& face : *faces)
            atlas.planned.push_back(face_place(picture.width, picture.height, face, options));
    }
    VariantOptions how;
    how.batch = options.batch;
    atlas.whole = whole ? reference_of(*whole)
                        : score_variants(evaluator, {&picture, 1}, stop, {}, how).front();
    const auto notify = [&] {
        if (listener)
            listener(atlas);
    };
    how.evaluate.everywhere = true;  // nothing of a place is left out
    std::vector<AtlasPlace> wanted;
    for (const auto& place : atlas.planned)
        if (const auto found = std::ranges::find(known, place, &AtlasWindow::place);
            found != known.end())
            atlas.windows.push_back(*found);
        else
            wanted.push_back(place);
    notify();
    try {
        (void)score_variants(
            evaluator, wanted.size(),
            [&](std::size_t index) { return atlas_pixels(picture, wanted[index]); }, stop,
            [&](std::size_t index, const PanelOpinion& opinion) {
                atlas.windows.push_back({wanted[index], opinion});
                lead(atlas.windows.back().opinion, atlas.whole.leading);
                notify();
            },
            how);
        atlas.complete = true;
    } catch (const Cancelled&) {
        // Keep what was finished.
    }
    return atlas;
}

HeatMap atlas_map(const Atlas& atlas, float elsewhere) {
    HeatMap map;
    if (atlas.windows.empty())
        return map;
    const auto cells = [](int length) { return std::clamp(length / kSmallestCell, 1, kMostCells); };
    map.rows = cells(atlas.height);
    map.columns = cells(atlas.width);
    const auto cell_count =
        static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.columns);
    std::vector<double> sums(cell_count, 0);
    std::vector<int> counts(cell_count, 0);
    for (const auto& window : atlas.windows) {
        // Visit only the window's own cells: there may be thousands of windows.
        const auto& place = window.place;
        const double border = kGrid / place.scale;
        const auto cell = [](double at, int length, int among) {
            return std::clamp(static_cast<int>(at * among / length), 0, among - 1);
        };
        const int right = cell(place.x + place.width + border, atlas.width, map.columns);
        const int bottom = cell(place.y + place.height + border, atlas.height, map.rows);
        for (int row = cell(place.y, atlas.height, map.rows); row <= bottom; ++row)
            for (int column = cell(place.x, atlas.width, map.columns); column <= right; ++column) {
                const double x = (column + 0.5) * atlas.width / map.columns;
                const double y = (row + 0.5) * atlas.height / map.rows;
                if (!covers(atlas, place, x, y))
                    continue;
                const auto at =
                    static_cast<std::size_t>(row) * static_cast<std::size_t>(map.columns) +
                    static_cast<std::size_t>(column);
                sums[at] += window.opinion.score;
                ++counts[at];
            }
    }
    for (std::size_t i = 0; i < cell_count; ++i)
        map.values.push_back(counts[i] == 0 ? elsewhere : static_cast<float>(sums[i] / counts[i]));
    return map;
}

DrawRow atlas_rows(const Pixels& picture, const Atlas& atlas) {
    std::vector<AtlasPlace> faces;
    for (const auto& window : atlas.windows)
        if (window.place.face)
            faces.push_back(window.place);
    return [rows = picture.height, faces = std::move(faces),
            draw = overlay_rows(picture, atlas_map(atlas), 1, ColourMap::Inferno, kOpacity)](
               int y, std::span<std::uint8_t> row) {
        draw(y, row);
        for (const auto& face : faces)
            draw_border(row, y, rows, face);
    };
}

}  // namespace dfd
