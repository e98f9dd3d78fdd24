#include "core/casework/scan/merge_cases.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/cancelled.h"
#include "core/base/wording.h"
#include "core/casework/store/case_rows.h"
#include "core/casework/store/choices.h"
#include "core/casework/store/derived.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr int kAtOnce = 256;  // exhibits or files per transaction

class Merge {
  public:
    Merge(CaseFile& target, const fs::path& source, const Progress& progress, std::stop_token stop)
        : target_(target), from_(source, CaseAccess::Read), progress_(progress), stop_(stop) {}

    MergeSummary run() {
        auto& source = from_.database();
        const auto lock = source.lock();
        source.run("BEGIN");  // one state of it, even while somebody writes
        const auto last = last_entry(from_);
        total_ = source.number("SELECT count(*) FROM exhibits") +
                 source.number("SELECT count(*) FROM sightings");
        write([this](Recording& recording) { context(recording); });
        auto exhibits = source.prepare("SELECT id FROM exhibits ORDER BY id");
        in_batches(exhibits, [this](Recording& recording, RowId id) { exhibit(recording, id); });
        auto sightings = source.prepare("SELECT id FROM sightings ORDER BY id");
        in_batches(sightings, [this](Recording& recording, RowId id) { sighting(recording, id); });
        if (changes_ > 0) {
            Recording recording(target_);
            recording.finish("merged", nlohmann::ordered_json{{"case", from_.id()},
                                                              {"entries", last.number},
                                                              {"head", last.digest},
                                                              {"exhibits", summary_.exhibits},
                                                              {"files", summary_.files},
                                                              {"results", summary_.results},
                                                              {"stabilities", summary_.stabilities},
                                                              {"decisions", summary_.decisions},
                                                              {"replaced", summary_.replaced},
                                                              {"differing", summary_.differing}}
                                           .dump());
        }
        source.run("ROLLBACK");
        return summary_;
    }

  private:
    /// One transaction, with a log entry only if it changed something.
    template <typename Work>
    void write(Work&& work) {
        check_stop(stop_);
        Recording recording(target_);
        const auto before = changes_;
        touched_.clear();
        work(recording);
        refresh_derived(recording.database(), touched_);
        if (changes_ > before)
            recording.finish(
                kMergedRows,
                nlohmann::ordered_json{{"case", from_.id()}, {"rows", changes_ - before}}.dump());
        if (progress_)
            progress_(static_cast<double>(done_), static_cast<double>(total_), "Merging");
    }

    template <typename Each>
    void in_batches(Statement& ids, Each&& each) {
        for (bool more = true; more;)
            write([&](Recording& recording) {
                for (int i = 0; i < kAtOnce && (more = ids.step()); ++i, ++done_)
                    each(recording, ids.integer(0));
            });
    }

    /// Scorers, sessions, thresholds, filters.
    void context(Recording& recording) {
        auto& source = from_.database();
        auto& target = recording.database();
        const auto rows = [&target] {
            return target.number(
                "SELECT (SELECT count(*) FROM scorers) + (SELECT count(*) FROM sessions)");
        };
        const auto before = rows();
        for (const auto& [id, scorer] : all_scorers(source))
            scorers_[id] = add_scorer(recording, scorer);
        for (const auto& [id, session] : all_sessions(source))
            sessions_[id] = add_session(recording, session);
        changes_ += rows() - before;
        // The target's own choices stay; those it lacks are copied.
        for (const auto& [key, value] : read_choices(source, "")) {
            if (key == choice_keys::kId || read_choice(target, key))
                continue;
            record_choice(recording, key, value);
            ++changes_;
            summary_.decisions += key == choice_keys::kScorer ? 0 : 1;
        }
    }

    void exhibit(Recording& recording, RowId id) {
        auto& source = from_.database();
        bool added = false;
        const auto target_id = add_exhibit(recording, content_of(source, id), &added);
        exhibits_[id] = target_id;
        summary_.exhibits += added ? 1 : 0;
        changes_ += added ? 1 : 0;
        touched_.insert(target_id);
        // Scorers whose score differs here: their sweeps belong to the other score.
        std::set<RowId> differing_scorers;
        for (auto& result : results_of(source, id)) {
            result.exhibit = target_id;
            result.scorer = scorers_.at(result.scorer);
            result.session = sessions_.at(result.session);
            if (add_result(recording, result, RowSource::Merged)) {
                ++summary_.results;
                ++changes_;
            } else if (differs(recording.database(), result)) {
                ++summary_.differing;
                differing_scorers.insert(result.scorer);
            }
        }
        for (auto& tried : stabilities_of(source, id)) {
            tried.exhibit = target_id;
            tried.scorer = scorers_.at(tried.scorer);
            if (differing_scorers.contains(tried.scorer) || !add_stability(recording, tried))
                continue;
            ++summary_.stabilities;
            ++changes_;
        }
        decisions(recording, id, target_id);
    }

