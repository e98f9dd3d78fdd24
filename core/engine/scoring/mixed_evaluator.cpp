#include "core/engine/scoring/mixed_evaluator.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/scoring/calibrated_reading.h"
#include "core/engine/scoring/expert_scoring.h"
#include "core/engine/scoring/explanation.h"
#include "core/engine/scoring/occlusion.h"
#include "core/panel/foreign_experts.h"
#include "core/picture/pixels/traits.h"

namespace dfd {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// The panel's networks as a panel of their own. Warnings about the whole panel, and about faces,
/// are added by MixedEvaluator.
PanelRecord networks_of(const PanelRecord& panel) {
    auto networks = panel;
    std::erase_if(networks.experts,
                  [](const ExpertRecord& expert) { return expert.kind != ExpertKind::Network; });
    networks.calibrations.clear();
    networks.calibration_problem.clear();
    networks.left_out.clear();
    networks.subject.clear();
    return networks;
}

/// The warnings of an opinion without those that every opinion on this picture has.
std::vector<std::string> further_warnings(const PanelRecord& panel, const Pixels& picture,
                                          const PanelOpinion& opinion) {
    auto further = opinion.warnings;
    const auto known = warnings_of(panel, picture, kNotChecked, opinion);
    std::erase_if(further, [&](const std::string& warning) {
        return std::ranges::find(known, warning) != known.end();
    });
    return further;
}

/// The panel with what the manifests say of each expert's input and map, so that warnings about
/// stretched pictures cover other people's experts, too.
PanelRecord with_fits(PanelRecord panel) {
    for (auto& expert : panel.experts)
        if (expert.kind != ExpertKind::Network) {
            const auto manifest = manifest_of(panel, expert);
            expert.gradcam_layer = manifest.output.map ? kOwnMap : kOcclusion;
            const bool stretches = !manifest.program && manifest.input.fit == Fit::Stretch;
            expert.input.resize = stretches ? Resize::Stretch : Resize::Native;
        }
    return panel;
}

class MixedEvaluator final : public Evaluator, public ExpertExplainer {
  public:
    MixedEvaluator(const PanelRecord& panel, const std::string& device, Precision precision,
                   const Progress& progress, const std::stop_token& stop)
        : panel_(with_fits(panel)), precision_(precision) {
        const auto networks = networks_of(panel_);
        if (networks.experts.empty()) {
            info_ = find_device("cpu");
        } else {
            networks_ = open_evaluator(networks, device, precision, progress, stop);
            info_ = networks_->device();
        }
        std::size_t network = 0;
        for (std::size_t e = 0; e < panel_.experts.size(); ++e) {
            const auto& expert = panel_.experts[e];
            const bool own = expert.kind == ExpertKind::Network;
            among_networks_.push_back(own ? network++ : kNone);
            if (!own)
                check_stop(stop);
            if (!own && progress)
                progress(static_cast<double>(e), static_cast<double>(panel_.experts.size()),
                         say("Loading %1", {expert.name}));
            foreign_.push_back(own ? nullptr : open_expert(panel_, expert));
            for_faces_.push_back(!own && is_made_for(foreign_.back()->manifest(), kFaces));
        }
        if (progress)
            progress(1, 1, say("Loaded %1", {panel_.name}));
        calibration_ = calibration_for(panel_, precision_name(precision_));
    }

    [[nodiscard]] const PanelRecord& panel() const override { return panel_; }
    [[nodiscard]] const DeviceInfo& device() const override { return info_; }
    [[nodiscard]] Precision precision() const override { return precision_; }

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        const std::lock_guard turn(evaluating_);
        std::vector<PanelOpinion> of_networks(pictures.size());
        if (networks_)
            of_networks = networks_->evaluate(pictures, options, stop);
        std::vector<PanelOpinion> opinions;
        for (std::size_t p = 0; p < pictures.size(); ++p)
            opinions.push_back(completed(*pictures[p], std::move(of_networks[p]), options, stop));
        return opinions;
    }

    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override {
        if (!foreign_.at(expert))
            return explainer_of(*networks_)
                .explain(picture, among_networks_[expert], options, stop, progress);
        ExpertExplanation result;
        result.name = panel_.experts[expert].name;
        result.architecture = panel_.experts[expert].architecture;
        const bool own = foreign_[expert]->manifest().output.map.has_value();
        result.method = own ? AttributionMethod::Own : AttributionMethod::Occlusion;
        result.target = options.target;
        result.layer = panel_.experts[expert].gradcam_layer;
        result.formula = method_formula(result.method);
        try {
            const auto asked = ask(*foreign_[expert], picture, stop);
            const double towards = options.target == AttributionTarget::Real ? -1 : 1;
            auto found = occlude(asked, towards, options.test, options.seed, stop, progress);
            result.exactness =
                own ? to_say(
                          "The expert's own map: the log-odds that it gives each place. Nothing "
                          "of it was computed here, and the rest is what its score says beyond "
                          "the map's mean.")
                    : to_say(
                          "Measured, not computed: each cell's value is how much the expert's "
                          "log-odds change when the cell alone is made unrecognisable. What "
                          "several cells do together is not in it.");
            result.logits = {0, asked.log_odds()};
            result.value = towards * asked.log_odds();
            result.map = std::move(found.map);
            result.test = std::move(found.test);
            result.rest = result.value - sum_of(result.map);
        } catch (const NoOpinion& error) {
            result.failure = error.what();
            result.exactness = result.failure;
            result.map = {1, 1, {kNotLookedAt}};
        }
        return result;
    }

    std::vector<std::string> layers(std::size_t expert) override {
        return foreign_.at(expert) ? std::vector<std::string>()
                                   : explainer_of(*networks_).layers(among_networks_[expert]);
    }

