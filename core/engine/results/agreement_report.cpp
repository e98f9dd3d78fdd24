#include "core/engine/results/agreement_report.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/formatted.h"
#include "core/engine/results/report_parts.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

Json parsed(const std::string& line) {
    return Json::parse(line);
}

/// A square table. The header has the experts' numbers; each row begins with number and name.
template <typename Cell>
std::string matrix_text(const std::vector<std::string>& names, const Cell& cell) {
    std::size_t width = 0;
    for (const auto& name : names)
        width = std::max(width, name.size());
    std::string text = std::string(width + 5, ' ');
    for (std::size_t column = 1; column <= names.size(); ++column)
        text += formatted("%7zu", column);
    text += '\n';
    for (std::size_t row = 0; row < names.size(); ++row) {
        text +=
            formatted("%4zu ", row + 1) + names[row] + std::string(width - names[row].size(), ' ');
        for (std::size_t column = 0; column < names.size(); ++column)
            text += cell(row, column);
        text += '\n';
    }
    return text;
}

}  // namespace

AgreementReport::AgreementReport(ScoredBy by, std::size_t most_disputed)
    : by_(std::move(by)), most_disputed_(most_disputed), table_(expert_names(by_.panel)) {}

void AgreementReport::add(const Examination& examination) {
    if (examination.state == ExaminationState::Failed)
        failures_.push_back(dfd::to_json(examination, by_, false));
    if (examination.opinion && !no_assessment(*examination.opinion))
        add(*examination.opinion, [&] { return Result{examination, by_}; });
}

void AgreementReport::add(const PanelOpinion& opinion, const std::function<Result()>& result) {
    table_.add(opinion);
    auto figures = largest_disagreement(opinion, table_.threshold());
    const double dispute = figures.mutual_information;
    const auto is_full = [&] { return disputed_.size() == most_disputed_; };
    if (most_disputed_ == 0 || (is_full() && std::prev(disputed_.end())->first >= dispute))
        return;
    if (is_full())
        disputed_.erase(std::prev(disputed_.end()));
    const auto [examination, by] = result();
    const auto& source = examination.source;
    disputed_.emplace(dispute, Disputed{source.bytes ? source.label : source.path.native(),
                                        dfd::to_json(examination, by, false, measured_bands(by)),
                                        std::move(figures)});
}

std::string AgreementReport::to_json(bool complete) const {
    const auto matrix = table_.matrix();
    Json object;
    object["panel"] = scored_panel_json(by_.panel);
    object["device"] = by_.device;
    object["precision"] = precision_name(by_.precision);
    object["threshold"] = table_.threshold();
    object["experts"] = table_.experts();
    object["pictures"] = table_.pictures();
    object["failed"] = failures_.size();
    object["complete"] = complete;
    object["rank_correlation"] = Json::array();
    for (const auto& row : matrix.rank_correlation) {
        Json cells = Json::array();
        for (const auto& cell : row)
            cells.push_back(cell ? Json(*cell) : Json());
        object["rank_correlation"].push_back(std::move(cells));
    }
    object["flips"] = matrix.flips;
    object["left_out"] = table_.left_out();
    object["most_disputed"] = Json::array();
    for (const auto& [dispute, each] : disputed_)
        object["most_disputed"].push_back(parsed(each.json));
    object["failures"] = Json::array();
    for (const auto& failure : failures_)
        object["failures"].push_back(parsed(failure));
    return object.dump();
}

std::string AgreementReport::to_text(bool complete) const {
    const auto matrix = table_.matrix();
    const auto& names = table_.experts();
    const auto scored = std::to_string(table_.pictures());
    const auto failed = std::to_string(failures_.size());
    std::string text =
        complete ? say("Panel %1: %2 pictures scored, %3 failed.", {by_.panel.name, scored, failed})
                 : say("Panel %1: %2 pictures scored, %3 failed; interrupted before the last one.",
                       {by_.panel.name, scored, failed});
    text += "\n\n";
    text +=
        say("Rank correlation (Spearman): 1 same order, 0 unrelated, -1 opposite; - not defined");
    text += '\n';
    text += matrix_text(names, [&](std::size_t row, std::size_t column) {
        const auto& cell = matrix.rank_correlation[row][column];
        return cell ? formatted("%7.2f", *cell) : formatted("%7s", "-");
    });
    text += '\n' +
            say("Flips: share of the pictures on different sides of %1",
                {formatted("%.2f", table_.threshold())}) +
            '\n';
    text += matrix_text(names, [&](std::size_t row, std::size_t column) {
        const double flips = matrix.flips[row][column];
        return std::isnan(flips) ? formatted("%7s", "-") : formatted("%7.2f", flips);
    });
    if (const auto left = left_out_sentence(table_, table_.experts()); !left.empty())
        text += '\n' + left + '\n';
    if (disputed_.empty())
        return text;
    text += '\n' +
            say("Most disputed: mutual information in bits (0: the experts agree; 1: they are "
                "certain and evenly split)") +
            '\n';
    text += formatted("%7s%8s%8s%7s%7s  picture\n", "bits", "score", "spread", "fake", "real");
    for (const auto& [dispute, each] : disputed_) {
        text += formatted("%7.3f%8.4f%8.4f%7d%7d  ", dispute, each.figures.mean,
                          each.figures.spread, each.figures.fake_votes, each.figures.real_votes) +
                visible(each.path);
        if (each.figures.question < by_.panel.questions.size())
            text += "  " + say(by_.panel.questions[each.figures.question].text);
        if (!each.figures.flipped_by.empty())
            text += "  " + say("the side turns without %1",
                               {listed(each.figures.flipped_by, to_say(" or "))});
        text += '\n';
    }
    return text;
}

}  // namespace dfd