    static bool differs(Database& target, const ResultRow& result) {
        auto& row = target.cached(
            "SELECT score FROM results WHERE scorer = ?1 AND exhibit = ?2 AND state = 1",
            result.scorer, result.exhibit);
        return result.state == kScoredState && row.step() && row.real(0) != result.score;
    }

    struct Decision {
        std::string by, text;  ///< text: the tag or the note
        CaseTime at = 0;
        std::int64_t number = 0;  ///< the mark, or whether the tag is carried
        bool operator==(const Decision&) const = default;
    };
    struct DecisionTable {
        const char* name;
        const char* columns;  ///< in the order of Decision
        /// Whether the last row of the same text counts, or every one.
        bool last_counts;
    };

    static std::vector<Decision> decisions_of(Database& database, const DecisionTable& table,
                                              RowId exhibit) {
        auto rows = database.prepare(std::string("SELECT ") + table.columns + " FROM " +
                                         table.name + " WHERE exhibit = ?1 ORDER BY id",
                                     exhibit);
        std::vector<Decision> found;
        while (rows.step())
            found.push_back({rows.text(0), rows.text(1), rows.integer(2), rows.integer(3)});
        return found;
    }

    /// Marks, tags and notes that the target lacks, by author, time and content, in the order of
    /// the source's log. Where the last one counts, everything from the first missing one on is
    /// repeated, so that the source's order holds in the target, too.
    void decisions(Recording& recording, RowId id, RowId target_id) {
        auto& target = recording.database();
        const auto copy = [&](const DecisionTable& table, const auto& insert) {
            const auto here = decisions_of(target, table, target_id);
            std::set<std::string> behind_missing;
            for (const auto& decision : decisions_of(from_.database(), table, id)) {
                const bool missing = std::ranges::find(here, decision) == here.end();
                if (missing && table.last_counts && behind_missing.insert(decision.text).second)
                    count_replaced(here, decision);
                if (!missing && !behind_missing.contains(decision.text))
                    continue;
                insert(decision);
                summary_.decisions += missing ? 1 : 0;
                ++changes_;
            }
        };
        copy({"marks", "by, '', at, mark", true}, [&](const Decision& mark) {
            target.insert("marks (exhibit, mark, by, at, entry)", target_id, mark.number, mark.by,
                          mark.at, recording.entry());
        });
        copy({"tags", "by, tag, at, carried", true}, [&](const Decision& tag) {
            target.insert("tags (exhibit, tag, carried, by, at, entry)", target_id, tag.text,
                          tag.number, tag.by, tag.at, recording.entry());
            refresh_derived_tag(target, target_id, tag.text);
        });
        copy({"notes", "by, text, at, 0", false}, [&](const Decision& note) {
            target.insert("notes (exhibit, text, by, at, entry)", target_id, note.text, note.by,
                          note.at, recording.entry());
        });
    }

    /// A decision of the target's own that another one now follows.
    void count_replaced(const std::vector<Decision>& here, const Decision& next) {
        summary_.replaced += std::ranges::count(here, next.text, &Decision::text) > 0 ? 1 : 0;
    }

    void sighting(Recording& recording, RowId id) {
        auto& row = from_.database().cached(
            "SELECT " + kSightingColumns + " FROM sightings WHERE id = ?1", id);
        if (!row.step())
            return;
        SightingRow seen{as_text(row.blob(0)), row.integer(1), row.integer(2),
                         std::nullopt,         row.integer(4), sessions_.at(row.integer(5))};
        if (!row.is_null(3))
            seen.exhibit = exhibits_.at(row.integer(3));
        auto& there = recording.database().cached(
            "SELECT 1 FROM sightings WHERE path = ?1 AND at = ?2 AND size = ?3 AND modified = ?4 "
            "AND exhibit IS ?5 AND session = ?6",
            as_bytes(seen.path), seen.at, seen.size, seen.modified, seen.exhibit, seen.session);
        if (there.step())
            return;
        add_sighting(recording, seen, touched_, RowSource::Merged);
        ++summary_.files;
        ++changes_;
    }

    CaseFile& target_;
    CaseFile from_;
    const Progress& progress_;
    std::stop_token stop_;
    /// The source's ids mapped to the target's.
    std::map<RowId, RowId> scorers_, sessions_, exhibits_;
    std::set<RowId> touched_;
    MergeSummary summary_;
    std::int64_t changes_ = 0, done_ = 0, total_ = 0;
};

}  // namespace

MergeSummary merge_case(CaseFile& target, const fs::path& source, const Progress& progress,
                        std::stop_token stop) {
    std::error_code error;
    if (fs::equivalent(target.path(), source, error))
        throw CaseError("The case " + quoted(source) + " cannot be merged into itself.");
    return Merge(target, source, progress, std::move(stop)).run();
}

}  // namespace dfd
