#include "core/training/measuring/evaluation_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/csv_line.h"
#include "core/panel/json_line.h"
#include "core/training/charts/chart.h"
#include "core/training/charts/svg.h"
#include "core/training/manifest/folders.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kListed = 10;
constexpr std::size_t kMostSourcesInTable = 20;
// The panel has the palette's dark colour; experts use the others.
constexpr int kPanelColour = 6;

struct Figure {
    const char* key;   // in metrics.json
    const char* name;  // in the table
    double Metrics::*value;
};
constexpr std::array kFigures{
    Figure{"average_precision", "average precision", &Metrics::average_precision},
    Figure{"equal_error_rate", "equal error rate", &Metrics::equal_error_rate},
    Figure{"tpr_at_fpr_10", "TPR at FPR 10 %", &Metrics::tpr_at_fpr_10},
    Figure{"tpr_at_fpr_1", "TPR at FPR 1 %", &Metrics::tpr_at_fpr_1},
    Figure{"tpr_at_fpr_01", "TPR at FPR 0.1 %", &Metrics::tpr_at_fpr_01},
    Figure{"accuracy", "accuracy at 0.5", &Metrics::accuracy},
    Figure{"best_accuracy", "accuracy at the best threshold", &Metrics::best_accuracy},
    Figure{"best_threshold", "the best threshold", &Metrics::best_threshold},
    Figure{"calibration_error", "expected calibration error", &Metrics::calibration_error},
    Figure{"caught", "fakes at 0.5 or more", &Metrics::caught},
    Figure{"false_alarms", "real pictures at 0.5 or more", &Metrics::false_alarms},
};

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json();
}

Json to_json(const Metrics& metrics) {
    Json json{
        {"auc", number(metrics.auc)}, {"low", number(metrics.low)}, {"high", number(metrics.high)}};
    for (const auto& figure : kFigures)
        json[figure.key] = number(metrics.*figure.value);
    json["real"] = metrics.real;
    json["fake"] = metrics.fake;
    return json;
}

Json operations_of(const Evaluation& evaluation, const EvaluationColumn& column) {
    Json json = Json::object();
    for (std::size_t i = 0; i < column.operations.size(); ++i)
        json[evaluation.operations[i].name] = number(column.operations[i].auc);
    return json;
}

Json sources_of(const Evaluation& evaluation, const EvaluationColumn& column) {
    Json json = Json::object();
    for (std::size_t i = 0; i < column.sources.size(); ++i)
        json[evaluation.sources[i].name] = number(column.sources[i]);
    return json;
}

void add_column(Json& json, const Evaluation& evaluation, const EvaluationColumn& column) {
    json.update(to_json(column.all));
    json["places"] = number(column.places);
    json["operations"] = operations_of(evaluation, column);
    json["sources"] = sources_of(evaluation, column);
    Json details = Json::object();
    for (std::size_t i = 0; i < column.operations.size(); ++i)
        details[evaluation.operations[i].name] = to_json(column.operations[i]);
    json["operation_metrics"] = std::move(details);
    json["subsets"] = Json::object();
    for (std::size_t i = 0; i < column.subsets.size(); ++i)
        json["subsets"][evaluation.subsets[i].name] = to_json(column.subsets[i]);
}

Json unread_json(const std::vector<Unread>& unread) {
    Json list = Json::array();
    for (const auto& each : unread)
        list.push_back({{"path", each.path.native()}, {"why", each.why}});
    return list;
}

std::string two_decimals(double value) {
    return std::isfinite(value) ? svg::fixed(value, 2) : "–";
}

std::string interval(const Metrics& metrics) {
    if (!std::isfinite(metrics.low))
        return "–";
    return two_decimals(metrics.low) + "–" + two_decimals(metrics.high);
}

std::string shortest(double value) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

// Escapes a table cell: names come from files.
std::string cell(const std::string& text) {
    std::string result;
    for (const char c : text)
        result += c == '|' ? "\\|" : c == '\n' || c == '\r' ? " " : std::string(1, c);
    return result;
}

