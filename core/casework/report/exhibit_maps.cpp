#include "core/casework/report/exhibit_maps.h"

#include <algorithm>

#include "core/base/language.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/report_text.h"
#include "core/engine/results/map_text.h"
#include "core/picture/pixels/heatmap_overlay.h"
#include "core/picture/pixels/map_outline.h"
#include "core/picture/pixels/map_standing.h"

namespace dfd {
namespace {

constexpr double kOpacity = 0.65;  // as the heatmaps of `dfd score`

/// Of the line around what stands out: 1 in a case's thumbnail.
int thickness_in(const Pixels& picture) {
    return std::max(1, std::max(picture.width, picture.height) / kCaseThumbnail);
}

/// An expert without an opinion has no map.
bool has_maps(const PanelOpinion& opinion) {
    return std::ranges::any_of(opinion.experts,
                               [](const auto& expert) { return expert.map.has_value(); });
}

class Maps {
  public:
    Maps(const Pixels& small, const PanelOpinion& opinion, const QuestionBands& bands,
         ReportPictures& pictures)
        : small_(small), opinion_(opinion), bands_(bands), pictures_(pictures) {}

    void add(ReportedMaps which) {
        for (std::size_t q = 0; q < questions_of(opinion_); ++q)
            if (const auto one = part(opinion_, q); has_maps(one)) {
                const auto mean = mean_map(one);
                add(mean, maximum(mean), combined_map_name(opinion_, q), one.score, q);
            }
        for (const auto& expert : opinion_.experts)
            if (expert.map && which == ReportedMaps::All)
                add(*expert.map, common_scale(part(opinion_, expert.question)), expert.name,
                    expert.score, expert.question);
    }
    /// How firmly they stand, of all maps that were added.
    [[nodiscard]] std::string words() const {
        return !assessed_ ? say("No assessment: the maps say nothing about a fake and are faint.")
               : outlined_
                   ? say("A white line surrounds the strongest part of a map that is concentrated "
                         "in one place; other maps are faint.")
                   : say("No map is concentrated in one place, so all are faint.");
    }

  private:
    void add(const HeatMap& map, float scale, const std::string& caption, double score,
             std::size_t question) {
        const bool assessed = out_of_scope(opinion_, question).empty();
        assessed_ = assessed_ || assessed;
        const auto standing = standing_of(map, {.assessed = assessed});
        auto drawn =
            overlay(small_, map, scale, ColourMap::Inferno, kOpacity * opacity_factor(standing));
        if (outlined_level(map, standing) > 0) {
            draw_outline(drawn, map, thickness_in(drawn));
            outlined_ = true;
        }
        pictures_.pictures.push_back(
            {report_line(caption),
             assessed ? score_figure(score, bands_for(opinion_, question, bands_))
                      : band_words(Band::NoAssessment),
             small_jpeg(drawn, std::max(drawn.width, drawn.height)), small_.width, small_.height});
    }

