#include "core/training/measuring/panel_validation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/training/measuring/calibrate_panel.h"

namespace dfd {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Assessed {
    double score = 0;
    double log_ratio = 0;  ///< within the bound
    bool assessed = false;
    const ManifestRow* row = nullptr;
    std::size_t group = 0;
};

using Pictures = std::vector<Assessed>;

/// Whether an expert of the question is within its gate.
bool remains(const ScoredPicture& picture, const PanelRecord& panel, const std::string& question) {
    for (std::size_t e = 0; e < panel.experts.size(); ++e)
        if ((panel.questions.empty() ||
             panel.questions[panel.experts[e].question].id == question) &&
            (e >= picture.left.size() || !picture.left[e]))
            return true;
    return false;
}

Pictures assessed_pictures(const Evaluation& evaluation, const PanelRecord& panel,
                           const AnswerCalibration& calibration) {
    const auto column = answer_column(evaluation, panel, calibration.question);
    std::vector<std::string> names;
    for (const auto& picture : evaluation.pictures)
        names.push_back(picture.row.group);
    const auto groups = group_numbers(names);
    Pictures pictures;
    for (std::size_t i = 0; i < evaluation.pictures.size(); ++i) {
        const auto& picture = evaluation.pictures[i];
        const double score = picture.scores[column];
        pictures.push_back({score, assess(score, calibration).log10_lr * std::log(10.0),
                            exceeded(picture.traits, calibration.scope).empty() &&
                                remains(picture, panel, calibration.question),
                            &picture.row, groups[i]});
    }
    return pictures;
}

class Measuring {
  public:
    Measuring(const BandThresholds& bands, int rounds, std::uint64_t seed)
        : bands_(bands), rounds_(rounds), seed_(seed) {}

    [[nodiscard]] ValidationFigures of(const Pictures& pictures) const {
        ValidationFigures figures;
        std::vector<Labelled> scores, ratios;
        std::vector<bool> inside;
        std::vector<std::size_t> groups;
        for (const auto& each : pictures) {
            inside.push_back(each.assessed);
            groups.push_back(each.group);
            if (!each.assessed)
                continue;
            ++(each.row->fake ? figures.fake : figures.real);
            scores.push_back({each.score, each.row->fake, each.group, 0});
            ratios.push_back({each.log_ratio, each.row->fake, each.group, 0});
        }
        figures.coverage = grouped_share(inside, groups, rounds_, seed_);
        figures.auc = roc_auc(scores);
        std::tie(figures.auc_low, figures.auc_high) = auc_interval(scores, rounds_, seed_);
        figures.cllr = cllr(ratios);
        figures.cllr_min = cllr_min(ratios);
        figures.equal_error_rate = equal_error_rate(roc_curve(scores));
        figures.misleading = misleading_evidence(ratios);
        figures.calibration_error = ratio_calibration_error(ratios);
        figures.false_alarms = share(pictures, false, Band::LooksFake);
        figures.found = share(pictures, true, Band::LooksFake);
        figures.missed = share(pictures, true, Band::LooksReal);
        return figures;
    }

  private:
    [[nodiscard]] GroupedShare share(const Pictures& pictures, bool fake, Band band) const {
        std::vector<bool> hits;
        std::vector<std::size_t> groups;
        for (const auto& each : pictures)
            if (each.assessed && each.row->fake == fake) {
                hits.push_back(band_of(each.score, bands_) == band);
                groups.push_back(each.group);
            }
        return grouped_share(hits, groups, rounds_, seed_);
    }

    const BandThresholds& bands_;
    int rounds_;
    std::uint64_t seed_;
};

Pictures those(const Pictures& pictures, const auto& belongs) {
    Pictures some;
    std::ranges::copy_if(pictures, std::back_inserter(some),
                         [&](const Assessed& each) { return belongs(*each.row); });
    return some;
}

ValidatedExpert validated_expert(const MeasuredExpert& expert, const Evaluation& evaluation,
                                 const Pictures& pictures) {
    std::size_t column = 0;  // the experts stand before the questions
    while (column < evaluation.columns.size() && evaluation.columns[column].name != expert.expert)
        ++column;
    std::vector<Labelled> scores, ratios;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        if (!pictures[i].assessed)
            continue;
        const double score = evaluation.pictures[i].scores.at(column);
        scores.push_back({score, pictures[i].row->fake, pictures[i].group, 0});
        ratios.push_back(scores.back());
        ratios.back().score = expert.log_ratio(score);
    }
    return {expert, cllr(ratios), cllr_min(scores), roc_auc(scores)};
}

