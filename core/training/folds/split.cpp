#include "core/training/folds/split.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "core/base/dice.h"
#include "core/training/folds/pieces.h"

namespace dfd {
namespace {

constexpr double kRareSource = 0.05;  // sources below this share of the rows count as rare
constexpr double kMovedShareWarning = 0.20;
constexpr double kTrainingShareWarning = 1.0 / 3;  // of two even folds an expert learns from a half
constexpr int kDefaultFolds = 5;

std::string count(std::int64_t number, const char* singular, const char* plural) {
    return std::to_string(number) + " " + (number == 1 ? singular : plural);
}

template <class Item>
void shuffle(std::vector<Item>& items, Dice& dice) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[static_cast<std::size_t>(dice.bits() % i)]);
}

void set_aside_sources(const Manifest& manifest, std::vector<Piece>& pieces,
                       const std::vector<std::string>& wanted) {
    for (const auto& name : wanted) {
        bool found = false;
        for (auto& piece : pieces)
            if (std::any_of(piece.rows.begin(), piece.rows.end(),
                            [&](std::size_t row) { return manifest.rows[row].source == name; }))
                piece.test = found = true;
        if (!found)
            throw TrainingError("No row of the manifest " + manifest.file.native() +
                                " has the source \"" + name + "\" that is to be set aside.");
    }
}

/// Sets aside whole rare sources for up to half of the missing test rows, and the rest from all
/// other sources in proportion.
void set_aside_share(std::vector<Piece>& pieces, double share, Dice dice) {
    std::map<std::string, std::vector<Piece*>> by_source;
    std::map<std::string, double> sizes;
    double all = 0, missing = 0;
    for (auto& piece : pieces) {
        const auto size = static_cast<double>(piece.size.size());
        all += size;
        missing += share * size;
        if (piece.test) {
            missing -= size;
            continue;
        }
        by_source[piece.source].push_back(&piece);
        sizes[piece.source] += size;
    }
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [source, size] : sizes)
        order.emplace_back(size, source);
    std::sort(order.begin(), order.end());
    double rare = missing / 2, open = 0;
    std::vector<std::string> divided;
    for (const auto& [size, source] : order) {
        if (!source.empty() && size < all * kRareSource && size <= rare) {
            for (auto* piece : by_source[source])
                piece->test = true;
            rare -= size;
            missing -= size;
        } else {
            divided.push_back(source);
            open += size;
        }
    }
    // Carries each source's rounding error over to the next.
    shuffle(divided, dice);
    double remainder = 0;
    const double part = open > 0 ? std::max(0.0, missing) / open : 0;
    for (const auto& source : divided) {
        remainder += part * sizes[source];
        auto& candidates = by_source[source];
        shuffle(candidates, dice);
        for (auto* piece : candidates) {
            const auto size = static_cast<double>(piece->size.size());
            if (size > 2 * remainder)
                continue;
            piece->test = true;
            remainder -= size;
        }
    }
}

/// Largest first, each into the fold with the lowest cost, so that real and fake rows stay
/// balanced.
std::vector<int> balanced(const std::vector<FoldSize>& sizes, int folds) {
    std::vector<std::size_t> order(sizes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return sizes[a].size() > sizes[b].size();
    });
    std::vector<FoldSize> filled(static_cast<std::size_t>(folds));
    std::vector<int> fold(sizes.size());
    for (const auto index : order) {
        // The increase in the sum of squares of real and fake counts, which is smallest for even
        // folds.
        const auto cost = [&](const FoldSize& into) {
            return into.real * sizes[index].real + into.fake * sizes[index].fake;
        };
        const auto best =
            std::min_element(filled.begin(), filled.end(), [&](const auto& a, const auto& b) {
                return std::pair(cost(a), a.size()) < std::pair(cost(b), b.size());
            });
        best->real += sizes[index].real;
        best->fake += sizes[index].fake;
        fold[index] = static_cast<int>(best - filled.begin());
    }
    return fold;
}

/// The fold of every cluster.
std::vector<int> folds_of_clusters(const Manifest& manifest, int& folds) {
    int clusters = 0;
    for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
        if (manifest.rows[i].cluster < 0)
            throw TrainingError("The picture " + manifest.rows[i].path.native() +
                                " in the manifest " + manifest.file.native() +
                                " has no cluster; run `dfd prepare cluster` first, or split by "
                                "random or source.");
        clusters = std::max(clusters, manifest.rows[i].cluster + 1);
        if (static_cast<std::size_t>(clusters) > manifest.rows.size())
            throw TrainingError("The manifest " + manifest.file.native() + " has the cluster " +
                                std::to_string(clusters - 1) + " but only " +
                                std::to_string(manifest.rows.size()) +
                                " rows; clusters must be numbered from 0.");
    }
    std::vector<FoldSize> sizes(static_cast<std::size_t>(clusters));
    for (const auto& row : manifest.rows) {
        auto& size = sizes[static_cast<std::size_t>(row.cluster)];
        ++(row.fake ? size.fake : size.real);
    }
    if (folds == 0)
        folds = clusters;
    if (folds > clusters)
        throw TrainingError(std::to_string(folds) + " folds cannot be made of " +
                            std::to_string(clusters) +
                            " clusters; ask for fewer folds or cluster again with a larger --k.");
    std::vector<int> fold(static_cast<std::size_t>(clusters));
    if (folds < clusters)
        return balanced(sizes, folds);
    std::iota(fold.begin(), fold.end(), 0);
    return fold;
}

int fold_of_most(const Piece& piece, const Manifest& manifest, const std::vector<int>& folds) {
    std::map<int, std::int64_t> clusters;
    for (const auto row : piece.rows)
        ++clusters[manifest.rows[row].cluster];
    const auto most =
        std::max_element(clusters.begin(), clusters.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return folds[static_cast<std::size_t>(most->first)];
}

}  // namespace

