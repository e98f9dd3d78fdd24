#include <algorithm>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/exhibits/perceptual_hash.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/scan/scan_store.h"

namespace dfd {
namespace {

DecodedRow decoded_of(const Examination& examination) {
    DecodedRow row{examination.width,
                   examination.height,
                   perceptual_hash(examination.thumbnail),
                   facts_text(examination.facts),
                   {}};
    try {
        row.thumbnail = small_jpeg(examination.thumbnail, kCaseThumbnail);
    } catch (const PictureError&) {  // lists then show no picture for this one
    }
    return row;
}

/// Whether the words or the mean depend on what kind of picture it is.
bool is_outside(const PanelOpinion& opinion) {
    if (std::ranges::any_of(opinion.experts, [](const ExpertOpinion& expert) {
            return expert.left || expert.no_face;
        }))
        return true;
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (!out_of_scope(opinion, q).empty())
            return true;
    return false;
}

ResultRow result_of(const Examination& examination, int map_side,
                    const RecordedCalibration& recorded) {
    ResultRow row;
    row.seconds = examination.seconds;
    row.scored = case_time_now();
    row.warned = !examination.warnings.empty();
    row.warnings = sentences_text(examination.warnings);
    if (!examination.opinion) {
        row.state = kFailedState;
        row.failure_code = examination.failure.code;
        row.failure = examination.failure.message;
        return row;
    }
    PanelOpinion opinion = *examination.opinion;
    if (recorded) {
        opinion.calibration = *recorded;
        for (auto& expert : opinion.experts)
            expert.distance.reset();  // from what another calibration was made on
        combine(opinion);
    }
    row.score = opinion.score;
    row.spread = opinion.spread;
    if (is_outside(opinion))
        row.scope = {scope_text(opinion), no_assessment(opinion)};
    for (const auto& expert : opinion.experts) {
        if (!expert.available())
            continue;
        row.opinions.push_back(
            {expert.index, expert.logits[0], expert.logits[1], expert.score, expert.without});
        if (expert.map)
            row.maps.push_back({expert.index, store_map(*expert.map, map_side)});
    }
    return row;
}

}  // namespace

FinishedPicture finished_picture(const Examination& examination, const Blob& sha256, int map_side,
                                 const RecordedCalibration& recorded) {
    FinishedPicture finished;
    finished.content.sha256 = sha256;
    finished.content.bytes = static_cast<std::int64_t>(examination.source.bytes->size());
    finished.content.added = case_time_now();
    if (examination.width > 0)
        finished.content.decoded = decoded_of(examination);
    finished.result = result_of(examination, map_side, recorded);
    return finished;
}

}  // namespace dfd
