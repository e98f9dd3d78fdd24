#include "core/engine/scoring/occlusion.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/base/cancelled.h"
#include "core/engine/scoring/removed_pixels.h"

namespace dfd {
namespace {

/// A place in the views: of one view, in its pixels.
struct Cell {
    std::size_t view = 0;
    int left = 0, top = 0, right = 0, bottom = 0;
};

/// Above this a picture is softened in memory for a few rows.
constexpr std::int64_t kSoftenedWhole = 16'000'000;

template <class Value>
void copy_cell(std::vector<Value>& to, const std::vector<Value>& from, int width,
               const Cell& cell) {
    if (to.empty())
        return;
    for (int y = cell.top; y < cell.bottom; ++y) {
        const auto line = std::ptrdiff_t{3} * width * y;
        std::copy(from.begin() + line + std::ptrdiff_t{3} * cell.left,
                  from.begin() + line + std::ptrdiff_t{3} * cell.right,
                  to.begin() + line + std::ptrdiff_t{3} * cell.left);
    }
}

std::vector<int> even_edges(int length, int cells) {
    std::vector<int> edges;
    for (int i = 0; i <= cells; ++i)
        edges.push_back(static_cast<int>(std::int64_t{length} * i / cells));
    return edges;
}

class Occluder {
  public:
    Occluder(const OccludedExpert& asked, double towards, const std::stop_token& stop,
             const ExpertProgress& progress)
        : asked_(asked), towards_(towards), stop_(stop), progress_(progress) {
        const auto& picture = asked.picture;
        const bool small = std::int64_t{picture.width} * picture.height <= kSoftenedWhole;
        soft_ = asked.expert.views(small ? softened_copy(picture) : softened_by_rows(picture));
        const auto& first = asked.views.front();
        const int longer = std::max(first.width, first.height);
        const auto cells = [&](int side) {
            return std::clamp((kOcclusionCells * side + longer / 2) / longer, 1, kOcclusionCells);
        };
        rows_ = cells(first.height);
        columns_ = cells(first.width);
        if (const auto& own = asked.answers.front().map; own) {
            rows_ = own->rows;
            columns_ = own->columns;
        }
    }

    Occlusion run(bool test, std::uint32_t seed) {
        const auto grid = deletion_cells();
        steps_ = (own() ? 0 : asked_.views.size() * static_cast<std::size_t>(rows_ * columns_)) +
                 (test ? (2 + kDisplacedMaps) * kRemovedShares.size() : 0);
        const auto stacked = own() ? own_contributions() : contributions();
        Occlusion result{map_of_picture(stacked), {}};
        if (test)
            result.test = deletion_test(stacked, grid, towards_ * asked_.log_odds(), seed,
                                        [&](const auto& orders) { return curves(orders, grid); });
        return result;
    }

  private:
    [[nodiscard]] bool own() const { return asked_.answers.front().map.has_value(); }

    /// The cells of the deletion test, over all views, one below the other.
    [[nodiscard]] CellGrid deletion_cells() const {
        const auto& first = asked_.views.front();
        return asked_.views.size() == 1
                   ? deletion_grid(first.width, first.height)
                   : stacked_grid(static_cast<int>(asked_.views.size()), first.width, first.height);
    }

    /// One of the views with those of these cells that lie in it made unrecognisable.
    [[nodiscard]] View without(std::span<const Cell> cells, std::size_t v) const {
        auto view = asked_.views[v];
        for (const auto& cell : cells)
            if (cell.view == v) {
                copy_cell(view.rgb, soft_[v].rgb, view.width, cell);
                copy_cell(view.bytes, soft_[v].bytes, view.width, cell);
            }
        return view;
    }

    /// The values of the views with each of these sets of cells made unrecognisable. The expert is
    /// asked about as many views at once as it takes.
    std::vector<double> values_without(std::span<const std::vector<Cell>> removals) {
        std::vector<std::vector<ForeignAnswer>> answers(removals.size());
        std::vector<double> values;
        std::vector<View> waiting;
        std::vector<ForeignAnswer*> places;  // where their answers go
        const auto ask_about_waiting = [&] {
            check_stop(stop_);
            auto found = asked_.expert.answers(waiting, stop_);
            for (std::size_t i = 0; i < found.size(); ++i)
                *places[i] = std::move(found[i]);
            waiting.clear();
            places.clear();
        };
        for (std::size_t r = 0; r < removals.size(); ++r) {
            answers[r] = asked_.answers;
            for (std::size_t v = 0; v < asked_.views.size(); ++v) {
                if (std::ranges::none_of(removals[r],
                                         [&](const Cell& cell) { return cell.view == v; }))
                    continue;
                waiting.push_back(without(removals[r], v));
                places.push_back(&answers[r][v]);
                if (waiting.size() >= asked_.expert.batch())
                    ask_about_waiting();
            }
            if (r + 1 == removals.size() && !waiting.empty())
                ask_about_waiting();
            while (waiting.empty() && values.size() <= r) {
                auto& complete = answers[values.size()];
                values.push_back(towards_ * asked_.log_odds_of(complete));
                complete.clear();
                if (progress_)
                    progress_(static_cast<double>(++done_) / static_cast<double>(steps_));
            }
        }
        return values;
    }