class Table {
  public:
    Table(const std::string& corner, const std::vector<std::string>& columns) {
        text_ = "\n| " + corner + " |";
        for (const auto& column : columns)
            text_ += ' ' + cell(column) + " |";
        text_ += "\n| --- |";
        for (std::size_t i = 0; i < columns.size(); ++i)
            text_ += " ---: |";
        text_ += '\n';
    }
    void row(const std::string& name, const std::vector<std::string>& values) {
        text_ += "| " + cell(name) + " |";
        for (const auto& value : values)
            text_ += ' ' + value + " |";
        text_ += '\n';
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::vector<std::string> for_each_column(
    const Evaluation& evaluation, const std::function<std::string(const EvaluationColumn&)>& text) {
    std::vector<std::string> all;
    for (const auto& column : evaluation.columns)
        all.push_back(text(column));
    return all;
}

std::vector<std::string> column_names(const Evaluation& evaluation) {
    return for_each_column(evaluation, [](const auto& column) { return column.name; });
}

std::string table_of_figures(const Evaluation& evaluation) {
    Table table("figure", column_names(evaluation));
    const auto row = [&](const std::string& name, const auto& text) {
        table.row(name, for_each_column(evaluation, text));
    };
    row("**ROC AUC**",
        [](const auto& column) { return "**" + two_decimals(column.all.auc) + "**"; });
    row("95 % interval", [](const auto& column) { return interval(column.all); });
    for (const auto& figure : kFigures)
        row(figure.name,
            [&](const auto& column) { return two_decimals(column.all.*figure.value); });
    if (evaluation.maps > 0)
        row("maps: AUC of cells inside the edit against outside",
            [](const auto& column) { return two_decimals(column.places); });
    return table.text();
}

std::string table_of_operations(const Evaluation& evaluation) {
    auto names = column_names(evaluation);
    names.emplace_back("95 % interval of the panel");
    Table table("AUC by operation (fakes)", names);
    for (std::size_t i = 0; i < evaluation.operations.size(); ++i) {
        auto values = for_each_column(
            evaluation, [&](const auto& column) { return two_decimals(column.operations[i].auc); });
        values.push_back(interval(evaluation.columns.back().operations[i]));
        table.row(evaluation.operations[i].name + " (" +
                      std::to_string(evaluation.operations[i].fake) + ")",
                  values);
    }
    return table.text();
}

std::string table_of_sources(const Evaluation& evaluation) {
    Table table("AUC by source (fakes / real pictures)", column_names(evaluation));
    for (std::size_t i = 0; i < evaluation.sources.size(); ++i) {
        const auto& source = evaluation.sources[i];
        table.row(source.name + " (" + std::to_string(source.fake) + " / " +
                      std::to_string(source.real) + ")",
                  for_each_column(evaluation, [&](const auto& column) {
                      return two_decimals(column.sources[i]);
                  }));
    }
    return table.text();
}

std::string table_of_subsets(const Evaluation& evaluation) {
    Table table("AUC / real pictures at 0.5 or more, by size and processing (fakes / real)",
                column_names(evaluation));
    for (std::size_t i = 0; i < evaluation.subsets.size(); ++i) {
        const auto& subset = evaluation.subsets[i];
        table.row(subset.name + " (" + std::to_string(subset.fake) + " / " +
                      std::to_string(subset.real) + ")",
                  for_each_column(evaluation, [&](const auto& column) {
                      const auto& figures = column.subsets[i];
                      return two_decimals(figures.auc) + " / " + two_decimals(figures.false_alarms);
                  }));
    }
    return table.text();
}

std::string list_of_unread(const std::string& what, const std::vector<Unread>& unread) {
    if (unread.empty())
        return {};
    std::string text = "\n" + std::to_string(unread.size()) + ' ' + what + ":\n\n";
    for (std::size_t i = 0; i < std::min(unread.size(), kListed); ++i)
        text += "- " + cell(unread[i].path.native()) + ": " + unread[i].why + '\n';
    if (unread.size() > kListed)
        text += "- and " + std::to_string(unread.size() - kListed) + " more, in metrics.json\n";
    return text;
}

std::vector<Labelled> labelled(const Evaluation& evaluation, std::size_t column) {
    std::vector<Labelled> all;
    for (const auto& picture : evaluation.pictures)
        all.push_back({picture.scores[column], picture.row.fake});
    return all;
}

int colour_of(const Evaluation& evaluation, std::size_t column) {
    const auto at = static_cast<int>(column);
    return column + 1 == evaluation.columns.size() ? kPanelColour : at < kPanelColour ? at : at + 1;
}

ChartSeries series(ChartSeries::Kind kind, std::string name, int colour) {
    ChartSeries result;
    result.kind = kind;
    result.name = std::move(name);
    result.colour = colour;
    return result;
}

ChartSeries diagonal(const std::string& name) {
    auto line = series(ChartSeries::Kind::Line, name, kPanelColour);
    line.dashed = true;
    for (int i = 0; i <= 100; ++i) {  // dense enough for a logarithmic axis
        line.x.push_back(std::pow(10, -4 + i / 25.0));
        line.y.push_back(line.x.back());
    }
    line.x.insert(line.x.begin(), 0);
    line.y.insert(line.y.begin(), 0);
    return line;
}

ChartSeries reliability(const std::vector<ReliabilityBin>& bins, std::string name, int colour) {
    auto line = series(ChartSeries::Kind::Line, std::move(name), colour);
    for (const auto& bin : bins)
        if (bin.pictures() > 0) {
            line.x.push_back(bin.mean_score);
            line.y.push_back(bin.fake_share());
        }
    return line;
}

// Below a false positive rate of 1 / real, no false alarm is allowed.
std::string caution_of_few(std::size_t real) {
    std::string rates;
    for (const auto& [rate, needed] :
         {std::pair("10 %", 10), std::pair("1 %", 100), std::pair("0.1 %", 1000)})
        if (real < static_cast<std::size_t>(needed))
            rates += (rates.empty() ? "" : " or ") + std::string(rate);
    if (real == 0 || rates.empty())
        return {};
    return "\nWith " + std::to_string(real) + (real == 1 ? " real picture" : " real pictures") +
           ", an FPR of " + rates + " means that none of them is called fake.\n";
}

}  // namespace

std::string evaluation_json(const Evaluation& evaluation) {
    const auto& panel = evaluation.columns.back();
    Json json;
    json["panel"] = {{"name", evaluation.panel}, {"digest", evaluation.digest}};
    add_column(json["panel"], evaluation, panel);
    json["experts"] = Json::array();
    for (std::size_t i = 0; i + 1 < evaluation.columns.size(); ++i) {
        const auto& column = evaluation.columns[i];
        Json entry{{"name", column.name}};
        if (!column.question)
            entry["architecture"] = column.architecture;
        add_column(entry, evaluation, column);
        json[column.question ? "questions" : "experts"].push_back(std::move(entry));
    }
    json["operations"] = operations_of(evaluation, panel);
    json["sources"] = sources_of(evaluation, panel);
    Json operations = Json::object();
    for (const auto& each : evaluation.operations)
        operations[each.name] = each.fake;
    Json sources = Json::object();
    for (const auto& each : evaluation.sources)
        sources[each.name] = {{"real", each.real}, {"fake", each.fake}};
    json["counts"] = {{"pictures", evaluation.pictures.size()},
                      {"real", evaluation.real},
                      {"fake", evaluation.fake},
                      {"groups", evaluation.groups},
                      {"maps", evaluation.maps},
                      {"unread", evaluation.unread.size()},
                      {"unread_masks", evaluation.unread_masks.size()},
                      {"operations", operations},
                      {"sources", sources}};
    json["manifest"] = evaluation.manifest.filename().native();
    json["fold"] = evaluation.fold;
    json["seed"] = evaluation.seed;
    json["bootstrap_rounds"] = evaluation.rounds;
    json["calibration_bins"] = kCalibrationBins;
    json["caution"] = evaluation.caution.empty() ? Json() : Json(evaluation.caution);
    json["device"] = evaluation.device;
    json["precision"] = evaluation.precision;
    json["unread"] = unread_json(evaluation.unread);
    json["unread_masks"] = unread_json(evaluation.unread_masks);
    return json_lines(json);
}

std::string evaluation_markdown(const Evaluation& evaluation) {
    const std::string rows = evaluation.fold == "all"    ? "all rows"
                             : evaluation.fold == "test" ? "the test rows"
                                                         : "fold " + evaluation.fold;
    std::string text =
        "The panel " + cell(evaluation.panel) + " (" + evaluation.digest.substr(0, 12) + ") on " +
        rows + " of " + cell(evaluation.manifest.filename().native()) + ": " +
        std::to_string(evaluation.fake) + " fakes against " + std::to_string(evaluation.real) +
        " real pictures in " + std::to_string(evaluation.groups) + " groups, on " +
        evaluation.device + " at " + evaluation.precision + ".\n";
    if (evaluation.rounds > 0)
        text += "Intervals: bootstrap over groups, " + std::to_string(evaluation.rounds) +
                " rounds, seed " + std::to_string(evaluation.seed) + ".\n";
    if (!evaluation.caution.empty())
        text += "\n" + evaluation.caution + "\n\n";
    text += table_of_figures(evaluation);
    text += caution_of_few(evaluation.real);
    if (!evaluation.operations.empty())
        text += table_of_operations(evaluation);
    if (evaluation.sources.size() > 1 && evaluation.sources.size() <= kMostSourcesInTable)
        text += table_of_sources(evaluation);
    if (evaluation.subsets.size() > 1)
        text += table_of_subsets(evaluation);
    text +=
        list_of_unread("pictures could not be read and are not counted above", evaluation.unread);
    text += list_of_unread("masks could not be used; their pictures were scored anyway",
                           evaluation.unread_masks);
    return text;
}

std::string evaluation_csv(const Evaluation& evaluation) {
    const Manifest manifest{evaluation.manifest, {}};
    std::string text = "path,label,operation,source,group";
    for (const auto& column : evaluation.columns)
        text += ',' + csv_field(column.name);
    text += '\n';
    for (const auto& picture : evaluation.pictures) {
        const auto& row = picture.row;
        text += csv_field(manifest.stored_path(row.path).native());
        text += row.fake ? ",fake," : ",real,";
        text += csv_field(row.operation) + ',' + csv_field(row.source) + ',' + csv_field(row.group);
        for (const double score : picture.scores)
            text += ',' + shortest(score);
        text += '\n';
    }
    return text;
}

std::string roc_svg(const Evaluation& evaluation) {
    Chart whole;
    whole.title = "ROC of " + evaluation.panel;
    whole.x_label = "false positive rate";
    whole.y_label = "true positive rate";
    whole.x_range = {0, 1};
    whole.y_range = {0, 1};
    Chart few = whole;
    few.title = "ROC at low false positive rates";
    few.log_x = true;
    few.x_range = {1e-3, 1};
    // With a single expert, its curve and the panel's would coincide.
    const bool alone = evaluation.columns.size() == 2;
    for (std::size_t c = 0; c < evaluation.columns.size() - (alone ? 1 : 0); ++c) {
        const auto& column = evaluation.columns[c];
        auto line = series(ChartSeries::Kind::Line,
                           column.name + (alone ? ", the whole panel (" : " (") +
                               two_decimals(column.all.auc) + ")",
                           colour_of(evaluation, c));
        for (const auto& point : roc_curve(labelled(evaluation, c))) {
            line.x.push_back(point.false_positive_rate);
            line.y.push_back(point.true_positive_rate);
        }
        whole.series.push_back(line);
        for (auto& x : line.x)  // no logarithm of zero: move it far to the left
            x = std::max(x, 1e-9);
        line.name.clear();
        few.series.push_back(std::move(line));
    }
    whole.series.push_back(diagonal("chance"));
    few.series.push_back(diagonal(""));
    return charts_svg({whole, few});
}

std::string calibration_svg(const Evaluation& evaluation) {
    Chart panel;
    panel.title = "Calibration of " + evaluation.panel;
    panel.x_label = "mean score";
    panel.y_label = "share of fakes";
    panel.x_range = {0, 1};
    panel.y_range = {0, 1};
    panel.series.push_back(diagonal("perfect"));
    Chart experts = panel;
    experts.title = "Calibration of the experts";

    Chart counts;
    counts.title = "Pictures in each bin";
    counts.x_label = "score of the panel";
    counts.y_label = "pictures";
    counts.x_range = {0, 1};
    for (std::size_t c = 0; c < evaluation.columns.size(); ++c) {
        const auto& column = evaluation.columns[c];
        const int colour = colour_of(evaluation, c);
        const auto bins = reliability_bins(labelled(evaluation, c), kCalibrationBins);
        if (c + 1 < evaluation.columns.size()) {
            experts.series.push_back(reliability(
                bins, column.name + " (" + two_decimals(column.all.calibration_error) + ")",
                colour));
            continue;
        }
        auto line = reliability(bins, "", 0);
        auto points = line;
        points.kind = ChartSeries::Kind::Points;
        points.name = "panel (error " + two_decimals(column.all.calibration_error) + ")";
        panel.series.push_back(std::move(line));
        panel.series.push_back(std::move(points));
        auto bars = series(ChartSeries::Kind::Bars, "", 0);
        for (const auto& bin : bins) {
            bars.x.push_back((bin.low + bin.high) / 2);
            bars.y.push_back(static_cast<double>(bin.pictures()));
        }
        counts.series.push_back(std::move(bars));
    }
    return charts_svg({panel, counts, experts});
}

std::string scores_svg(const Evaluation& evaluation) {
    std::vector<Chart> charts;
    for (std::size_t i = 0; i < evaluation.columns.size(); ++i) {
        const auto c = i == 0 ? evaluation.columns.size() - 1 : i - 1;  // panel first
        const auto& column = evaluation.columns[c];
        Chart chart;
        chart.title = column.name;
        chart.x_label = "score";
        chart.y_label = "share of its class";
        chart.x_range = {0, 1};
        auto real = series(ChartSeries::Kind::Bars, "real", 0);
        auto fake = series(ChartSeries::Kind::Bars, "fake", 1);
        const auto add = [](ChartSeries& bars, const ReliabilityBin& bin, std::size_t part,
                            std::size_t of) {
            bars.x.push_back((bin.low + bin.high) / 2);
            bars.y.push_back(of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of));
        };
        for (const auto& bin : reliability_bins(labelled(evaluation, c), kHistogramBins)) {
            add(real, bin, bin.real, column.all.real);
            add(fake, bin, bin.fake, column.all.fake);
        }
        chart.series = {std::move(real), std::move(fake)};
        charts.push_back(std::move(chart));
    }
    return charts_svg(charts);
}

void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation) {
    make_folder(folder);
    write_atomically(folder / "scores.csv", evaluation_csv(evaluation));
    write_atomically(folder / "roc.svg", roc_svg(evaluation));
    write_atomically(folder / "calibration.svg", calibration_svg(evaluation));
    write_atomically(folder / "scores.svg", scores_svg(evaluation));
    write_atomically(folder / "metrics.md", evaluation_markdown(evaluation));
    write_atomically(folder / "metrics.json", evaluation_json(evaluation));
}

}  // namespace dfd
