#include "core/engine/scoring/explanation.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/scoring/calibrated_reading.h"
#include "core/engine/scoring/mixed_evaluator.h"
#include "core/engine/scoring/removed_pixels.h"
#include "core/engine/scoring/variant_scores.h"
#include "core/engine/scoring/window_views.h"
#include "core/picture/pixels/traits.h"

namespace dfd {
namespace {

double target_of(const std::array<double, 2>& logits, AttributionTarget target) {
    switch (target) {
        case AttributionTarget::Fake:
            return logits[1];
        case AttributionTarget::Real:
            return logits[0];
        case AttributionTarget::LogOdds:
            break;
    }
    return logits[1] - logits[0];
}

/// An expert that counts, and how much.
struct Counting {
    std::size_t expert = 0;
    double share = 1;
};

/// Over the given experts.
double mean_target(const PanelOpinion& opinion, const std::vector<Counting>& experts,
                   AttributionTarget target) {
    double sum = 0, total = 0;
    for (const auto& [e, share] : experts)
        if (const auto& expert = opinion.experts.at(e); expert.available()) {
            sum += share * target_of(expert.logits, target);
            total += share;
        }
    return total > 0 ? sum / total : 0;
}

/// The opinion on the explained picture: which question leads, and which experts count. Only gates
/// and experts made for faces need more than logits and pixels: then the panel scores the picture.
PanelOpinion opinion_on(const Pixels& picture, const std::vector<ExpertExplanation>& experts,
                        Evaluator& evaluator, const ExplainOptions& options,
                        const std::stop_token& stop) {
    const auto& panel = evaluator.panel();
    const auto calibration =
        calibration_of_reading(panel, calibration_for(panel, precision_name(evaluator.precision())),
                               picture, options.everywhere);
    const bool gated =
        calibration && std::ranges::any_of(*calibration, [](const AnswerCalibration& answer) {
            return !answer.gates.empty();
        });
    if (gated || has_experts_for_faces(panel)) {
        const Pixels* const pictures[] = {&picture};
        EvaluateOptions how;
        how.everywhere = options.everywhere;
        return evaluator.evaluate(pictures, how, stop).at(0);
    }
    auto opinion = open_opinion(panel);
    opinion.calibration = calibration;
    add_traits(picture, /*wanted=*/false, opinion);
    if (has_face_limit(calibration))
        opinion.traits->face = measure_face(picture);
    for (std::size_t e = 0; e < experts.size(); ++e) {
        auto& expert = opinion.experts.emplace_back();
        expert.name = panel.experts[e].name;
        expert.logits = experts[e].logits;
        expert.question = panel.experts[e].question;
        if (!experts[e].failure.empty())
            set_unavailable(expert, experts[e].failure);
    }
    combine(opinion);
    return opinion;
}

void check_layer(ExpertExplainer& explainer, const PanelRecord& panel, const std::string& wanted) {
    if (wanted.empty() || wanted == kLastLayer || wanted == kFinerLayer || wanted == kFinestLayer)
        return;
    std::vector<std::string> known;
    for (std::size_t e = 0; e < panel.experts.size(); ++e)
        for (auto& layer : explainer.layers(e)) {
            if (layer == wanted)
                return;
            if (std::ranges::find(known, layer) == known.end())
                known.push_back(std::move(layer));
        }
    std::string names;
    for (const auto& name : known)
        names += ", " + name;
    throw std::invalid_argument("No expert of the panel " + panel.name + " has a layer \"" +
                                wanted + "\"; use last, finer, finest" + names + ".");
}

/// The mean's deletion test scores the whole panel on pictures with parts removed.
std::vector<DeletionCurve> panel_curves(Evaluator& evaluator, const Pixels& picture,
                                        const std::vector<Counting>& experts, const CellGrid& grid,
                                        const std::vector<std::vector<int>>& orders,
                                        const ExplainOptions& options, const std::stop_token& stop,
                                        const ExpertProgress& progress) {
    const bool whole =
        std::ranges::all_of(evaluator.panel().experts, [&](const ExpertRecord& expert) {
            return options.everywhere || !looked_at(picture.width, picture.height, expert.input);
        });
    const auto soft = whole ? rows_of(softened_copy(picture)) : softened_rows(picture);
    // As many as a CPU scores side by side: between batches a stop takes effect and other callers
    // get their turn.
    VariantOptions how;
    how.evaluate.everywhere = options.everywhere;
    how.evaluate.windows_of = &picture;
    if (evaluator.device().id == "cpu")
        how.batch = std::clamp(evaluator.device().threads, 1, how.batch);
    constexpr auto kPoints = kRemovedShares.size();
    const auto count = orders.size() * kPoints;
    std::vector<DeletionCurve> curves(orders.size());
    score_variants(
        evaluator, count,
        [&](std::size_t index) {
            const std::span<const int> order(orders[index / kPoints]);
            const auto cells =
                removed_cells(kRemovedShares[index % kPoints], static_cast<int>(order.size()));
            return with_cells_from(picture, soft, grid,
                                   order.first(static_cast<std::size_t>(cells)));
        },
        stop,
        [&](std::size_t index, const PanelOpinion& opinion) {
            curves[index / kPoints][index % kPoints] =
                mean_target(opinion, experts, options.target);
            if (progress)
                progress(static_cast<double>(index + 1) / static_cast<double>(count));
        },
        how);
    return curves;
}

}  // namespace

std::string exactness_text(const ExpertExplanation& explanation) {
    std::vector<std::string> sentences;
    if (!explanation.fallback.empty())
        sentences.push_back(say_again(explanation.fallback));
    sentences.push_back(say(explanation.exactness));
    if (explanation.windows > 0)
        sentences.push_back(
            say("The expert looked at %1 windows of the picture; the map has no values elsewhere.",
                {std::to_string(explanation.windows)}));
    if (!explanation.remark.empty())
        sentences.push_back(say_again(explanation.remark));
    return joined(sentences, " ");
}

ExpertExplainer& explainer_of(Evaluator& evaluator) {
    auto* const explainer = dynamic_cast<ExpertExplainer*>(&evaluator);
    if (explainer == nullptr)
        throw DeviceError("This evaluator has no networks, so its scores cannot be explained.");
    return *explainer;
}

Explanation explain(Evaluator& evaluator, const Pixels& picture, const ExplainOptions& options,
                    const std::stop_token& stop,
                    const std::function<void(const ExpertExplanation&)>& listener,
                    const Progress& progress, const std::vector<ExpertExplanation>& known) {
    const auto start = std::chrono::steady_clock::now();
    auto& explainer = explainer_of(evaluator);
    const auto& panel = evaluator.panel();
    check_layer(explainer, panel, options.layer);

    Explanation result;
    // The mean's test takes about as long as the tests of all experts together.
    const double steps = static_cast<double>(panel.experts.size()) * (options.test ? 2 : 1);
    const auto notify = [&](double done, const std::string& what) {
        if (progress)
            progress(done, steps, what);
    };
    for (std::size_t e = 0; e < panel.experts.size(); ++e) {
        const auto what = say("Explaining %1", {panel.experts[e].name});
        notify(static_cast<double>(e), what);
        const auto found = std::ranges::find(known, static_cast<int>(e), &ExpertExplanation::index);
        auto& expert = result.experts.emplace_back(
            found != known.end() ? *found
                                 : explainer.explain(picture, e, options, stop, [&](double done) {
                                       notify(static_cast<double>(e) + done, what);
                                   }));
        expert.index = static_cast<int>(e);
        if (listener)
            listener(expert);
    }

    const auto opinion = opinion_on(picture, result.experts, evaluator, options, stop);
    result.question = opinion.leading;
    result.fused = fusion_of(opinion, result.question) != nullptr;
    std::vector<const ContributionMap*> maps;
    std::vector<Counting> counting;
    std::vector<double> shares;
    double total = 0;
    for (std::size_t e = 0; e < result.experts.size(); ++e) {
        const auto& answer = opinion.experts.at(e);
        if (panel.experts[e].question != result.question || !result.experts[e].failure.empty())
            continue;
        if (answer.left)
            result.left.push_back(panel.experts[e].name);
        const double share = share_of_combination(opinion, answer);
        if (!(share > 0))
            continue;
        counting.push_back({e, share});
        maps.push_back(&result.experts[e].map);
        shares.push_back(share);
        result.mean.value += share * result.experts[e].value;
        total += share;
    }
    if (maps.empty())
        throw DeviceError(
            "No expert has an opinion on this picture, so there is nothing to "
            "explain. " +
            result.experts.front().failure);
    result.mean.value /= total;
    result.mean.map = mean_contributions(maps, shares);
    result.mean.rest = result.mean.value - sum_of(result.mean.map);
    if (options.test && !result.experts.empty()) {
        const auto grid = deletion_grid(picture.width, picture.height);
        result.mean.test = deletion_test(
            result.mean.map, grid, result.mean.value, options.seed, [&](const auto& orders) {
                return panel_curves(
                    evaluator, picture, counting, grid, orders, options, stop, [&](double done) {
                        notify(static_cast<double>(panel.experts.size()) * (1 + done),
                               say("Testing the mean map"));
                    });
            });
    }
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

}  // namespace dfd