    /// One map of all views, one below the other.
    ContributionMap contributions() {
        std::vector<std::vector<Cell>> removals;
        for (std::size_t v = 0; v < asked_.views.size(); ++v) {
            const auto& view = asked_.views[v];
            const auto down = even_edges(view.height, rows_);
            const auto across = even_edges(view.width, columns_);
            for (std::size_t r = 0; r + 1 < down.size(); ++r)
                for (std::size_t c = 0; c + 1 < across.size(); ++c)
                    removals.push_back({{v, across[c], down[r], across[c + 1], down[r + 1]}});
        }
        const double whole = towards_ * asked_.log_odds();
        ContributionMap map{rows_ * static_cast<int>(asked_.views.size()), columns_, {}};
        for (const double value : values_without(removals))
            map.values.push_back(static_cast<float>(whole - value));
        return map;
    }

    /// The map that the expert itself made of its only view.
    [[nodiscard]] ContributionMap own_contributions() const {
        auto map = *asked_.answers.front().map;
        for (auto& value : map.values)
            value *= static_cast<float>(towards_);
        return map;
    }

    /// Puts the views' cells where they lie in the picture. What no view reads was not looked at;
    /// where two views overlap, both count.
    [[nodiscard]] ContributionMap map_of_picture(const ContributionMap& stacked) const {
        const auto& picture = asked_.picture;
        const auto& only = asked_.views.front().area;
        const bool whole = asked_.views.size() == 1 && only.left == 0 && only.top == 0 &&
                           only.right == picture.width && only.bottom == picture.height;
        if (whole)
            return stacked;
        constexpr int kFine = 64;
        const double longer = std::max(picture.width, picture.height);
        ContributionMap map{
            std::max(1, static_cast<int>(std::lround(kFine * picture.height / longer))),
            std::max(1, static_cast<int>(std::lround(kFine * picture.width / longer))),
            {}};
        map.values.assign(
            static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.columns),
            kNotLookedAt);
        for (std::size_t v = 0; v < asked_.views.size(); ++v)
            place(stacked, v, map);
        return map;
    }

    void place(const ContributionMap& stacked, std::size_t v, ContributionMap& map) const {
        const auto& area = asked_.views[v].area;
        // Which cell of the view each place lies in, and how many places each cell has.
        std::vector<std::pair<std::size_t, std::size_t>> places;
        std::vector<int> count(static_cast<std::size_t>(rows_ * columns_), 0);
        for (int r = 0; r < map.rows; ++r)
            for (int c = 0; c < map.columns; ++c) {
                const double x = (c + 0.5) * asked_.picture.width / map.columns;
                const double y = (r + 0.5) * asked_.picture.height / map.rows;
                if (x < area.left || x >= area.right || y < area.top || y >= area.bottom)
                    continue;
                const int row = std::min(
                    rows_ - 1, static_cast<int>(rows_ * (y - area.top) / (area.bottom - area.top)));
                const int column = std::min(
                    columns_ - 1,
                    static_cast<int>(columns_ * (x - area.left) / (area.right - area.left)));
                const auto cell = static_cast<std::size_t>(row * columns_ + column);
                places.emplace_back(static_cast<std::size_t>(r * map.columns + c), cell);
                ++count[cell];
            }
        for (const auto& [at, cell] : places) {
            auto& value = map.values[at];
            // An own map says something of each place, whatever the picture is around it.
            const float parts =
                own() ? static_cast<float>(map.values.size()) / static_cast<float>(count.size())
                      : static_cast<float>(count[cell]);
            const float share = stacked.values[v * count.size() + cell] / parts;
            value = looked_at(value) ? value + share : share;
        }
    }

    std::vector<DeletionCurve> curves(const std::vector<std::vector<int>>& orders,
                                      const CellGrid& grid) {
        std::vector<std::vector<Cell>> removals;
        for (const auto& order : orders)
            for (const double share : kRemovedShares) {
                auto& cells = removals.emplace_back();
                const auto count = removed_cells(share, static_cast<int>(order.size()));
                for (int n = 0; n < count; ++n)
                    cells.push_back(cell_of(order[static_cast<std::size_t>(n)], grid));
            }
        const auto values = values_without(removals);
        std::vector<DeletionCurve> result(orders.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            result[i / kRemovedShares.size()][i % kRemovedShares.size()] = values[i];
        return result;
    }

    [[nodiscard]] Cell cell_of(int index, const CellGrid& grid) const {
        const auto row = static_cast<std::size_t>(index / grid.columns());
        const auto column = static_cast<std::size_t>(index % grid.columns());
        const int height = asked_.views.front().height;
        const int view = grid.row_edges[row] / height;
        return {static_cast<std::size_t>(view), grid.column_edges[column],
                grid.row_edges[row] - view * height, grid.column_edges[column + 1],
                grid.row_edges[row + 1] - view * height};
    }

    const OccludedExpert& asked_;
    const double towards_;
    const std::stop_token& stop_;
    const ExpertProgress& progress_;
    std::vector<View> soft_;
    int rows_ = 1, columns_ = 1;
    std::size_t steps_ = 1, done_ = 0;
};

}  // namespace

double OccludedExpert::log_odds_of(std::span<const ForeignAnswer> given) const {
    return calibrated(pooled(given, expert.manifest().output.pool), expert.manifest().calibration);
}

OccludedExpert ask(ForeignExpert& expert, const Pixels& picture, const std::stop_token& stop) {
    OccludedExpert asked{expert, picture, expert.views(picture), {}};
    // One by one: a score must not depend on whether a batch fitted into memory.
    for (const auto& view : asked.views) {
        check_stop(stop);
        asked.answers.push_back(expert.answer(view, stop));
    }
    return asked;
}

Occlusion occlude(const OccludedExpert& asked, double towards, bool test, std::uint32_t seed,
                  const std::stop_token& stop, const ExpertProgress& progress) {
    return Occluder(asked, towards, stop, progress).run(test, seed);
}

}  // namespace dfd
