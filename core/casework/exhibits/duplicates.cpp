#include "core/casework/exhibits/duplicates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <numeric>
#include <set>

#include "core/casework/exhibits/filter_sql.h"
#include "core/casework/exhibits/recorded_questions.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/store/case_rows.h"

namespace dfd {
namespace {

struct Hashed {
    ExhibitId id;
    std::optional<double> score;
    Band word = Band::Unnamed;
};

/// Disjoint sets (union-find).
class Groups {
  public:
    explicit Groups(std::size_t size) : parent_(size) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
    std::size_t find(std::size_t of) {
        while (parent_[of] != of)
            of = parent_[of] = parent_[parent_[of]];
        return of;
    }
    void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

  private:
    std::vector<std::size_t> parent_;
};

/// Joins all hashes that differ in at most `distance` bits. Two such hashes of 64 bits agree in at
/// least one of distance + 1 <= 8 bands, so only those that share a band's bits are compared.
void join_near(const std::vector<std::uint64_t>& hashes, int distance, Groups& groups) {
    const int bands = distance + 1;
    std::vector<std::pair<std::uint64_t, std::size_t>> order(hashes.size());
    for (int band = 0; band < bands; ++band) {
        const int first = 64 * band / bands, last = 64 * (band + 1) / bands;
        const std::uint64_t mask =
            (last - first == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (last - first)) - 1)
            << first;
        for (std::size_t i = 0; i < hashes.size(); ++i)
            order[i] = {hashes[i] & mask, i};
        std::sort(order.begin(), order.end());
        for (std::size_t start = 0; start < order.size();) {
            std::size_t end = start + 1;
            while (end < order.size() && order[end].first == order[start].first)
                ++end;
            for (std::size_t i = start; i < end; ++i)
                for (std::size_t j = i + 1; j < end; ++j)
                    if (std::popcount(hashes[order[i].second] ^ hashes[order[j].second]) <=
                        distance)
                        groups.join(order[i].second, order[j].second);
            start = end;
        }
    }
}

/// Whether two of the scores have different words, or, where scores have none, lie on different
/// sides.
bool are_different(const LookAlikes& group, const std::set<Band>& words) {
    return words.size() - words.count(Band::Unnamed) > 1 ||
           (words.contains(Band::Unnamed) && *group.lowest < kVoteThreshold &&
            *group.highest >= kVoteThreshold);
}

}  // namespace

std::vector<LookAlikes> find_look_alikes(const CaseFile& file, int distance) {
    if (distance < 0 || distance > kLargestHashDistance)
        throw CaseError("The distance of perceptual hashes must be 0 to " +
                        std::to_string(kLargestHashDistance) + " bits.");
    // Group equal hashes first: a thousand copies of one picture are one hash to compare.
    std::map<std::uint64_t, std::vector<Hashed>> by_hash;
    auto& database = file.database();
    const auto lock = database.lock();
    const auto bands = active_thresholds(file).bands;
    const auto scorer = shown_scorer(file);
    const RecordedQuestions questions(file, scorer);
    auto rows = database.prepare(
        "SELECT e.id, d.phash, CASE WHEN " + state_sql(database) + " = " +
            std::to_string(kScoredState) + " THEN r.score END, r.id" + kListTables +
            "JOIN decoded d ON d.exhibit = e.id WHERE d.phash IS NOT NULL ORDER BY e.id",
        scorer);
    while (rows.step()) {
        Hashed hashed{rows.integer(0), {}};
        if (!rows.is_null(2)) {
            const double score = rows.real(2);
            hashed.score = score;
            hashed.word =
                band_of(score, bands.of(questions.of_word(rows.integer(3), score, bands)));
        }
        by_hash[std::bit_cast<std::uint64_t>(rows.integer(1))].push_back(hashed);
    }

    std::vector<std::uint64_t> hashes;
    for (const auto& [hash, exhibits] : by_hash)
        hashes.push_back(hash);
    Groups groups(hashes.size());
    if (distance > 0)
        join_near(hashes, distance, groups);

    std::map<std::size_t, std::vector<Hashed>> members;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto& exhibits = by_hash.at(hashes[i]);
        auto& group = members[groups.find(i)];
        group.insert(group.end(), exhibits.begin(), exhibits.end());
    }
    std::vector<LookAlikes> found;
    for (auto& [root, exhibits] : members) {
        if (exhibits.size() < 2)
            continue;
        std::ranges::sort(exhibits, {}, &Hashed::id);
        auto& group = found.emplace_back();
        std::set<Band> words;
        for (const auto& [id, score, word] : exhibits) {
            group.ids.push_back(id);
            if (!score)
                continue;
            group.lowest = std::min(group.lowest.value_or(*score), *score);
            group.highest = std::max(group.highest.value_or(*score), *score);
            words.insert(word);
        }
        group.judged_differently = group.lowest && are_different(group, words);
    }
    std::ranges::sort(found, [](const LookAlikes& a, const LookAlikes& b) {
        if (a.judged_differently != b.judged_differently)
            return a.judged_differently;
        if (a.ids.size() != b.ids.size())
            return a.ids.size() > b.ids.size();
        return a.ids.front() < b.ids.front();
    });
    return found;
}

}  // namespace dfd
