#include "core/training/measuring/evaluation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "core/base/cancelled.h"
#include "core/training/manifest/training_error.h"
#include "core/training/measuring/evaluation_subsets.h"
#include "core/training/photos/picture_reader.h"

namespace dfd {
namespace {

// A batch is scored early when its pictures together exceed this number of pixels.
constexpr std::uint64_t kBatchPixels = 100'000'000;
// A map cell is inside if the mask covers more than kInside of it, outside if less than kOutside.
constexpr float kInside = 0.9f;
constexpr float kOutside = 0.01f;

struct LoadedPicture {
    Pixels pixels;            // empty when the picture is unreadable
    std::string format;       // of the file
    std::vector<uchar> mask;  // 8 bits a pixel; empty without a mask
    std::string problem;      // why the picture is unreadable
    std::string mask_problem;
};

LoadedPicture load_picture(const ManifestRow& row, const EvaluationOptions& options,
                           PictureMemory& memory) {
    LoadedPicture loaded;
    auto picture = memory.read(row.path, loaded.problem);
    loaded.pixels = std::move(picture.pixels);
    loaded.format = std::move(picture.facts.format);
    if (!options.steps.empty() && !loaded.pixels.empty()) {
        try {
            loaded.pixels = altered(loaded.pixels, options.steps);
        } catch (const PictureError& error) {
            loaded.pixels = {};
            loaded.problem = error.what();
        }
        return loaded;
    }
    const bool with_mask = options.maps && row.fake && !row.mask.empty();
    if (!with_mask || loaded.pixels.empty())
        return loaded;
    const auto mask = memory.read(row.mask, loaded.mask_problem).pixels;
    if (mask.empty())
        return loaded;
    if (mask.width != loaded.pixels.width || mask.height != loaded.pixels.height) {
        loaded.mask_problem = "The mask has a different size than its picture.";
        return loaded;
    }
    loaded.mask.resize(mask.rgb.size() / 3);
    for (std::size_t i = 0; i < loaded.mask.size(); ++i)
        loaded.mask[i] = mask.rgb[3 * i];
    return loaded;
}

using Reader = PictureReader<LoadedPicture>;

// AUC of a map's values: cells inside the mask against cells outside, of those looked at.
double place_auc(const HeatMap& map, const cv::Mat& mask) {
    cv::Mat share;
    mask.convertTo(share, CV_32F, 1.0 / 255);
    cv::resize(share, share, {map.columns, map.rows}, 0, 0, cv::INTER_AREA);
    std::vector<double> inside;
    std::vector<double> outside;
    for (int row = 0; row < map.rows; ++row)
        for (int column = 0; column < map.columns; ++column) {
            const float covered = share.at<float>(row, column);
            const auto value = static_cast<double>(
                map.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(map.columns) +
                           static_cast<std::size_t>(column)]);
            if (std::isnan(value))
                continue;
            if (covered > kInside)
                inside.push_back(value);
            else if (covered < kOutside)
                outside.push_back(value);
        }
    return roc_auc(inside, outside);
}

struct Mean {
    double sum = 0;
    std::size_t count = 0;
    void add(double value) {
        if (std::isnan(value))
            return;
        sum += value;
        ++count;
    }
    [[nodiscard]] double value() const {
        return count > 0 ? sum / static_cast<double>(count)
                         : std::numeric_limits<double>::quiet_NaN();
    }
};

/// Batches pictures, scores them and stores the scores in the result.
class Scorer {
  public:
    Scorer(Evaluator& evaluator, const EvaluationOptions& options, Evaluation& result,
           std::stop_token stop)
        : evaluator_(evaluator),
          options_(options),
          result_(result),
          stop_(std::move(stop)),
          places_(evaluator.panel().experts.size() + evaluator.panel().questions.size() + 1) {}

