#include "core/opinion/bands.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "core/base/formatted.h"
#include "core/base/language.h"

namespace dfd {

std::optional<double> BandThresholds::real_edge() const {
    return named && real_below > 0 ? std::optional(real_below) : std::nullopt;
}

std::optional<double> BandThresholds::fake_edge() const {
    return named && fake_from <= 1 ? std::optional(fake_from) : std::nullopt;
}

QuestionBands::QuestionBands(std::vector<BandThresholds> each) : each_(std::move(each)) {
    if (each_.empty())
        throw std::invalid_argument("There are no thresholds for any question.");
    if (std::ranges::all_of(each_, [&](const auto& one) { return one == each_.front(); }))
        each_.resize(1);
}

const BandThresholds& QuestionBands::of(std::size_t question) const {
    return each_[std::min(question, each_.size() - 1)];
}

std::optional<BandThresholds> QuestionBands::common() const {
    return each_.size() == 1 ? std::optional(each_.front()) : std::nullopt;
}

Band band_of(double score, const BandThresholds& thresholds) {
    if (!thresholds.named || std::isnan(score))
        return Band::Unnamed;
    if (score < thresholds.real_below)
        return Band::LooksReal;
    return score < thresholds.fake_from ? Band::Undecided : Band::LooksFake;
}

Band band_of(const PanelOpinion& opinion, std::size_t question, const QuestionBands& bands) {
    if (!out_of_scope(opinion, question).empty())
        return Band::NoAssessment;
    if (!is_answered(opinion, question) ||
        (opinion.calibration && !is_reference_combination(opinion, question)))
        return Band::Unnamed;
    return band_of(score_of(opinion, question), bands.of(question));
}

Band band_of(const PanelOpinion& opinion, const QuestionBands& bands) {
    return band_of(opinion, opinion.leading, bands);
}

const char* band_name(Band band) {
    switch (band) {
        case Band::Unnamed:
            return to_say("not calibrated");
        case Band::NoAssessment:
            return to_say("no assessment");
        case Band::LooksReal:
            return to_say("looks real");
        case Band::LooksFake:
            return to_say("looks fake");
        case Band::Undecided:
            break;
    }
    return to_say("undecided");
}

std::string band_words(Band band) {
    return say(band_name(band));
}

int rank_of(Band band) {
    return band == Band::LooksFake ? 2 : band == Band::LooksReal ? 0 : 1;
}

std::string bands_words(const BandThresholds& thresholds) {
    if (!thresholds.named)
        return say("no words, because the panel is not calibrated");
    const auto real = thresholds.real_edge(), fake = thresholds.fake_edge();
    const auto below = formatted("%.12g", real.value_or(0));
    const auto from = formatted("%.12g", fake.value_or(0));
    if (real && fake)
        return say("looks real below %1, looks fake from %2", {below, from});
    if (real)
        return say("looks real below %1, no score looks fake", {below});
    return fake ? say("no score looks real, looks fake from %1", {from})
                : say("no score looks real, no score looks fake");
}

std::string bands_words(const QuestionBands& bands, std::span<const Question> questions) {
    if (const auto all = bands.common())
        return bands_words(*all);
    std::string text;
    for (std::size_t q = 0; q < bands.each().size(); ++q)
        text += (q == 0 ? "" : "; ") +
                (q < questions.size() ? say(questions[q].text)
                                      : say("Question %1", {std::to_string(q + 1)})) +
                ' ' +
                (bands.of(q).named ? bands_words(bands.of(q))
                                   : say("no words, because it is not calibrated"));
    return text;
}

BandThresholds bands_for(const PanelOpinion& opinion, std::size_t question,
                         const QuestionBands& bands) {
    auto thresholds = bands.of(question);
    const auto band = band_of(opinion, question, bands);
    thresholds.named = band != Band::Unnamed && band != Band::NoAssessment;
    return thresholds;
}

BandThresholds measured_bands(const AnswerCalibration& calibration) {
    if (calibration.alarms.empty())
        return {.named = false};
    const auto [low, high] =
        std::minmax(calibration.unusual_fake_below, calibration.unusual_real_from);
    return {.real_below = low, .fake_from = high};
}

QuestionBands measured_bands(const std::vector<AnswerCalibration>* calibration) {
    if (calibration == nullptr || calibration->empty())
        return BandThresholds{.named = false};
    std::vector<BandThresholds> each;
    for (const auto& answer : *calibration)
        each.push_back(measured_bands(answer));
    return QuestionBands(std::move(each));
}

std::string score_figure(double score, const BandThresholds& thresholds) {
    if (std::isnan(score))
        return say("n/a");
    double shown = std::round(score * 100.0) / 100.0;
    if (band_of(shown, thresholds) != band_of(score, thresholds) ||
        (shown >= kVoteThreshold) != (score >= kVoteThreshold))
        shown = std::floor(score * 100.0) / 100.0;
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", shown);
    return text;
}

}  // namespace dfd
