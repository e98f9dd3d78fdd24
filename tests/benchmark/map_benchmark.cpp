// Compares maps of occlusion with those of RISE (Petsiuk, Das and Saenko 2018), for experts that
// cannot be looked into, by the deletion test; see resources/manual/other-experts.md.
//
//   dfd_map_benchmark [--more N] [--seed N] MODEL MANIFEST PICTURE...
//
// MODEL is "-" for a program. Both ask the expert as often: once for each of the 7 x 7 cells of
// occlusion, once for each mask of RISE. Masks have 7 x 7 cells, each kept with probability 1/2,
// enlarged bilinearly and moved at random, as published; what a mask hides becomes what the
// deletion test puts in place of a cell. RISE is read in two ways: the mean of the answers, each
// weighted by its mask, as published; and the same of the answers less their mean, which a small
// number of masks needs. --more N: also RISE with N times as many masks. Of each picture the square
// in its middle is used, which most models read whole.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/scoring/occlusion.h"
#include "core/engine/scoring/removed_pixels.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/picture/picture.h"

namespace dfd {
namespace {

/// An expert and one picture, and what stands for the places that are hidden.
class Asked {
  public:
    Asked(ForeignExpert& expert, const Pixels& picture)
        : expert_(expert), asked_(ask(expert, picture, {})) {
        if (asked_.views.size() != 1)
            throw std::runtime_error("Only experts that read a picture in one view are compared.");
        soft_ = std::move(expert.views(softened_copy(picture)).front());
    }

    [[nodiscard]] const OccludedExpert& as_read() const { return asked_; }
    [[nodiscard]] int width() const { return soft_.width; }
    [[nodiscard]] int height() const { return soft_.height; }
    [[nodiscard]] double whole() const { return asked_.log_odds(); }

    /// The log-odds with a share of each pixel kept: width x height numbers from 0 to 1.
    double value_of(const std::vector<float>& kept) {
        View view = asked_.views.front();
        const auto blend = [&](auto& levels, const auto& soft) {
            for (std::size_t i = 0; i < levels.size(); ++i) {
                const float share = kept[i / 3];
                const float level = share * static_cast<float>(levels[i]) +
                                    (1 - share) * static_cast<float>(soft[i]);
                if constexpr (std::is_same_v<std::decay_t<decltype(levels[i])>, float>)
                    levels[i] = level;
                else
                    levels[i] = static_cast<std::uint8_t>(std::lround(level));
            }
        };
        blend(view.rgb, soft_.rgb);
        blend(view.bytes, soft_.bytes);
        const auto answer = expert_.answer(view, {});
        return calibrated(answer.log_odds, expert_.manifest().calibration);
    }

    DeletionTest test(const ContributionMap& map) {
        const auto grid = deletion_grid(width(), height());
        return deletion_test(map, grid, whole(), /*seed=*/1, [&](const auto& orders) {
            std::vector<DeletionCurve> curves(orders.size());
            for (std::size_t i = 0; i < orders.size(); ++i)
                for (std::size_t s = 0; s < kRemovedShares.size(); ++s)
                    curves[i][s] = value_of(without(
                        grid,
                        {orders[i].begin(),
                         orders[i].begin() + removed_cells(kRemovedShares[s],
                                                           static_cast<int>(orders[i].size()))}));
            return curves;
        });
    }

  private:
    [[nodiscard]] std::vector<float> without(const CellGrid& grid,
                                             const std::vector<int>& cells) const {
        std::vector<float> kept(static_cast<std::size_t>(width() * height()), 1);
        for (const int cell : cells) {
            const auto row = static_cast<std::size_t>(cell / grid.columns());
            const auto column = static_cast<std::size_t>(cell % grid.columns());
            for (int y = grid.row_edges[row]; y < grid.row_edges[row + 1]; ++y)
                std::fill_n(kept.begin() + width() * y + grid.column_edges[column],
                            grid.column_edges[column + 1] - grid.column_edges[column], 0.0f);
        }
        return kept;
    }

    ForeignExpert& expert_;
    OccludedExpert asked_;
    View soft_;
};

class Masks {
  public:
    Masks(int width, int height, unsigned seed) : width_(width), height_(height), random_(seed) {}

    std::vector<float> next() {
        constexpr int kCells = kOcclusionCells;
        constexpr int kCorners = kCells + 2;  // one cell more than is seen, for the movement
        std::vector<float> corners(std::size_t{kCorners} * kCorners);
        for (auto& corner : corners)
            corner = static_cast<float>(random_() >> 31);
        const double right = uniform(), down = uniform();
        std::vector<float> mask;
        mask.reserve(static_cast<std::size_t>(width_ * height_));
        for (int y = 0; y < height_; ++y) {
            const double v = down + (y + 0.5) * kCells / height_;
            for (int x = 0; x < width_; ++x) {
                const double u = right + (x + 0.5) * kCells / width_;
                const auto at = [&](int row, int column) {
                    return static_cast<double>(
                        corners[static_cast<std::size_t>(row * kCorners + column)]);
                };
                const int row = std::min(static_cast<int>(v), kCorners - 2);
                const int column = std::min(static_cast<int>(u), kCorners - 2);
                mask.push_back(static_cast<float>(std::lerp(
                    std::lerp(at(row, column), at(row, column + 1), u - column),
                    std::lerp(at(row + 1, column), at(row + 1, column + 1), u - column), v - row)));
            }
        }
        return mask;
    }

  private:
    double uniform() { return static_cast<double>(random_()) / 4294967296.0; }

    int width_, height_;
    std::mt19937 random_;
};

/// The maps of RISE after some of its masks.
class Rise {
  public:
    Rise(int width, int height)
        : width_(width),
          height_(height),
          weighted_(static_cast<std::size_t>(width * height)),
          masks_(weighted_.size()) {}

