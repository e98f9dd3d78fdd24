#include "core/training/evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "core/training/calibration.h"
#include "core/training/test_pictures.h"
#include "core/training/trainer.h"

namespace dfd {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr int kResamples = 1000;
constexpr int kSmallestCrop = 128;

struct Scored {
    std::vector<double> scores;  // experts, then panel
    std::optional<EditKind> kind;
    std::size_t photo = 0;
    bool unseen = false;
};

// The seed a panel was trained with, if it says so.
std::optional<std::uint64_t> trained_with(const PanelRecord& panel) {
    std::ifstream stream(panel.folder / "training.json");
    if (!stream)
        return std::nullopt;
    const auto story = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
    if (!story.is_object() || !story.contains("seed") || !story["seed"].is_number_unsigned())
        return std::nullopt;
    return story["seed"].get<std::uint64_t>();
}

std::vector<const Photo*> chosen_photos(const PhotoLibrary& library, const std::string& split) {
    std::vector<const Photo*> photos;
    for (const auto& photo : library.photos)
        if (split == "all" || split == split_name(photo.split))
            photos.push_back(&photo);
    return photos;
}

double auc_where(const std::vector<Scored>& all, std::size_t column,
                 const std::function<bool(const Scored&)>& counts) {
    std::array<std::vector<double>, 2> scores;
    for (const auto& each : all)
        if (counts(each))
            scores[each.kind.has_value()].push_back(each.scores[column]);
    return roc_auc(scores[1], scores[0]);
}

// Photographs, not pictures, are drawn anew: crops of one photograph are alike.
void add_interval(EvaluationRow& row, const std::vector<Scored>& all, std::size_t column,
                  std::size_t photos, std::uint64_t seed) {
    std::vector<std::vector<std::size_t>> of_photo(photos);
    for (std::size_t i = 0; i < all.size(); ++i)
        of_photo[all[i].photo].push_back(i);
    Dice dice(seed ^ 0xB007, column);
    std::vector<double> values;
    for (int round = 0; round < kResamples; ++round) {
        std::array<std::vector<double>, 2> scores;
        for (std::size_t i = 0; i < photos; ++i)
            for (const auto index : dice.pick(of_photo))
                scores[all[index].kind.has_value()].push_back(all[index].scores[column]);
        const double value = roc_auc(scores[1], scores[0]);
        if (!std::isnan(value))
            values.push_back(value);
    }
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return values.empty() ? kNone
                              : values[static_cast<std::size_t>(
                                    share * static_cast<double>(values.size() - 1))];
    };
    row.low = at(0.025);
    row.high = at(0.975);
}

// How well a map's values tell the places inside the edit from those outside; places that lie
// across its border do not count.
double place_auc(const HeatMap& map, const cv::Mat& mask) {
    cv::Mat share;
    mask.convertTo(share, CV_32F, 1.0 / 255);
    cv::resize(share, share, {map.columns, map.rows}, 0, 0, cv::INTER_AREA);
    std::array<std::vector<double>, 2> values;
    for (int row = 0; row < map.rows; ++row)
        for (int column = 0; column < map.columns; ++column) {
            const float covered = share.at<float>(row, column);
            const auto at = static_cast<std::size_t>(row * map.columns + column);
            if (covered > 0.9f || covered < 0.01f)
                values[covered > 0.9f].push_back(static_cast<double>(map.values[at]));
        }
    return roc_auc(values[1], values[0]);
}

struct Mean {
    double sum = 0;
    int count = 0;
    void add(double value) {
        if (std::isnan(value))
            return;
        sum += value;
        ++count;
    }
    [[nodiscard]] double value() const { return count > 0 ? sum / count : kNone; }
};

std::string two_decimals(double value) {
    if (std::isnan(value))
        return "–";
    std::ostringstream text;
    text.precision(2);
    text << std::fixed << value;
    return text.str();
}

nlohmann::json number(double value) {
    return std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
}

}  // namespace