std::string percent(const GroupedShare& share) {
    return std::isnan(share.share) ? std::string("-")
                                   : formatted("%.1f %% (%.1f-%.1f)", 100 * share.share,
                                               100 * share.low, 100 * share.high);
}

std::string percent(double share) {
    return std::isnan(share) ? std::string("-") : formatted("%.1f %%", 100 * share);
}

}  // namespace

const MeasuredAnswer& measured_answer_of(const PanelRecord& panel, const std::string& precision,
                                         const std::string& question) {
    if (const auto* calibration = matching_calibration(panel, precision))
        for (const auto& answer : calibration->answers)
            if (answer.answer.question == question)
                return answer;
    throw TrainingError("The panel " + panel.name +
                        " has no calibration for this question at this precision; make one with "
                        "`dfd calibrate` on other pictures first.");
}

const std::vector<std::string>& acceptance_figures() {
    static const std::vector<std::string> names{"auc",
                                                "cllr",
                                                "cllr-min",
                                                "calibration-error",
                                                "equal-error-rate",
                                                "misleading-real",
                                                "misleading-fake",
                                                "false-alarms",
                                                "found",
                                                "missed",
                                                "coverage"};
    return names;
}

std::string Acceptance::words() const {
    return figure + (at_most ? " <= " : " >= ") + formatted("%g", limit);
}

Acceptance parse_acceptance(const std::string& text) {
    const auto trimmed = [](const std::string& part) {
        const auto first = part.find_first_not_of(' ');
        return first == std::string::npos
                   ? std::string()
                   : part.substr(first, part.find_last_not_of(' ') - first + 1);
    };
    const auto at = text.find('=');
    Acceptance result;
    if (at != std::string::npos && at > 0 && (text[at - 1] == '<' || text[at - 1] == '>')) {
        result.figure = trimmed(text.substr(0, at - 1));
        result.at_most = text[at - 1] == '<';
        const auto number = trimmed(text.substr(at + 1));
        const auto* const end = number.data() + number.size();
        const auto parsed = std::from_chars(number.data(), end, result.limit);
        if (parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(result.limit) &&
            std::ranges::find(acceptance_figures(), result.figure) != acceptance_figures().end())
            return result;
    }
    throw TrainingError("\"" + text +
                        "\" is not a criterion; write for example cllr<=0.6 or found>=0.5. The "
                        "figures are " +
                        joined(acceptance_figures(), ", ") + ".");
}

double ValidationFigures::value(const std::string& figure) const {
    const std::pair<const char*, double> values[] = {{"auc", auc},
                                                     {"cllr", cllr},
                                                     {"cllr-min", cllr_min},
                                                     {"calibration-error", calibration_error},
                                                     {"equal-error-rate", equal_error_rate},
                                                     {"misleading-real", misleading.real},
                                                     {"misleading-fake", misleading.fake},
                                                     {"false-alarms", false_alarms.share},
                                                     {"found", found.share},
                                                     {"missed", missed.share},
                                                     {"coverage", coverage.share}};
    for (const auto& [name, value] : values)
        if (figure == name)
            return value;
    return kNone;
}

bool PanelValidation::accepted() const {
    return std::ranges::all_of(acceptance, &Judged::met);
}