std::vector<std::string> size_warnings(const SplitReport& report) {
    std::vector<std::string> warnings;
    std::int64_t trained = 0;
    for (const auto& fold : report.folds)
        trained += fold.size();
    const auto check = [&](const FoldSize& fold, const std::string& name) {
        if (fold.size() == 0)
            warnings.push_back(name +
                               " is empty, because groups are kept together, so no expert can hold "
                               "it out. Use more photographs, fewer "
                               "folds, or --by random.");
        else if (fold.real == 0 || fold.fake == 0)
            warnings.push_back(name + " has no " + (fold.real == 0 ? "real" : "fake") +
                               " pictures, so it cannot be used for validation.");
    };
    for (std::size_t i = 0; i < report.folds.size(); ++i) {
        const auto& fold = report.folds[i];
        check(fold, "Fold " + std::to_string(i));
        if (const auto left = trained - fold.size();
            static_cast<double>(left) < kTrainingShareWarning * static_cast<double>(trained))
            warnings.push_back("The expert that holds out fold " + std::to_string(i) +
                               " learns from only " + count(left, "picture", "pictures") + " of " +
                               std::to_string(trained) +
                               ". Use more clusters, or split evenly with --by random.");
    }
    if (report.test.size() > 0)
        check(report.test, "The test fold");
    return warnings;
}

namespace {

void add_warnings(SplitReport& report, std::int64_t trained) {
    report.warnings = size_warnings(report);
    if (static_cast<double>(report.moved) > kMovedShareWarning * static_cast<double>(trained))
        report.warnings.push_back("Keeping groups together put " + std::to_string(report.moved) +
                                  " of " + std::to_string(trained) +
                                  " pictures into the fold of another cluster, so the folds differ "
                                  "less than the clusters.");
}

}  // namespace

SplitReport split(Manifest& manifest, const SplitOptions& options) {
    if (manifest.rows.empty())
        throw TrainingError("The manifest " + manifest.file.native() + " contains no picture.");
    if (!(options.test >= 0 && options.test < 1) || options.folds < 0)
        throw TrainingError(
            "The test share must be at least 0 and below 1, and there must be at least 2 folds.");
    auto pieces = pieces_of(manifest, options.by);
    set_aside_sources(manifest, pieces, options.test_sources);
    if (options.test > 0)
        set_aside_share(pieces, options.test, Dice(options.seed, 0));

    int folds = options.folds;
    std::vector<int> cluster_folds;
    if (options.by == SplitBy::Cluster)
        cluster_folds = folds_of_clusters(manifest, folds);
    else if (folds == 0)
        folds = kDefaultFolds;
    if (folds < 2)
        throw TrainingError("With one fold there is nothing to train on; use two or more" +
                            std::string(options.by == SplitBy::Cluster
                                            ? ", which need two or more clusters."
                                            : "."));
    std::vector<Piece*> divided;
    for (auto& piece : pieces)
        if (!piece.test)
            divided.push_back(&piece);
    if (divided.size() < static_cast<std::size_t>(folds))
        throw TrainingError("The manifest " + manifest.file.native() + " has " +
                            count(static_cast<std::int64_t>(divided.size()), "piece", "pieces") +
                            (options.by == SplitBy::Source ? " (sources)" : "") +
                            " to divide, too few for " + count(folds, "fold", "folds") +
                            "; ask for fewer folds, a smaller test share, or check whether the "
                            "groups are too large.");

    std::vector<int> fold;
    if (options.by == SplitBy::Cluster) {
        for (const auto* piece : divided)
            fold.push_back(fold_of_most(*piece, manifest, cluster_folds));
    } else {
        Dice dice(options.seed, 1);
        shuffle(divided, dice);
        std::vector<FoldSize> sizes;
        for (const auto* piece : divided)
            sizes.push_back(piece->size);
        fold = balanced(sizes, folds);
    }

    SplitReport report;
    report.folds.resize(static_cast<std::size_t>(folds));
    const auto assign = [&](const Piece& piece, int into, FoldSize& size) {
        for (const auto row : piece.rows)
            manifest.rows[row].fold = into;
        size.real += piece.size.real;
        size.fake += piece.size.fake;
        ++size.pieces;
    };
    for (const auto& piece : pieces)
        if (piece.test)
            assign(piece, kTestFold, report.test);
    std::int64_t trained = 0;
    for (std::size_t i = 0; i < divided.size(); ++i) {
        assign(*divided[i], fold[i], report.folds[static_cast<std::size_t>(fold[i])]);
        trained += divided[i]->size.size();
        if (options.by == SplitBy::Cluster)
            for (const auto row : divided[i]->rows)
                report.moved +=
                    cluster_folds[static_cast<std::size_t>(manifest.rows[row].cluster)] != fold[i];
    }
    add_warnings(report, trained);
    return report;
}

std::string split_text(const SplitReport& report) {
    std::string text;
    const auto line = [&](const std::string& name, const FoldSize& fold) {
        text += name + ": " + count(fold.size(), "picture", "pictures") + ", " +
                std::to_string(fold.real) + " real, " + std::to_string(fold.fake) + " fake, in " +
                count(fold.pieces, "group", "groups") + "\n";
    };
    for (std::size_t i = 0; i < report.folds.size(); ++i)
        line("fold " + std::to_string(i), report.folds[i]);
    if (report.test.size() > 0)
        line("test  ", report.test);
    if (report.moved > 0)
        text += count(report.moved, "picture", "pictures") +
                " put into another cluster's fold, to keep groups together\n";
    for (const auto& warning : report.warnings)
        text += "warning: " + warning + "\n";
    return text;
}

}  // namespace dfd