    void add(const ManifestRow& row, Reader::Read read) {
        auto& loaded = read.item;
        if (!loaded.problem.empty()) {
            result_.unread.push_back({row.path, loaded.problem});
            return;
        }
        if (!loaded.mask_problem.empty())
            result_.unread_masks.push_back({row.mask, loaded.mask_problem});
        const auto pixels = static_cast<std::uint64_t>(loaded.pixels.width) *
                            static_cast<std::uint64_t>(loaded.pixels.height);
        auto& batch = loaded.mask.empty() ? plain_ : masked_;
        result_.pictures.push_back(
            {row, {}, {}, static_cast<double>(pixels) / 1e6, {}, {}, loaded.format});
        batch.push_back({result_.pictures.size() - 1, std::move(read)});
        waiting_pixels_ += pixels;
        if (batch.size() >= static_cast<std::size_t>(options_.batch))
            score(batch);
        else if (waiting_pixels_ > kBatchPixels)
            finish();
    }

    void finish() {
        score(plain_);
        score(masked_);
    }

    [[nodiscard]] double places(std::size_t column) const { return places_[column].value(); }

  private:
    struct Waiting {
        std::size_t picture = 0;  // index in the result
        Reader::Read read;
    };

    void score(std::vector<Waiting>& batch) {
        if (batch.empty())
            return;
        check_stop(stop_);
        std::vector<const Pixels*> pixels;
        for (const auto& each : batch)
            pixels.push_back(&each.read.item.pixels);
        EvaluateOptions how;
        how.maps = &batch == &masked_;
        how.traits = options_.traits;
        how.features = options_.features;
        const auto opinions = evaluator_.evaluate(pixels, how, stop_);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            take(opinions[i], result_.pictures[batch[i].picture]);
            if (how.maps)
                measure_places(opinions[i], batch[i].read.item);
            const auto& size = batch[i].read.item.pixels;
            waiting_pixels_ -=
                static_cast<std::uint64_t>(size.width) * static_cast<std::uint64_t>(size.height);
        }
        batch.clear();
    }

    void take(const PanelOpinion& opinion, ScoredPicture& picture) const {
        for (const auto& expert : opinion.experts) {
            if (!expert.available())
                throw TrainingError("The expert " + expert.name +
                                    " has no opinion on the picture " + picture.row.path.native() +
                                    ". " + expert.failure +
                                    " Leave the picture out of the manifest.");
            picture.scores.push_back(expert.score);
            picture.left.push_back(beyond_gate(opinion, expert));
            if (options_.features)
                picture.features.push_back(expert.features);
        }
        for (const auto& answer : opinion.answers)
            if (answer.answered)
                picture.scores.push_back(answer.score);
        picture.scores.push_back(opinion.score);
        picture.traits = opinion.traits.value_or(PictureTraits{});
        for (std::size_t i = 0; i < picture.scores.size(); ++i)
            if (!std::isfinite(picture.scores[i]))
                throw TrainingError(
                    "The " +
                    (i < opinion.experts.size() ? "expert " + opinion.experts[i].name : "panel") +
                    " gave a score that is not a number for the picture " +
                    picture.row.path.native() + "; try --precision fp32, and `dfd panel verify`.");
    }

    void measure_places(const PanelOpinion& opinion, LoadedPicture& loaded) {
        const cv::Mat mask(loaded.pixels.height, loaded.pixels.width, CV_8U, loaded.mask.data());
        for (std::size_t e = 0; e < opinion.experts.size(); ++e)
            if (opinion.experts[e].map)
                places_[e].add(place_auc(*opinion.experts[e].map, mask));
        for (std::size_t q = 0, column = opinion.experts.size(); q < opinion.answers.size(); ++q)
            if (opinion.answers[q].answered)
                places_[column++].add(place_auc(mean_map(part(opinion, q)), mask));
        places_.back().add(place_auc(mean_map(opinion), mask));
        ++result_.maps;
    }