Evaluation evaluate_panel(Evaluator& evaluator, const EvaluationOptions& options,
                          const std::function<void(double)>& progress, std::stop_token stop) {
    const auto& panel = evaluator.panel();
    const auto trained = trained_with(panel);
    Evaluation result;
    result.panel = panel.name;
    result.digest = panel.digest;
    result.split = !options.split.empty() ? options.split : trained ? "held-out" : "all";
    result.seed = options.seed ? *options.seed : trained.value_or(1);
    result.side = options.side;
    static constexpr std::array known{"train", "calibrate", "held-out", "all"};
    if (std::find(known.begin(), known.end(), result.split) == known.end())
        throw TrainingError("There is no split \"" + result.split +
                            "\"; choose held-out, calibrate, train or all.");

    if (options.side < kSmallestCrop || options.untouched < 1)
        throw TrainingError("An evaluation needs crops of at least " +
                            std::to_string(kSmallestCrop) +
                            " pixels and at least one untouched picture a photograph.");

    LibraryOptions where;
    where.folder = options.photos;
    where.seed = result.seed;
    where.memory = options.memory;
    const auto library = open_library(
        where,
        [&](double share) {
            if (progress)
                progress(share * 0.05);
        },
        stop);
    const auto photos = chosen_photos(library, result.split);
    if (photos.size() < 2)
        throw TrainingError("Fewer than two photographs of " + options.photos.string() +
                            " are in the split " + result.split + "; give more photographs.");
    result.photographs = static_cast<int>(photos.size());

    const auto columns = panel.experts.size() + 1;
    std::vector<Mean> places(columns);
    std::vector<Scored> all;
    TestOptions test;
    test.seed = result.seed;
    test.side = options.side;
    test.untouched = options.untouched;
    for_each_test_picture(
        photos, test,
        [&](const TestPicture& picture) {
            const auto pixels = to_pixels(picture.bgr);
            const std::array<const Pixels*, 1> one{&pixels};
            EvaluateOptions how;
            how.maps = options.maps && picture.kind.has_value();
            const auto opinion = evaluator.evaluate(one, how, stop).front();
            Scored scored{{}, picture.kind, picture.photo_index, picture.photo->unseen_source};
            for (std::size_t i = 0; i < opinion.experts.size(); ++i) {
                scored.scores.push_back(opinion.experts[i].score);
                if (how.maps && opinion.experts[i].map)
                    places[i].add(place_auc(*opinion.experts[i].map, picture.mask));
            }
            scored.scores.push_back(opinion.score);
            if (how.maps)
                places.back().add(place_auc(mean_map(opinion), picture.mask));
            all.push_back(std::move(scored));
            if (progress)
                progress(0.05 + 0.95 * static_cast<double>(picture.photo_index) /
                                    static_cast<double>(photos.size()));
        },
        stop);

    for (const auto kind : kEditKinds) {
        result.kinds.emplace_back(edit_name(kind));
        result.edited_by_kind.push_back(static_cast<int>(std::count_if(
            all.begin(), all.end(), [&](const auto& each) { return each.kind == kind; })));
        result.edited += result.edited_by_kind.back();
    }
    result.untouched = static_cast<int>(all.size()) - result.edited;
    for (std::size_t column = 0; column < columns; ++column) {
        EvaluationRow row;
        row.name = column < panel.experts.size() ? panel.experts[column].name : "panel";
        row.auc = auc_where(all, column, [](const auto&) { return true; });
        add_interval(row, all, column, photos.size(), result.seed);
        for (const auto kind : kEditKinds)
            row.by_kind.push_back(auc_where(
                all, column, [&](const auto& each) { return !each.kind || each.kind == kind; }));
        row.seen_sources = auc_where(all, column, [](const auto& each) { return !each.unseen; });
        row.unseen_sources = auc_where(all, column, [](const auto& each) { return each.unseen; });
        Mean caught;
        Mean alarms;
        for (const auto& each : all)
            (each.kind ? caught : alarms).add(each.scores[column] >= 0.5 ? 1 : 0);
        row.caught = caught.value();
        row.false_alarms = alarms.value();
        row.places = places[column].value();
        result.rows.push_back(std::move(row));
    }
    if (progress)
        progress(1);
    return result;
}

std::string evaluation_markdown(const Evaluation& evaluation) {
    std::ostringstream text;
    text << "ROC AUC on " << evaluation.photographs << " photographs (" << evaluation.split
         << ", seed " << evaluation.seed << "): " << evaluation.edited
         << " edited pictures against " << evaluation.untouched
         << " untouched ones, crops of at most " << evaluation.side
         << " pixels.\n\n| edit (pictures) |";
    for (const auto& row : evaluation.rows)
        text << ' ' << row.name << " |";
    text << "\n| --- |";
    for (std::size_t i = 0; i < evaluation.rows.size(); ++i)
        text << " ---: |";
    const auto line = [&](const std::string& what, const auto& value) {
        text << "\n| " << what << " |";
        for (const auto& row : evaluation.rows)
            text << ' ' << value(row) << " |";
    };
    line("**all kinds**", [](const auto& row) { return "**" + two_decimals(row.auc) + "**"; });
    line("95 % interval",
         [](const auto& row) { return two_decimals(row.low) + "–" + two_decimals(row.high); });
    for (std::size_t kind = 0; kind < evaluation.kinds.size(); ++kind)
        line(evaluation.kinds[kind] + " (" + std::to_string(evaluation.edited_by_kind[kind]) + ")",
             [&](const auto& row) { return two_decimals(row.by_kind[kind]); });
    line("sources seen in training",
         [](const auto& row) { return two_decimals(row.seen_sources); });
    line("sources never seen", [](const auto& row) { return two_decimals(row.unseen_sources); });
    line("edited pictures at 0.5 or more",
         [](const auto& row) { return two_decimals(row.caught); });
    line("untouched pictures at 0.5 or more",
         [](const auto& row) { return two_decimals(row.false_alarms); });
    line("maps: places inside the edit against outside",
         [](const auto& row) { return two_decimals(row.places); });
    text << '\n';
    return text.str();
}

std::string evaluation_json(const Evaluation& evaluation) {
    nlohmann::ordered_json json{
        {"panel", evaluation.panel},         {"digest", evaluation.digest},
        {"split", evaluation.split},         {"seed", evaluation.seed},
        {"side", evaluation.side},           {"photographs", evaluation.photographs},
        {"untouched", evaluation.untouched}, {"edited", evaluation.edited}};
    auto& rows = json["rows"] = nlohmann::ordered_json::array();
    for (const auto& row : evaluation.rows) {
        auto kinds = nlohmann::ordered_json::object();
        for (std::size_t kind = 0; kind < evaluation.kinds.size(); ++kind)
            kinds[evaluation.kinds[kind]] = number(row.by_kind[kind]);
        rows.push_back({{"name", row.name},
                        {"auc", number(row.auc)},
                        {"auc_interval", {number(row.low), number(row.high)}},
                        {"by_kind", kinds},
                        {"sources_seen", number(row.seen_sources)},
                        {"sources_never_seen", number(row.unseen_sources)},
                        {"caught", number(row.caught)},
                        {"false_alarms", number(row.false_alarms)},
                        {"places", number(row.places)}});
    }
    return json.dump(2);
}

}  // namespace dfd
