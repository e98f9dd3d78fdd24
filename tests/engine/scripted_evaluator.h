// A panel whose experts are functions of the pixels, so that expected figures can be computed by
// hand.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "tests/engine/test_evaluator.h"

namespace dfd::test {

class ScriptedEvaluator : public TestEvaluator {
  public:
    /// Score of expert "a", "b", ...: in the open interval (0, 1).
    using Expert = std::function<double(const Pixels&)>;

    explicit ScriptedEvaluator(std::vector<Expert> experts) : experts_(std::move(experts)) {
        panel_.name = "scripted";
        for (std::size_t i = 0; i < experts_.size(); ++i)
            panel_.experts.emplace_back().name = std::string(1, static_cast<char>('a' + i));
    }

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions&, std::stop_token stop) override {
        std::vector<PanelOpinion> opinions;
        for (const auto* picture : pictures) {
            if (stop.stop_requested())
                throw Cancelled();
            ++evaluated;
            auto& opinion = opinions.emplace_back();
            for (std::size_t i = 0; i < experts_.size(); ++i) {
                auto& expert = opinion.experts.emplace_back();
                expert.index = static_cast<int>(i);
                expert.name = panel_.experts[i].name;
                const double score = experts_[i](*picture);
                expert.logits = {0.0, std::log(score / (1 - score))};
            }
            combine(opinion);
        }
        return opinions;
    }

    int evaluated = 0;

  private:
    std::vector<Expert> experts_;
};

}  // namespace dfd::test