    Evaluator& evaluator_;
    const EvaluationOptions& options_;
    Evaluation& result_;
    std::stop_token stop_;
    std::vector<Mean> places_;
    std::vector<Waiting> plain_;
    std::vector<Waiting> masked_;  // pictures that need maps
    std::uint64_t waiting_pixels_ = 0;
};

void score_rows(const std::vector<ManifestRow>& rows, Scorer& scorer,
                const EvaluationOptions& options, const Progress& progress,
                const std::stop_token& stop) {
    Reader pictures(rows.size(), picture_readers(), [&](std::uint64_t i, PictureMemory& memory) {
        return load_picture(rows[static_cast<std::size_t>(i)], options, memory);
    });
    const auto total = static_cast<double>(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (progress)
            progress(static_cast<double>(i), total, "scoring pictures");
        check_stop(stop);
        scorer.add(rows[i], pictures.next(stop));
    }
    scorer.finish();
    if (progress)
        progress(total, total, "measuring");
}

void count_pictures(Evaluation& result) {
    std::map<std::string, NamedCount> operations;
    std::map<std::string, NamedCount> sources;
    for (const auto& picture : result.pictures) {
        const auto& row = picture.row;
        ++(row.fake ? result.fake : result.real);
        auto& source = sources[name_or_unknown(row.source)];
        ++(row.fake ? source.fake : source.real);
        if (row.fake)
            ++operations[name_or_unknown(row.operation)].fake;
    }
    const auto append = [](std::vector<NamedCount>& list, const auto& counts) {
        for (const auto& [name, count] : counts)
            list.push_back({name, count.real, count.fake});
    };
    append(result.operations, operations);
    append(result.sources, sources);
}

/// The subsets that have pictures, each with the indices of its pictures.
std::vector<std::vector<std::size_t>> find_subsets(Evaluation& result) {
    const auto& names = subset_names();
    std::vector<std::vector<std::size_t>> members(names.size());
    for (std::size_t i = 0; i < result.pictures.size(); ++i)
        for (const auto subset : subsets_of(result.pictures[i].row, result.pictures[i].megapixels))
            members[subset].push_back(i);
    for (std::size_t s = 0; s < names.size(); ++s) {
        if (members[s].empty())
            continue;
        auto& subset = result.subsets.emplace_back(names[s]);
        for (const auto i : members[s])
            ++(result.pictures[i].row.fake ? subset.fake : subset.real);
    }
    std::erase_if(members, [](const auto& pictures) { return pictures.empty(); });
    return members;
}

std::vector<Labelled> column_of(const Evaluation& result, const std::vector<std::size_t>& groups,
                                std::size_t column) {
    std::vector<Labelled> pictures;
    pictures.reserve(result.pictures.size());
    for (std::size_t i = 0; i < result.pictures.size(); ++i)
        pictures.push_back(
            {result.pictures[i].scores[column], result.pictures[i].row.fake, groups[i]});
    return pictures;
}

void measure_column(const Evaluation& result, const std::vector<Labelled>& all,
                    const std::vector<std::vector<std::size_t>>& subsets, EvaluationColumn& column,
                    const std::stop_token& stop) {
    check_stop(stop);
    column.all = measure(all, result.rounds, result.seed);
    const auto subset = [&](const auto& belongs) {
        std::vector<Labelled> some;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (belongs(result.pictures[i].row))
                some.push_back(all[i]);
        return some;
    };
    for (const auto& operation : result.operations) {
        check_stop(stop);
        column.operations.push_back(
            measure(subset([&](const ManifestRow& row) {
                        return !row.fake || name_or_unknown(row.operation) == operation.name;
                    }),
                    result.rounds, result.seed));
    }
    std::map<std::string, std::vector<Labelled>> by_source;
    for (std::size_t i = 0; i < all.size(); ++i)
        by_source[name_or_unknown(result.pictures[i].row.source)].push_back(all[i]);
    for (const auto& source : result.sources)
        column.sources.push_back(roc_auc(by_source.at(source.name)));
    for (const auto& members : subsets) {
        std::vector<Labelled> pictures;
        for (const auto i : members)
            pictures.push_back(all[i]);
        column.subsets.push_back(measure(pictures, 0, result.seed));
    }
}

}  // namespace

