#include "core/engine/scoring/window_views.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "core/opinion/contributions.h"

namespace dfd {
namespace {

/// Where windows lie in the cells of the whole picture, along one side.
struct CellsAlong {
    int cells = 0;   ///< of the whole picture
    int window = 0;  ///< of one window
    int side = 0;    ///< of one window, in pixels

    CellsAlong(int picture, int window_side, int window_cells)
        : cells(window_side == picture
                    ? window_cells
                    : static_cast<int>(std::int64_t{picture} * window_cells / window_side)),
          window(window_cells),
          side(window_side) {}

    [[nodiscard]] int first(int edge) const {
        return std::min(static_cast<int>(std::int64_t{edge} * window / side), cells - window);
    }
};

}  // namespace

WindowChoice windows_of(const Pixels& picture, const InputPolicy& policy, bool everywhere) {
    if (policy.resize != Resize::Native || !policy.windows || everywhere)
        return {};
    return choose_windows(picture, policy.windows->size, policy.windows->most);
}

std::optional<LookedAt> looked_at(const WindowChoice& windows, const InputPolicy& policy) {
    if (windows.whole() || !policy.windows)
        return std::nullopt;
    return LookedAt{static_cast<int>(windows.corners.size()), policy.windows->size,
                    windows.share()};
}

std::optional<LookedAt> looked_at(int width, int height, const InputPolicy& policy) {
    if (policy.resize != Resize::Native || !policy.windows)
        return std::nullopt;
    const auto [size, most] = *policy.windows;
    auto slots = window_slots(width, height, size, most);
    slots.corners.resize(std::min(slots.corners.size(), static_cast<std::size_t>(most)));
    return looked_at(slots, policy);
}

template <class Map>
Map map_of_picture(const Map& stacked, const WindowChoice& windows) {
    const auto count = static_cast<int>(windows.corners.size());
    const CellsAlong down(windows.picture_height, windows.height, stacked.rows / count);
    const CellsAlong across(windows.picture_width, windows.width, stacked.columns);
    Map whole{down.cells, across.cells, {}};
    whole.values.assign(
        static_cast<std::size_t>(whole.rows) * static_cast<std::size_t>(whole.columns),
        kNotLookedAt);
    auto from = stacked.values.begin();
    for (const auto& corner : windows.corners)
        for (int row = 0; row < down.window; ++row, from += stacked.columns)
            std::copy(from, from + stacked.columns,
                      whole.values.begin() +
                          std::ptrdiff_t{down.first(corner.y) + row} * whole.columns +
                          across.first(corner.x));
    return whole;
}

template HeatMap map_of_picture(const HeatMap&, const WindowChoice&);
template ContributionMap map_of_picture(const ContributionMap&, const WindowChoice&);

WindowViews::WindowViews(const PanelRecord& panel, std::span<const Pixels* const> pictures,
                         const EvaluateOptions& options) {
    for (const auto& expert : panel.experts)
        for (std::size_t p = 0; p < pictures.size(); ++p) {
            if (!expert.input.windows || of(p, expert.input) != nullptr)
                continue;
            const auto& picture = *pictures[p];
            const auto& chosen_in = options.windows_of != nullptr ? *options.windows_of : picture;
            if (chosen_in.width != picture.width || chosen_in.height != picture.height)
                throw std::invalid_argument(
                    "Windows are chosen in a picture of the same size as the scored one.");
            auto windows = windows_of(chosen_in, expert.input, options.everywhere);
            if (windows.whole())
                continue;
            auto pixels = stacked_windows(picture, windows);
            views_.emplace(std::pair{p, *expert.input.windows},
                           WindowView{std::move(windows), std::move(pixels)});
        }
}

const WindowView* WindowViews::of(std::size_t picture, const InputPolicy& policy) const {
    if (!policy.windows)
        return nullptr;
    const auto found = views_.find({picture, *policy.windows});
    return found == views_.end() ? nullptr : &found->second;
}

}  // namespace dfd
