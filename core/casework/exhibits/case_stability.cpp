#include "core/casework/exhibits/case_stability.h"

#include <algorithm>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/casework/exhibits/exhibit_record.h"

namespace dfd {
namespace {

/// Throws unless the evaluator gives the scores that the case shows.
void require_shown_panel(const CaseFile& file, const Evaluator& evaluator) {
    const auto shown = shown_scorer(file);
    for (const auto& scorer : scorers(file)) {
        if (scorer.id != shown)
            continue;
        if (scorer.digest == evaluator.panel().digest &&
            scorer.precision == precision_name(evaluator.precision()) &&
            scorer.preprocessing == kPreprocessingVersion)
            return;
        throw CaseError(
            "The case " + quoted(file.path()) + " shows results of the panel " + scorer.panel +
            " in " + scorer.precision + " (digest " + scorer.digest + ", preprocessing " +
            std::to_string(scorer.preprocessing) + "), but the selected panel is " +
            evaluator.panel().name + " in " + precision_name(evaluator.precision()) + " (digest " +
            evaluator.panel().digest + ", preprocessing " + std::to_string(kPreprocessingVersion) +
            "). Choose that panel and precision, or scan the pictures with the selected one.");
    }
    throw CaseError("The case " + quoted(file.path()) +
                    " has no results yet; run `dfd scan` first.");
}

bool has_all(const ExhibitRecord& record, const StabilityOptions& wanted) {
    return record.stability &&
           std::ranges::all_of(wanted.operations, [&](const StabilityOperation& operation) {
               return std::ranges::find(record.stability->stability.operations, operation.name,
                                        &StabilityOperation::name) !=
                      record.stability->stability.operations.end();
           });
}

/// The new result merged with the stored one; nothing when it was stopped. Throws PictureError.
std::optional<Stability> compute_stability(const ExhibitRecord& record, Evaluator& evaluator,
                                           const StabilityOptions& options,
                                           const StabilityListener& listener,
                                           const std::stop_token& stop) {
    const auto& recorded = record.examination;
    if (!recorded.opinion)
        throw PictureError({failure_codes::kInternal, to_say("It has no score; scan it first.")});
    const auto picture = recorded_picture(record);
    if (picture.facts.decoder != recorded.facts.decoder || picture.pixels.width != recorded.width ||
        picture.pixels.height != recorded.height) {
        const InEnglish english;  // of failures
        throw PictureError(
            {failure_codes::kUnreadable,
             say("It was decoded by %1 when it was scored, but is now decoded by %2, so the "
                 "versions would differ. Scan it again.",
                 {recorded.facts.decoder, picture.facts.decoder})});
    }
    auto found = stability_of(picture.pixels, evaluator, options, recorded.opinion, listener, stop);
    if (!found.complete)
        return std::nullopt;
    return record.stability ? joined(record.stability->stability, found) : std::move(found);
}

}  // namespace

CaseStabilityProgress try_versions(
    CaseFile& file, Evaluator& evaluator, const CaseStabilityRequest& request,
    const std::function<void(const CaseStabilityProgress&)>& progress,
    const std::stop_token& stop) {
    file.require_writable();
    require_shown_panel(file, evaluator);
    const ScoredBy by{evaluator.panel(), evaluator.device().id, evaluator.precision()};
    CaseStabilityProgress so_far;
    so_far.exhibits = request.ids.size();
    const auto report = [&] {
        if (progress)
            progress(so_far);
    };
    for (const auto id : request.ids) {
        check_stop(stop);
        const auto record = read_exhibit(file, id, false);
        so_far.points = so_far.planned = 0;
        if (!request.again && has_all(record, request.how)) {
            ++so_far.known;
        } else {
            try {
                const auto found = compute_stability(
                    record, evaluator, request.how,
                    [&](const Stability& now) {
                        so_far.points = now.points.size() + now.skipped.size();
                        so_far.planned = now.planned();
                        report();
                    },
                    stop);
                if (!found)
                    throw Cancelled();
                keep_stability(file, id, by, *found);
                ++so_far.kept;
            } catch (const PictureError& error) {
                so_far.left_out.push_back(record.row.path.native() + ": " + error.what());
            }
        }
        ++so_far.looked_at;
        report();
    }
    return so_far;
}

}  // namespace dfd
