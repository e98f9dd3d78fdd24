// A case's exhibits: queries, filters, orders and counts. Plain C++.
//
// An exhibit is a content, identified by its SHA-256, wherever and under however many names it was
// seen. A file whose bytes could not be read is an exhibit, too. Lists consist of ids (one vector
// for the whole case: 8 bytes per exhibit) and of small rows for the exhibits on screen.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/casework/store/case_file.h"
#include "core/opinion/bands.h"

namespace dfd {

using ExhibitId = std::int64_t;  ///< increases in order of arrival; never reused
using ScorerId = std::int64_t;

/// A panel at a precision with a version of the preprocessing. Together with the content's digest
/// it is the key of a result.
struct Scorer {
    ScorerId id = 0;
    std::string panel;   ///< its name
    std::string digest;  ///< of panel.json, hexadecimal
    std::string precision;
    int preprocessing = 0;
    bool starter = false;
    std::int64_t results = 0;
};
[[nodiscard]] std::vector<Scorer> scorers(const CaseFile& file);
/// The scorer whose results are shown: the chosen one, else that of the last scan. 0 when there is
/// none yet.
[[nodiscard]] ScorerId shown_scorer(const CaseFile& file);

enum class ExhibitState {
    Unscored,
    Scored,
    Failed,
    NoAssessment,  ///< it has a score, but is not of the kinds that the panel was measured on
};
/// "unscored", "scored", "failed", "no assessment": English in every language; say() of it is
/// shown.
[[nodiscard]] const char* state_name(ExhibitState state);

enum class Mark { None, Suspicious, Cleared, ToCheck };
/// "none", "suspicious", "cleared", "to check", likewise.
[[nodiscard]] const char* mark_name(Mark mark);

/// Adds a scored exhibit's band.
void count_band(Band band, struct CaseCounts& counts);

/// What a list shows of an exhibit.
struct ExhibitRow {
    ExhibitId id = 0;
    /// Where it was first found; copies do not change it. When the file is no longer there, the
    /// first found of the copies that are; when none is, where it was first found.
    std::filesystem::path path;
    std::string sha256;  ///< hexadecimal; empty when the bytes could not be read
    ExhibitState state = ExhibitState::Unscored;
    double score = 0;                    ///< when Scored or NoAssessment
    double spread = 0;                   ///< when Scored or NoAssessment
    std::size_t question = 0;            ///< of the panel's, which the score answers
    std::vector<AnswerFigures> answers;  ///< by question; none for a panel that asks one
    int width = 0;                       ///< pixels as examined; 0 unless decoded
    int height = 0;
    std::uint64_t bytes = 0;
    CaseTime modified = 0;  ///< the file's modification time
    CaseTime added = 0;
    Mark mark = Mark::None;
    bool warned = false;
    int copies = 0;       ///< files that hold it now, its own included; 0 when it is gone
    std::string failure;  ///< the sentence when Failed
};

/// All conditions that are set must hold.
struct ExhibitFilter {
    /// Part of the path or of a note (ASCII letters in either case), or the digest's first digits.
    std::string text{};
    std::optional<double> score_from{}, score_to{};    ///< inclusive; only scored ones
    std::optional<double> spread_from{}, spread_to{};  ///< inclusive; only scored ones
    std::optional<ExhibitState> state{};
    std::optional<Band> word{};  ///< by the active thresholds; only assessed ones have one
    std::optional<Mark> mark{};
    std::string tag{};
    std::optional<bool> warned{};
    std::filesystem::path folder{};  ///< in this folder or below it
    /// Which of the panel's questions score, spread, word and state are of, here and in orders and
    /// counts; nothing: of the one that leads. An exhibit without an assessed answer to it has no
    /// assessment.
    std::optional<std::size_t> question{};
};

/// Score: where the questions have thresholds of their own, by word first, so that no undecided
/// exhibit stands among those that look fake.
enum class ExhibitOrder { Name, Score, Spread, Added, Modified, Size };

/// Ids of all exhibits that pass. Those without an assessed score come last, ties are ordered by
/// path. Blocks: a tenth to a quarter of a second of CPU time for 100 000 exhibits; longer the
/// first time that words or a question are needed for a panel with several. Throws CaseError.
[[nodiscard]] std::vector<ExhibitId> find_exhibits(const CaseFile& file,
                                                   const ExhibitFilter& filter = {},
                                                   ExhibitOrder order = ExhibitOrder::Name,
                                                   bool descending = false);

/// Rows of these ids, in the same order. Unknown ids are skipped. Milliseconds for a screenful.
[[nodiscard]] std::vector<ExhibitRow> exhibit_rows(const CaseFile& file,
                                                   std::span<const ExhibitId> ids);

/// Finds an exhibit by a path where it is or was, by its SHA-256, or by the first eight or more
/// digits of it. Throws CaseError when there is none, or when several begin with these digits.
[[nodiscard]] ExhibitId named_exhibit(const CaseFile& file, const std::string& name);

/// Counts of the exhibits that pass a filter.
struct CaseCounts {
    std::int64_t exhibits = 0;
    std::int64_t files = 0;  ///< present now, including copies
    std::int64_t gone = 0;   ///< exhibits that no file holds any more
    std::int64_t unscored = 0, scored = 0, failed = 0, no_assessment = 0;
    /// Of the scored ones, by the active thresholds.
    std::int64_t looks_real = 0, undecided = 0, looks_fake = 0;
    std::int64_t unnamed = 0;  ///< scored ones without a word, because the panel is not calibrated
    std::int64_t suspicious = 0, cleared = 0, to_check = 0;
    std::int64_t warned = 0;
};
[[nodiscard]] CaseCounts count_exhibits(const CaseFile& file, const ExhibitFilter& filter = {});

/// Histogram of the scores of exhibits that pass: bin i holds [i / bins, (i + 1) / bins), and the
/// last one also 1.
[[nodiscard]] std::vector<std::int64_t> score_histogram(const CaseFile& file,
                                                        const ExhibitFilter& filter, int bins);

struct ScorePoint {
    ExhibitId id = 0;
    double score = 0;
    double spread = 0;
    /// The filter's, or as in ExhibitRow; 0 where all questions have the same word.
    std::size_t question = 0;
};
[[nodiscard]] std::vector<ScorePoint> score_points(const CaseFile& file,
                                                   const ExhibitFilter& filter = {});

/// What the panel whose results are shown asks; empty when it asks one question.
[[nodiscard]] std::vector<Question> shown_questions(const CaseFile& file);

struct FolderCount {
    std::filesystem::path folder;
    std::int64_t exhibits = 0;  ///< directly in it
};
[[nodiscard]] std::vector<FolderCount> case_folders(const CaseFile& file);

/// The small JPEG that was made during the examination (longest side kCaseThumbnail); empty if
/// there is none.
inline constexpr int kCaseThumbnail = 160;
[[nodiscard]] std::vector<std::uint8_t> exhibit_thumbnail(const CaseFile& file, ExhibitId id);

}  // namespace dfd
