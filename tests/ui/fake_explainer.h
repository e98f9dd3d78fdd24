// The fake panel with explanations: its evidence is exactly where the picture is red or blue.
#pragma once

#include <numeric>

#include "core/engine/scoring/explanation.h"
#include "tests/ui/fake_evaluator.h"

namespace dfd::test {

/// Contributions add up to the expert's logit, and removed places contribute nothing. The last
/// expert's map is wrong on purpose: the true map shifted by half the picture, which no test may
/// support. Each of a test's seven orders passes the gate and then reports progress.
class ExplainingEvaluator : public FakeEvaluator, public ExpertExplainer {
  public:
    static constexpr int kSide = 8;  ///< cells per side of its maps

    explicit ExplainingEvaluator(PanelRecord panel, std::shared_ptr<Gate> scoring = nullptr,
                                 std::shared_ptr<Gate> explaining = nullptr)
        : FakeEvaluator(std::move(panel), std::move(scoring)), gate_(std::move(explaining)) {}

    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override {
        ++(options.test ? tested_ : mapped_);
        if (stop.stop_requested())
            throw Cancelled();
        const auto truth = contributions_of(picture);
        const bool lies = expert + 1 == panel().experts.size();
        ExpertExplanation found;
        found.index = static_cast<int>(expert);
        found.name = panel().experts[expert].name;
        found.architecture = panel().experts[expert].architecture;
        found.method = options.method;
        found.target = options.target;
        found.layer = options.layer == kLastLayer ? "last.1" : "early.1";
        found.last_layer = options.layer == kLastLayer;
        found.formula = method_formula(options.method);
        found.exactness = "Exact: the fake panel is linear.";
        found.map = lies ? moved(truth) : truth;
        found.rest = own_of(expert);
        found.value = sum_of(truth) + found.rest;
        found.logits = {0, found.value};
        if (!options.test)
            return found;
        const auto grid = deletion_grid(picture.width, picture.height);
        found.test =
            deletion_test(found.map, grid, found.value, options.seed, [&](const auto& orders) {
                std::vector<DeletionCurve> curves;
                for (const auto& order : orders) {
                    if (gate_)
                        gate_->pass(stop);
                    curves.push_back(curve_of(truth, grid, order, found.value));
                    if (progress)
                        progress(static_cast<double>(curves.size()) /
                                 static_cast<double>(orders.size()));
                }
                return curves;
            });
        return found;
    }

    std::vector<std::string> layers(std::size_t) override { return {"early.1"}; }

    /// Number of calls with and without the test.
    [[nodiscard]] int tested() const { return tested_; }
    [[nodiscard]] int mapped() const { return mapped_; }

  private:
    static ContributionMap contributions_of(const Pixels& picture) {
        ContributionMap map{kSide, kSide, {}};
        for (int row = 0; row < kSide; ++row)
            for (int column = 0; column < kSide; ++column)
                map.values.push_back(static_cast<float>(
                    kSlope / (kSide * kSide) *
                    redness(picture, column * picture.width / kSide, row * picture.height / kSide,
                            (column + 1) * picture.width / kSide,
                            (row + 1) * picture.height / kSide)));
        return map;
    }
    static ContributionMap moved(const ContributionMap& map) {
        ContributionMap elsewhere = map;
        for (std::size_t i = 0; i < map.values.size(); ++i)
            elsewhere.values[(i + map.values.size() / 2 + kSide / 2) % map.values.size()] =
                map.values[i];
        return elsewhere;
    }
    static DeletionCurve curve_of(const ContributionMap& truth, const CellGrid& grid,
                                  const std::vector<int>& order, double whole) {
        const auto importance = cell_importance(truth, grid);
        const double places = static_cast<double>(kSide) * kSide / grid.count();
        DeletionCurve curve{};
        for (std::size_t share = 0; share < kRemovedShares.size(); ++share)
            curve[share] = std::accumulate(
                order.begin(), order.begin() + removed_cells(kRemovedShares[share], grid.count()),
                whole, [&](double value, int cell) {
                    return value - importance[static_cast<std::size_t>(cell)] * places;
                });
        return curve;
    }

    std::shared_ptr<Gate> gate_;
    std::atomic<int> tested_ = 0, mapped_ = 0;
};

}  // namespace dfd::test
