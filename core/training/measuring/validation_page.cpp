#include "core/training/measuring/validation_page.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/opinion/limits.h"
#include "core/panel/combination_words.h"
#include "core/panel/population_words.h"
#include "core/training/charts/chart.h"
#include "core/training/charts/svg.h"

namespace dfd {
namespace {

constexpr const char* kStyle =
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1b1b1b;"
    "background:#fff}h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em}table{border-collapse:"
    "collapse;margin:.8em 0}th,td{border-bottom:1px solid #ccc;padding:.25em .7em;text-align:left;"
    "vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.met{color:"
    "#1d6b2f}.not{color:#a11;font-weight:bold}code{overflow-wrap:anywhere}svg{max-width:100%;height"
    ":auto}@page{size:A4 landscape;margin:1.5cm}@media print{body{max-width:none;margin:0;"
    "font-size:10px}}";

std::string text(const std::string& words) {
    return svg::escaped(words);
}

std::string figure(double value, int decimals = 3) {
    return std::isnan(value) ? "\u2013" : svg::fixed(value, decimals);
}

std::string share(const GroupedShare& share) {
    return std::isnan(share.share) ? "\u2013"
                                   : formatted("%.1f %% (%.1f\u2013%.1f)", 100 * share.share,
                                               100 * share.low, 100 * share.high);
}

std::string percent(double rate) {
    return std::isnan(rate) ? std::string("\u2013") : svg::fixed(100 * rate, 1) + " %";
}

std::string heading(const char* words) {
    return std::string("<h2>") + words + "</h2>\n";
}

std::string paragraph(const std::string& words) {
    return "<p>" + text(words) + "</p>\n";
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& rows) {
    std::string html = "<table>\n";
    for (const auto& [name, value] : rows)
        html += "<tr><th>" + text(name) + "</th><td>" + text(visible(value)) + "</td></tr>\n";
    return html + "</table>\n";
}

std::string figures_table(const std::string& what, const auto& rows, const auto& figures_of) {
    std::string html = "<table>\n<tr><th>" + text(what) + "</th>";
    for (const auto* head : {"Real", "Fakes", "Assessed", "AUC", "Cllr (at best)", "EER",
                             "False alarms", "Found", "Missed", "Misleading: real, fakes"})
        html += std::string("<th class=\"n\">") + head + "</th>";
    html += "</tr>\n";
    for (const auto& each : rows) {
        const ValidationFigures& figures = figures_of(each);
        const auto cell = [&](const std::string& value) {
            html += "<td class=\"n\">" + value + "</td>";
        };
        html += "<tr><td>" + text(each.name) + "</td>";
        cell(std::to_string(figures.real));
        cell(std::to_string(figures.fake));
        cell(share(figures.coverage));
        cell(std::isnan(figures.auc) ? "\u2013"
                                     : figure(figures.auc) + " (" + figure(figures.auc_low, 2) +
                                           "\u2013" + figure(figures.auc_high, 2) + ")");
        cell(std::isnan(figures.cllr)
                 ? "\u2013"
                 : figure(figures.cllr) + " (" + figure(figures.cllr_min) + ")");
        cell(figure(figures.equal_error_rate));
        cell(share(figures.false_alarms));
        cell(share(figures.found));
        cell(share(figures.missed));
        cell(percent(figures.misleading.real) + ", " + percent(figures.misleading.fake));
        html += "</tr>\n";
    }
    return html + "</table>\n";
}

/// Share of the pictures of one class that score as unusually: fakes at most this, real pictures at
/// least this.
double share_beyond(const std::vector<Labelled>& scores, bool fake, double score) {
    double beyond = 0, all = 0;
    for (const auto& each : scores) {
        if (each.fake != fake)
            continue;
        all += 1;
        beyond += (fake ? each.score <= score : each.score >= score) ? 1 : 0;
    }
    return beyond / all;
}

/// The rates that the calibration states at each score, beside those of these pictures.
std::string rates_table(const PanelValidation& validation) {
    std::string html = "<table>\n<tr>";
    for (const auto* head :
         {"Score", "False alarms, stated", "Found here", "Misses, stated", "Found here", "LR"})
        html += std::string("<th class=\"n\">") + head + "</th>";
    html += "</tr>\n";
    const auto stated = [](const std::optional<AlarmRate>& rate) {
        return rate ? formatted("%.1f %% (%.1f\u2013%.1f)", 100 * rate->rate, 100 * rate->low,
                                100 * rate->high)
                    : std::string("\u2013");
    };
    for (const auto& row : error_rates(validation.calibration.answer)) {
        html += "<tr>";
        for (const auto& value :
             {svg::fixed(row.score, 2), stated(row.alarms),
              percent(share_beyond(validation.scores, false, row.score)), stated(row.misses),
              percent(share_beyond(validation.scores, true, row.score)),
              formatted("%.3g", std::pow(10, row.assessment.log10_lr)) +
                  (row.assessment.at_bound ? " (bound)" : "")})
            html += "<td class=\"n\">" + value + "</td>";
        html += "</tr>\n";
    }
    return html + "</table>\n";
}

std::string experts_table(const std::vector<ValidatedExpert>& experts) {
    std::string html = "<table>\n<tr><th>Expert</th><th>ln LR of a score s</th>";
    for (const auto* head :
         {"log10 LR, at least", "At most", "Cllr when calibrated", "Cllr here", "At best", "AUC"})
        html += std::string("<th class=\"n\">") + head + "</th>";
    html += "</tr>\n";
    for (const auto& each : experts) {
        const auto& line = each.calibration;
        html += "<tr><td>" + text(line.expert) + "</td><td>" +
                (line.slope > 0 ? formatted("%+.3f %+.3f ln(s / (1 - s))", line.bias, line.slope)
                                : std::string("0: its scores favour neither")) +
                "</td>";
        for (const auto& value :
             {figure(0 - line.bound_real, 2), figure(line.bound_fake, 2), figure(line.cllr),
              figure(each.cllr), figure(each.cllr_min), figure(each.auc)})
            html += "<td class=\"n\">" + value + "</td>";
        html += "</tr>\n";
    }
    return html + "</table>\n";
}

ChartSeries line(std::string name, const CurvePoints& points, int colour, bool dashed = false) {
    ChartSeries series;
    series.name = std::move(name);
    series.colour = colour;
    series.dashed = dashed;
    for (const auto& [x, y] : points) {
        series.x.push_back(x);
        series.y.push_back(y);
    }
    return series;
}

/// Constant from a point to the next.
CurvePoints stepped(const CurvePoints& points, double from, double to) {
    CurvePoints steps;
    double before = points.empty() ? 0 : points.front().second;
    steps.emplace_back(from, before);
    for (const auto& [x, y] : points) {
        steps.emplace_back(x, before);
        before = y;
    }
    if (!points.empty()) {
        steps.emplace_back(points.back().first, before);
        steps.emplace_back(points.back().first, 0);
    }
    steps.emplace_back(to, 0);
    return steps;
}

Chart chart(const char* title, const char* x, const char* y) {
    Chart result;
    result.title = title;
    result.x_label = x;
    result.y_label = y;
    return result;
}

std::string ratio_plots(const PanelValidation& validation) {
    const auto& answer = validation.calibration.answer;
    const double bound = std::max(answer.bound_for(true), answer.bound_for(false));
    auto shares = chart("Tippett plot", "log10 LR", "share of pictures at or above");
    shares.x_range = {-bound - 0.2, bound + 0.2};
    shares.y_range = {0, 1};
    for (const bool fake : {false, true})
        shares.series.push_back(line(
            fake ? "fakes" : "real pictures",
            stepped(tippett(validation.ratios, fake), -bound - 0.2, bound + 0.2), fake ? 1 : 0));

    auto entropy = chart("Empirical cross-entropy", "log10 prior odds", "bits");
    entropy.x_range = {-3, 3};
    entropy.y_range = {0, 1.05};
    CurvePoints stated, best, nothing;
    const auto bests = best_ratios(validation.ratios, bound);
    for (int i = -60; i <= 60; ++i) {
        const double odds = i / 20.0;
        stated.emplace_back(odds, cross_entropy(validation.ratios, odds));
        best.emplace_back(odds, cross_entropy(bests, odds));
        nothing.emplace_back(odds, prior_entropy(odds));
    }
    entropy.series = {line("as stated", stated, 1), line("at best", best, 0, true),
                      line("without the panel", nothing, 6, true)};
    return charts_svg({shares, entropy});
}

std::string score_plots(const PanelValidation& validation) {
    auto roc = chart("ROC", "false positive rate", "true positive rate");
    roc.x_range = roc.y_range = {0, 1};
    CurvePoints curve;
    for (const auto& point : roc_curve(validation.scores))
        curve.emplace_back(point.false_positive_rate, point.true_positive_rate);
    roc.series = {line("", curve, 1), line("chance", {{0, 0}, {1, 1}}, 6, true)};

    auto reliability = chart("Reliability at equal prior odds", "stated share of fakes",
                             "share of fakes that was found");
    reliability.x_range = reliability.y_range = {0, 1};
    auto shares = validation.ratios;
    for (auto& each : shares)
        each.score = 1 / (1 + std::exp(-each.score));
    // Classes count alike, as the stated shares assume.
    double real = 0, fake = 0;
    for (const auto& each : shares)
        (each.fake ? fake : real) += 1;
    CurvePoints found;
    for (const auto& bin : reliability_bins(shares, 10))
        if (bin.pictures() > 0) {
            const double fakes = static_cast<double>(bin.fake) / fake;
            const double reals = static_cast<double>(bin.real) / real;
            found.emplace_back(bin.mean_score, fakes / (fakes + reals));
        }
    reliability.series = {line("", found, 1), line("perfect", {{0, 0}, {1, 1}}, 6, true)};

    auto risk = chart("Risk against coverage", "share of pictures with an answer",
                      "share of wrong answers");
    risk.x_range = {0, 1};
    risk.series = {line("", risk_at_coverage(validation.ratios), 1)};
    return charts_svg({roc, reliability, risk});
}

std::string acceptance_table(const PanelValidation& validation) {
    if (validation.acceptance.empty())
        return paragraph("No criteria were given before the pictures were scored.");
    std::string html =
        "<table>\n<tr><th>Criterion</th><th class=\"n\">Found</th><th>Result</th></tr>\n";
    for (const auto& [criterion, value, met] : validation.acceptance)
        html += "<tr><td>" + text(criterion.words()) + "</td><td class=\"n\">" + figure(value) +
                "</td><td class=\"" + (met ? "met\">met" : "not\">not met") + "</td></tr>\n";
    return html + "</table>\n";
}

std::string scope_section(const ValidationPage& page) {
    const auto& validation = page.validation;
    const auto& scope = validation.calibration.answer.scope;
    const auto& gates = validation.calibration.answer.gates;
    if (scope.empty() && gates.empty())
        return paragraph("The calibration has no limits: every picture gets an assessment.");
    std::string html =
        "<table>\n<tr><th>Trait, or expert</th><th class=\"n\">Limit</th><th class=\"n\">"
        "Pictures beyond it</th></tr>\n";
    const auto row = [&](const std::string& what, double limit, std::size_t pictures) {
        html += "<tr><td>" + text(what) + "</td><td class=\"n\">" + formatted("%.4g", limit) +
                "</td><td class=\"n\">" + std::to_string(pictures) + "</td></tr>\n";
    };
    for (const auto& [trait, limit] : scope) {
        std::size_t count = 0;
        for (const auto& [code, pictures] : validation.reasons)
            count = code == trait ? pictures : count;
        row(trait + (is_lower_limit(trait) ? ", at least" : ", at most"), limit, count);
    }
    for (const auto& [expert, limit] : gates) {
        const auto at = std::ranges::find(page.panel.experts, expert, &ExpertRecord::name) -
                        page.panel.experts.begin();
        const auto left = std::ranges::count_if(page.evaluation.pictures, [&](const auto& each) {
            return static_cast<std::size_t>(at) < each.left.size() &&
                   each.left[static_cast<std::size_t>(at)];
        });
        row("distance of what " + expert + " sees, at most", limit, static_cast<std::size_t>(left));
    }
    html += "</table>\n";
    if (!gates.empty())
        html += paragraph(
            std::string("An expert beyond its limit does not count for that picture: the score (by "
                        "the ") +
            combination_words(page.panel) +
            ") is then that of the others. Without any other there is no assessment.");
    return html;
}

}  // namespace

std::string validation_html(const ValidationPage& page) {
    const InEnglish english;
    const auto& validation = page.validation;
    const auto& measured = validation.calibration;
    const auto& evaluation = page.evaluation;
    const std::string question =
        validation.question.empty() ? std::string("Is the picture fake?") : validation.question;
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"" + text(language()) +
        "\"><head><meta charset=\"utf-8\"/>\n<title>Validation of "
        "the panel " +
        text(page.panel.name) + "</title>\n<style>" + kStyle + "</style></head><body>\n<h1>" +
        text("Validation of the panel " + page.panel.name + ": " + question) + "</h1>\n";

    html += heading("Purpose");
    html += paragraph(
        "The panel's answer to this question was measured on pictures that its experts did not "
        "learn from. The likelihood ratios are those of the calibration that the panel carries; "
        "nothing was fitted to the pictures of this validation.");
    if (!validation.fake.empty())
        html += facts({{"A high score supports", validation.fake},
                       {"A low score supports", validation.real}});
    if (evaluation.manifest.filename() == measured.manifest)
        html += paragraph(
            "Note: the calibration was made with a manifest of the same name. If it is the same "
            "file, the figures below are those of the fit, and no validation.");

    html += heading("Acceptance");
    html += acceptance_table(validation);

    html += heading("Data");
    html +=
        facts({{"Pictures", formatted("%zu real, %zu fakes, %zu groups", evaluation.real,
                                      evaluation.fake, evaluation.groups)},
               {"Not readable", std::to_string(evaluation.unread.size())},
               {"Manifest", evaluation.manifest.filename().native() + ", rows: " + evaluation.fold},
               {"Manifest, SHA-256", page.manifest_sha256},
               {"Calibrated on",
                formatted("%zu real pictures in %zu groups, %zu fakes in %zu groups", measured.real,
                          measured.real_groups, measured.fake, measured.fake_groups) +
                    ", " + measured.manifest + ", " + measured.date}});
    if (const auto population = population_facts(measured.population); !population.empty())
        html += paragraph("The pictures of the calibration:") + facts(population);

    html += heading("Results");
    html += paragraph("Bands: " + bands_words(validation.bands) +
                      ". False alarms are real pictures that look fake; found are fakes that look "
                      "fake; missed are fakes that look real; misleading are ratios for the other "
                      "class. Intervals are 95 %, by bootstrap over "
                      "groups. Cllr in bits: 0 is perfect, 1 says nothing.");
    const auto all = [](const ValidatedCondition& each) { return each.all; };
    const auto named = [](const NamedFigures& each) { return each.figures; };
    html += figures_table("Pictures", validation.conditions, all);
    for (const auto& condition : validation.conditions) {
        const auto where = &condition == &validation.conditions.front()
                               ? std::string()
                               : " (" + condition.name + ")";
        if (!condition.kinds.empty())
            html += figures_table("Kind of fake, against all real pictures" + where,
                                  condition.kinds, named);
        html += figures_table("Source" + where, condition.sources, named);
    }
    html += paragraph("Expected calibration error of the ratios at equal priors: " +
                      figure(validation.conditions.front().all.calibration_error) + ", in " +
                      std::to_string(kCalibrationBins) + " bins (0 is perfect).");
    if (!validation.experts.empty())
        html += paragraph("Each expert by itself, by its own calibration on the same pictures:") +
                experts_table(validation.experts);
    if (!validation.ratios.empty())
        html += ratio_plots(validation) + "\n" + score_plots(validation) + "\n";

    html += heading("Error rates by score");
    html += paragraph(
        "False alarms are real pictures that score at least this; misses are fakes that score at "
        "most this. Stated is what the calibration says, with its 95 % intervals; found is what "
        "these pictures gave, as they are and with an assessment.");
    html += rates_table(validation);

    html += heading("Scope");
    html += scope_section(page);

    html += heading("Limits");
    html += "<ul>\n";
    for (const auto& limit : method_limits())
        html += "<li>" + text(limit) + "</li>\n";
    html += "</ul>\n";

    html += heading("Made with");
    std::vector<std::pair<std::string, std::string>> made{
        {"Date", page.date},
        {"Panel digest", page.panel.digest},
        {"Calibration",
         page.panel.calibration.empty() ? "the one without a name" : page.panel.calibration},
        {"Preprocessing", "version " + std::to_string(kPreprocessingVersion)},
        {"Experts", std::to_string(page.panel.experts.size())},
        {"Computed on", evaluation.device + " in " + evaluation.precision},
        {"Likelihood ratio",
         formatted("ln LR = %+.4f %+.4f ln(s / (1 - s)); log10 LR at most %.2f for fakes, %.2f for "
                   "real pictures",
                   measured.answer.bias, measured.answer.slope, measured.answer.bound_for(true),
                   measured.answer.bound_for(false))},
        {"Words", kSupportWordsSource},
        {"Seed, rounds", formatted("%llu, %d", static_cast<unsigned long long>(evaluation.seed),
                                   evaluation.rounds)},
        {"Command", page.command}};
    for (const auto& expert : page.panel.experts)
        made.emplace_back("Weights of " + expert.name + ", SHA-256", expert.sha256);
    made.insert(made.end(), page.versions.begin(), page.versions.end());
    html += facts(made);
    return html + "</body></html>\n";
}

}  // namespace dfd