    const Pixels& small_;
    const PanelOpinion& opinion_;
    const QuestionBands& bands_;
    ReportPictures& pictures_;
    bool assessed_ = false;  ///< any of them
    bool outlined_ = false;
};

/// How the maps of the experts were made: by one method or several.
std::string methods_sentence(const std::string& of_class, bool gradients, bool occlusion,
                             bool own) {
    if (gradients && occlusion && own)
        return say(
            "Grad-CAM of the class \u201C%1\u201D at each expert's layer (see below), and "
            "occlusion where the table says so, and the expert's own map where the table "
            "says so.",
            {of_class});
    if (gradients && occlusion)
        return say(
            "Grad-CAM of the class \u201C%1\u201D at each expert's layer (see below), and "
            "occlusion where the table says so.",
            {of_class});
    if (gradients && own)
        return say(
            "Grad-CAM of the class \u201C%1\u201D at each expert's layer (see below), and "
            "the expert's own map where the table says so.",
            {of_class});
    if (gradients)
        return say("Grad-CAM of the class \u201C%1\u201D at each expert's layer (see below).",
                   {of_class});
    if (occlusion && own)
        return say(
            "Occlusion of the class \u201C%1\u201D, and the expert's own map where the "
            "table says so.",
            {of_class});
    if (occlusion)
        return say("Occlusion of the class \u201C%1\u201D.", {of_class});
    return say("The experts' own maps of the class \u201C%1\u201D.", {of_class});
}

}  // namespace

const ExpertRecord* recorded_expert(const ExhibitRecord& record, const ExpertOpinion& expert) {
    const auto at = static_cast<std::size_t>(expert.index);
    return at < record.by.panel.experts.size() ? &record.by.panel.experts[at] : nullptr;
}

void add_maps(const ExhibitRecord& record, const std::vector<std::uint8_t>& thumbnail,
              const PanelOpinion* shown, const QuestionBands& bands, ReportSection& section,
              ReportedMaps which) {
    auto& blocks = section.blocks;
    if (thumbnail.empty()) {
        if (record.examination.width > 0)
            blocks.emplace_back(ReportParagraph{
                record.row.id != 0 ? say("The case has no thumbnail of this picture.")
                                   : say("The file could not be opened for a thumbnail."),
                ReportTone::Quiet});
        return;
    }
    Pixels small;
    try {
        small = decode_picture(thumbnail).pixels;
    } catch (const PictureError& error) {
        blocks.emplace_back(ReportHeading{say("Picture")});
        blocks.emplace_back(ReportParagraph{
            say("The thumbnail in the case is damaged.") + ' ' + report_text(error.what()),
            ReportTone::Warning});
        return;
    }
    const bool maps = shown != nullptr && has_maps(*shown);
    ReportPictures pictures;
    pictures.pictures.push_back(
        {say("Picture"), say("thumbnail"), thumbnail, small.width, small.height});
    pictures.large = which == ReportedMaps::Means;
    if (which == ReportedMaps::All)
        blocks.emplace_back(ReportHeading{maps ? say("Picture and heatmaps") : say("Picture")});
    if (!maps) {
        blocks.emplace_back(std::move(pictures));
        if (shown != nullptr)
            blocks.emplace_back(
                ReportParagraph{say("Heatmaps are not recorded, or were left out of this report."),
                                ReportTone::Quiet});
        return;
    }
    Maps drawn(small, *shown, bands, pictures);
    drawn.add(which);
    blocks.emplace_back(std::move(pictures));
    blocks.emplace_back(ReportScale{
        (which == ReportedMaps::All
             ? say("A heatmap shows what the score rests on, not what was changed in the picture. "
                   "The maps of a question's experts share one scale; each mean has its own.")
             : say("A heatmap shows what the score rests on, not what was changed in the "
                   "picture.")) +
        ' ' + drawn.words()});
}

std::string maps_sentence(const ExhibitRecord& record) {
    if (!record.examination.opinion || !has_maps(*record.examination.opinion))
        return {};
    const auto& opinion = *record.examination.opinion;
    bool gradients = false, occlusion = false, own = false;
    for (const auto& expert : opinion.experts) {
        const auto* known = recorded_expert(record, expert);
        const auto layer = known == nullptr ? std::string() : known->gradcam_layer;
        if (expert.map)
            (layer == kOwnMap ? own : layer == kOcclusion ? occlusion : gradients) = true;
    }
    std::string words = methods_sentence(report_line(record.by.panel.classes[kFakeClass]),
                                         gradients, occlusion, own);
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (const auto one = part(opinion, q); has_maps(one)) {
            const auto largest = exact_text(common_scale(one));
            const auto of_mean = exact_text(maximum(mean_map(one)));
            words += ' ';
            words += opinion.answers.empty()
                         ? say("The largest value of any expert's map is %1, of the mean %2.",
                               {largest, of_mean})
                         : say("\u201C%1\u201D The largest value of any expert's map is %2, of "
                               "the mean %3.",
                               {say(report_line(opinion.answers[q].text)), largest, of_mean});
        }
    return words;
}

}  // namespace dfd