PanelValidation validate_panel(const std::vector<ConditionEvaluation>& conditions,
                               const PanelRecord& panel, const std::string& question,
                               const std::vector<Acceptance>& acceptance, std::uint64_t seed) {
    const auto& first = conditions.front().evaluation;
    if (!first.caution.empty())
        throw TrainingError("A validation needs pictures that no expert learned from. " +
                            first.caution);
    PanelValidation result;
    static_cast<void>(answer_column(first, panel, question));  // throws for an unknown question
    result.calibration = measured_answer_of(panel, first.precision, question);
    for (const auto& each : panel.questions)
        if (each.id == question) {
            result.question = each.text;
            result.fake = each.fake;
            result.real = each.real;
        }
    result.bands = measured_bands(result.calibration.answer);
    const Measuring measure(result.bands, first.rounds, seed);
    const auto pictures_of = [&](const Evaluation& evaluation) {
        return assessed_pictures(evaluation, panel, result.calibration.answer);
    };
    const auto pictures = pictures_of(first);
    for (const auto& [name, evaluation] : conditions) {
        const auto scored = &evaluation == &first ? pictures : pictures_of(evaluation);
        ValidatedCondition condition{name, measure.of(scored), {}, {}};
        for (const auto& operation : evaluation.operations)
            condition.kinds.push_back(
                {operation.name, measure.of(those(scored, [&](const ManifestRow& row) {
                     return !row.fake || name_or_unknown(row.operation) == operation.name;
                 }))});
        for (const auto& source : evaluation.sources)
            condition.sources.push_back(
                {source.name, measure.of(those(scored, [&](const ManifestRow& row) {
                     return name_or_unknown(row.source) == source.name;
                 }))});
        result.conditions.push_back(std::move(condition));
    }
    std::map<std::string, std::size_t> reasons;
    for (const auto& picture : first.pictures) {
        for (const auto& each : exceeded(picture.traits, result.calibration.answer.scope))
            ++reasons[each.code];
        if (!remains(picture, panel, question))
            ++reasons[kNoExpertLeft];
    }
    result.reasons.assign(reasons.begin(), reasons.end());
    for (const auto& each : pictures)
        if (each.assessed) {
            result.ratios.push_back({each.log_ratio, each.row->fake, each.group, 0});
            result.scores.push_back({each.score, each.row->fake, each.group, 0});
        }
    for (const auto& expert : result.calibration.experts)
        result.experts.push_back(validated_expert(expert, first, pictures));
    for (const auto& criterion : acceptance) {
        const double value = result.conditions.front().all.value(criterion.figure);
        result.acceptance.push_back(
            {criterion, value,
             criterion.at_most ? value <= criterion.limit : value >= criterion.limit});
    }
    return result;
}

std::string validation_text(const PanelValidation& validation) {
    const InEnglish english;
    std::string text = validation.question.empty() ? "" : validation.question + '\n';
    const auto rows = [&](const std::string& head, const auto& list, const auto& figures_of) {
        text +=
            formatted("\n%-24s %6s %6s %-18s %6s %-20s %-20s %s\n", head.c_str(), "real", "fakes",
                      "AUC", "Cllr", "false alarms", "found", "misleading real, fakes");
        for (const auto& each : list) {
            const ValidationFigures& figures = figures_of(each);
            const auto auc = std::isnan(figures.auc) ? std::string("-")
                                                     : formatted("%.3f (%.2f-%.2f)", figures.auc,
                                                                 figures.auc_low, figures.auc_high);
            const auto bits =
                std::isnan(figures.cllr) ? std::string("-") : formatted("%.3f", figures.cllr);
            text += formatted(
                "%-24.24s %6zu %6zu %-18s %6s %-20s %-20s %s, %s\n", each.name.c_str(),
                figures.real, figures.fake, auc.c_str(), bits.c_str(),
                percent(figures.false_alarms).c_str(), percent(figures.found).c_str(),
                percent(figures.misleading.real).c_str(), percent(figures.misleading.fake).c_str());
        }
    };
    text += "Bands: " + bands_words(validation.bands) + '\n';
    rows("pictures", validation.conditions, [](const auto& each) { return each.all; });
    for (const auto& condition : validation.conditions) {
        const auto where =
            &condition == &validation.conditions.front() ? std::string() : ", " + condition.name;
        if (!condition.kinds.empty())
            rows("kind of fake" + where, condition.kinds,
                 [](const auto& each) { return each.figures; });
        rows("source" + where, condition.sources, [](const auto& each) { return each.figures; });
    }
    if (!validation.experts.empty())
        text += formatted("\n%-24s %8s %8s %8s\n", "expert", "Cllr", "at best", "AUC");
    for (const auto& each : validation.experts)
        text += formatted("%-24.24s %8.3f %8.3f %8.3f\n", each.calibration.expert.c_str(),
                          each.cllr, each.cllr_min, each.auc);
    text += "\nAssessed: " + percent(validation.conditions.front().all.coverage) + '\n';
    text += formatted("Expected calibration error %.3f, of the ratios at equal priors\n",
                      validation.conditions.front().all.calibration_error);
    for (const auto& [code, count] : validation.reasons)
        text += formatted("  without an assessment by %s: %zu\n", code.c_str(), count);
    for (const auto& [criterion, value, met] : validation.acceptance)
        text +=
            formatted("%-28s %-8s %g\n", criterion.words().c_str(), met ? "met" : "NOT MET", value);
    return text;
}

}  // namespace dfd