std::vector<ManifestRow> rows_of_fold(const Manifest& manifest, std::string& fold) {
    const bool has_test = std::any_of(manifest.rows.begin(), manifest.rows.end(),
                                      [](const ManifestRow& row) { return row.fold == kTestFold; });
    if (fold.empty())
        fold = has_test ? "test" : "all";
    int number = kTestFold;
    if (fold != "test" && fold != "all") {
        const auto* const end = fold.data() + fold.size();
        const auto parsed = std::from_chars(fold.data(), end, number);
        if (parsed.ec != std::errc() || parsed.ptr != end || number < 0)
            throw TrainingError("Unknown fold \"" + fold + "\"; use test, all or a number.");
    }
    std::vector<ManifestRow> rows;
    for (const auto& row : manifest.rows)
        if (fold == "all" || row.fold == number)
            rows.push_back(row);
    if (rows.empty())
        throw TrainingError(
            "The manifest " + manifest.file.native() +
            (fold == "all"
                 ? " contains no picture."
                 : " has no row of the fold " + fold +
                       "; `dfd prepare split` sets the folds, and --fold all uses every row."));
    return rows;
}

bool any_left(const Evaluation& evaluation) {
    return std::ranges::any_of(evaluation.pictures, [](const ScoredPicture& picture) {
        return std::ranges::find(picture.left, true) != picture.left.end();
    });
}

Evaluation evaluate_manifest(Evaluator& evaluator, const Manifest& manifest,
                             EvaluationOptions options, const Progress& progress,
                             std::stop_token stop) {
    if (options.batch < 1)
        throw TrainingError("The batch size must be at least one.");
    const auto rows = rows_of_fold(manifest, options.fold);
    const auto& panel = evaluator.panel();
    Evaluation result;
    result.panel = panel.name;
    result.digest = panel.digest;
    result.device = evaluator.device().id;
    result.precision = precision_name(evaluator.precision());
    result.manifest = manifest.file;
    result.fold = options.fold;
    result.seed = options.seed;
    result.rounds = options.rounds;
    if (std::any_of(rows.begin(), rows.end(), [](const ManifestRow& row) { return row.fold >= 0; }))
        result.caution =
            "Some of these pictures are in folds that experts learned from, so the figures of the "
            "panel, and of every expert that did not hold the fold out, may be too optimistic; set "
            "pictures aside with `dfd prepare split --test`.";

    Scorer scorer(evaluator, options, result, stop);
    score_rows(rows, scorer, options, progress, stop);
    if (result.pictures.empty())
        throw TrainingError("None of the " + std::to_string(rows.size()) +
                            " pictures of the manifest " + manifest.file.native() +
                            " could be read. The first, " + result.unread.front().path.native() +
                            ": " + result.unread.front().why);
    count_pictures(result);
    const auto subsets = find_subsets(result);

    std::vector<std::string> names;
    for (const auto& picture : result.pictures)
        names.push_back(picture.row.group);
    const auto groups = group_numbers(names);
    result.groups = std::set(groups.begin(), groups.end()).size();
    for (const auto& expert : panel.experts)
        result.columns.emplace_back(expert.name, expert.architecture);
    for (std::size_t q = 0; q < panel.questions.size(); ++q)
        if (std::ranges::find(panel.experts, q, &ExpertRecord::question) != panel.experts.end())
            result.columns.emplace_back(panel.questions[q].id, "", true);
    result.columns.emplace_back("panel", "");
    for (std::size_t c = 0; c < result.columns.size(); ++c) {
        auto& column = result.columns[c];
        column.places = scorer.places(c);
        measure_column(result, column_of(result, groups, c), subsets, column, stop);
    }
    return result;
}

}  // namespace dfd
