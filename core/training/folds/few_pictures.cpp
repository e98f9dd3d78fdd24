#include "core/training/folds/few_pictures.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/base/dice.h"
#include "core/training/folds/pieces.h"

namespace dfd {
namespace {

int fold_of(const std::map<int, int>& counts) {
    if (counts.contains(kTestFold))
        return kTestFold;
    return std::max_element(counts.begin(), counts.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

}  // namespace

Manifest few_pictures(const Manifest& manifest, int per_group, std::uint64_t seed) {
    if (per_group < 1)
        throw TrainingError("The number of pictures per group must be at least 1.");
    std::vector<std::size_t> taken;
    for (const auto& piece : pieces_of(manifest, SplitBy::Cluster)) {
        auto rows = piece.rows;
        Dice dice(seed, piece.rows.front());
        const auto most = std::min(rows.size(), static_cast<std::size_t>(per_group));
        for (std::size_t i = 0; i < most; ++i)
            std::swap(rows[i], rows[i + static_cast<std::size_t>(dice.bits() % (rows.size() - i))]);
        taken.insert(taken.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(most));
    }
    std::sort(taken.begin(), taken.end());
    Manifest few{manifest.file, {}};
    for (const auto row : taken)
        few.rows.push_back(manifest.rows[row]);
    return few;
}

void spread_folds(const Manifest& few, Manifest& manifest, SplitReport& report) {
    for (const auto& warning : size_warnings(report))
        std::erase(report.warnings, warning);
    report.test = {};
    report.folds.assign(report.folds.size(), {});
    std::unordered_map<std::string, const ManifestRow*> known;
    for (const auto& row : few.rows)
        known.emplace(row.path.native(), &row);
    for (const auto& piece : pieces_of(manifest, SplitBy::Cluster)) {
        std::map<int, int> counts;
        for (const auto row : piece.rows) {
            auto& into = manifest.rows[row];
            const auto found = known.find(into.path.native());
            into.cluster = found == known.end() ? -1 : found->second->cluster;
            if (found != known.end() && found->second->fold != kNoFold)
                ++counts[found->second->fold];
        }
        if (counts.empty())
            throw TrainingError(
                "No picture of the group of " + manifest.rows[piece.rows.front()].path.native() +
                " has a fold in the manifest " + few.file.native() +
                "; split one that has pictures of every group of " + manifest.file.native() + ".");
        const int fold = fold_of(counts);
        for (const auto row : piece.rows)
            manifest.rows[row].fold = fold;
        auto& size =
            fold == kTestFold ? report.test : report.folds.at(static_cast<std::size_t>(fold));
        size.real += piece.size.real;
        size.fake += piece.size.fake;
        ++size.pieces;
    }
    for (auto& warning : size_warnings(report))
        report.warnings.push_back(std::move(warning));
}

}  // namespace dfd