    void add(const std::vector<float>& mask, double value) {
        for (std::size_t i = 0; i < mask.size(); ++i) {
            weighted_[i] += value * static_cast<double>(mask[i]);
            masks_[i] += static_cast<double>(mask[i]);
        }
        values_ += value;
        ++count_;
    }

    [[nodiscard]] ContributionMap map(bool centred) const {
        ContributionMap map{height_, width_, {}};
        for (std::size_t i = 0; i < masks_.size(); ++i)
            map.values.push_back(static_cast<float>(
                (weighted_[i] - (centred ? values_ / count_ * masks_[i] : 0)) / count_));
        return map;
    }

  private:
    int width_, height_;
    std::vector<double> weighted_, masks_;
    double values_ = 0;
    int count_ = 0;
};

struct Column {
    std::string name;
    std::vector<DeletionTest> tests;
};

/// Mean and standard error.
std::pair<double, double> mean_and_error(const std::vector<double>& values) {
    double sum = 0, squares = 0;
    for (const double value : values)
        sum += value;
    const auto count = static_cast<double>(values.size());
    for (const double value : values)
        squares += (value - sum / count) * (value - sum / count);
    return {sum / count, std::sqrt(squares / std::max(1.0, count - 1) / count)};
}

void print(const std::vector<Column>& columns) {
    std::printf("\n%-24s %-18s %-26s %-8s %9s %5s %12s\n", "map", "apart, logits",
                "against occlusion", "wins", "supported", "weak", "unsupported");
    for (const auto& column : columns) {
        std::vector<double> apart, against;
        std::size_t wins = 0, verdicts[3] = {};
        for (std::size_t i = 0; i < column.tests.size(); ++i) {
            apart.push_back(column.tests[i].separation);
            against.push_back(apart.back() - columns.front().tests[i].separation);
            wins += against.back() > 0;
            ++verdicts[static_cast<std::size_t>(column.tests[i].verdict)];
        }
        const auto [mean, error] = mean_and_error(apart);
        const auto [difference, of_difference] = mean_and_error(against);
        std::printf("%-24s %+.3f +- %.3f    %+.3f +- %.3f           %2zu of %zu %9zu %5zu %12zu\n",
                    column.name.c_str(), mean, error, difference, of_difference, wins, apart.size(),
                    verdicts[0], verdicts[1], verdicts[2]);
    }
}

/// The largest square in the middle.
Pixels middle_of(const Pixels& picture) {
    const int side = std::min(picture.width, picture.height);
    const std::ptrdiff_t left = (picture.width - side) / 2, top = (picture.height - side) / 2;
    Pixels square{side, side, {}};
    for (std::ptrdiff_t y = top; y < top + side; ++y) {
        const auto line = picture.rgb.begin() + 3 * (y * picture.width + left);
        square.rgb.insert(square.rgb.end(), line, line + std::ptrdiff_t{3} * side);
    }
    return square;
}

int run(std::vector<std::string> arguments) {
    int more = 1;
    unsigned seed = 1;
    while (arguments.size() > 1 && arguments[0].starts_with("--")) {
        if (arguments[0] == "--more")
            more = std::stoi(arguments[1]);
        else if (arguments[0] == "--seed")
            seed = static_cast<unsigned>(std::stoul(arguments[1]));
        else
            throw std::invalid_argument("Unknown option " + arguments[0] + ".");
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (arguments.size() < 3)
        throw std::invalid_argument(
            "dfd_map_benchmark [--more N] [--seed N] MODEL MANIFEST PICTURE...");
    const auto manifest = read_manifest_file(arguments[1]);
    const auto expert =
        arguments[0] == "-"
            ? open_program_expert(manifest, std::filesystem::path(arguments[1]).parent_path())
            : open_onnx_expert(manifest, arguments[0]);
    std::vector<Column> columns{{"occlusion", {}}, {"RISE", {}}, {"RISE, centred", {}}};
    if (more > 1)
        columns.push_back({"RISE, centred, x " + std::to_string(more), {}});
    for (std::size_t p = 2; p < arguments.size(); ++p) {
        const auto picture = middle_of(read_picture(arguments[p]).pixels);
        Asked asked(*expert, picture);
        int cells = 0;
        const auto occlusion =
            occlude(asked.as_read(), 1, /*test=*/false, 0, {}, [&](double) { ++cells; });
        if (occlusion.map.rows * occlusion.map.columns != cells)
            throw std::runtime_error("The expert does not read the whole of " + arguments[p] + ".");
        std::vector<ContributionMap> maps{occlusion.map};
        Rise rise(asked.width(), asked.height());
        Masks masks(asked.width(), asked.height(), seed + static_cast<unsigned>(p));
        for (int n = 1; n <= more * cells; ++n) {
            const auto mask = masks.next();
            rise.add(mask, asked.value_of(mask));
            if (n == cells)
                maps.insert(maps.end(), {rise.map(false), rise.map(true)});
        }
        if (more > 1)
            maps.push_back(rise.map(true));
        std::printf("%-32s %+.3f, %d answers a map:",
                    std::filesystem::path(arguments[p]).filename().c_str(), asked.whole(), cells);
        for (std::size_t m = 0; m < maps.size(); ++m) {
            columns[m].tests.push_back(asked.test(maps[m]));
            std::printf("  %+.3f %s", columns[m].tests.back().separation,
                        support_name(columns[m].tests.back().verdict));
        }
        std::printf("\n");
        std::fflush(stdout);
    }
    print(columns);
    return 0;
}

}  // namespace
}  // namespace dfd

int main(int argc, char** argv) {
    try {
        return dfd::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