  private:
    /// The networks' opinion with that of the other experts.
    PanelOpinion completed(const Pixels& picture, PanelOpinion of_networks,
                           const EvaluateOptions& options, const std::stop_token& stop) {
        auto opinion = open_opinion(panel_);
        if (networks_)
            opinion.warnings = further_warnings(networks_->panel(), picture, of_networks);
        std::vector<std::string> failures;
        for (std::size_t e = 0; e < panel_.experts.size(); ++e) {
            auto& expert = opinion.experts.emplace_back();
            if (!foreign_[e]) {
                expert = std::move(of_networks.experts[among_networks_[e]]);
                expert.index = static_cast<int>(e);
                continue;
            }
            expert.index = static_cast<int>(e);
            expert.name = panel_.experts[e].name;
            expert.architecture = panel_.experts[e].architecture;
            expert.map_layer = panel_.experts[e].gradcam_layer;
            expert.question = panel_.experts[e].question;
            try {
                answer(picture, *foreign_[e], options, stop, expert, opinion.warnings);
            } catch (const NoOpinion& error) {
                failures.push_back("The expert " + expert.name +
                                   " has no opinion on this picture and is left out. " +
                                   error.what());
                set_unavailable(expert, error.what());
            }
        }
        if (failures.size() == panel_.experts.size())
            throw DeviceError("No expert has an opinion on this picture. " + failures.front());
        finish(picture, options, of_networks, opinion);
        opinion.warnings.insert(opinion.warnings.end(), failures.begin(), failures.end());
        return opinion;
    }

    void answer(const Pixels& picture, ForeignExpert& foreign, const EvaluateOptions& options,
                const std::stop_token& stop, ExpertOpinion& expert,
                std::vector<std::string>& warnings) const {
        const auto asked = ask(foreign, picture, stop);
        expert.logits = {0, asked.log_odds()};
        if (const double share = share_of(picture, asked.views); share < 0.995) {
            const auto& input = foreign.manifest().input;
            if (input.fit == Fit::ShorterSide) {
                char text[16];
                std::snprintf(text, sizeof text, "%.0f", 100 * share);
                warnings.push_back("The expert " + expert.name +
                                   " reads only the middle of the picture, " + text + " % of it.");
            } else {
                expert.looked_at = {static_cast<int>(asked.views.size()), input.width, share};
            }
        }
        if (!options.maps)
            return;
        try {
            const auto found =
                occlude(asked, options.target == kFakeClass ? 1 : -1, /*test=*/false, 0, stop);
            expert.map = density_of(found.map);
            for (auto& value : expert.map->values)
                if (looked_at(value))
                    value = std::max(value, 0.0f);
        } catch (const NoOpinion& error) {  // on a changed picture; its score is of the whole one
            warnings.push_back("The expert " + expert.name +
                               " has no map, because it has no opinion on the picture with a part "
                               "made unrecognisable. " +
                               error.what());
        }
    }

    void finish(const Pixels& picture, const EvaluateOptions& options,
                const PanelOpinion& of_networks, PanelOpinion& opinion) const {
        opinion.calibration =
            calibration_of_reading(panel_, calibration_, picture, options.everywhere);
        opinion.traits = of_networks.traits;
        if (!opinion.traits)
            add_traits(picture, options.traits, opinion);
        // In a panel made for faces all of it says little where there is none.
        std::vector<std::string> made_for_faces;
        if (panel_.subject != kFaces)
            for (std::size_t e = 0; e < for_faces_.size(); ++e)
                if (for_faces_[e] && opinion.experts[e].available())
                    made_for_faces.push_back(opinion.experts[e].name);
        double face = of_networks.traits ? of_networks.traits->face : kNotChecked;
        if (face == kNotChecked && (panel_.subject == kFaces || !made_for_faces.empty() ||
                                    options.traits || has_face_limit(opinion.calibration)))
            face = measure_face(picture);
        for (auto& expert : opinion.experts)
            expert.no_face = face == 0 && std::ranges::count(made_for_faces, expert.name) > 0;
        finish_opinion(panel_, picture, face, opinion);
        if (face != kNotChecked || made_for_faces.empty())
            return;
        const InEnglish english;  // Cases keep it.
        opinion.warnings.push_back(
            say("Whether the picture shows a face was not checked, because the face detector's "
                "data (package opencv-data) is missing; made for faces: %1.",
                {joined(made_for_faces, ", ")}));
    }

    const PanelRecord panel_;
    const Precision precision_;
    DeviceInfo info_;
    std::unique_ptr<Evaluator> networks_;                  ///< null when there are none
    std::vector<std::unique_ptr<ForeignExpert>> foreign_;  ///< one per expert; null: a network
    std::vector<bool> for_faces_;                          ///< one per expert
    std::vector<std::size_t> among_networks_;              ///< one per expert
    AnswerCalibrations calibration_;
    std::mutex evaluating_;  ///< an abandoned evaluation may still run when the next one begins
};

}  // namespace

bool is_mixed(const PanelRecord& panel) {
    return std::ranges::any_of(panel.experts, [](const ExpertRecord& expert) {
        return expert.kind != ExpertKind::Network;
    });
}

bool has_experts_for_faces(const PanelRecord& panel) {
    return panel.subject != kFaces &&
           std::ranges::any_of(panel.experts, [&](const ExpertRecord& expert) {
               return expert.kind != ExpertKind::Network &&
                      is_made_for(manifest_of(panel, expert), kFaces);
           });
}

std::unique_ptr<Evaluator> open_mixed_evaluator(const PanelRecord& panel, const std::string& device,
                                                Precision precision, const Progress& progress,
                                                const std::stop_token& stop) {
    return std::make_unique<MixedEvaluator>(panel, device, precision, progress, stop);
}

}  // namespace dfd
