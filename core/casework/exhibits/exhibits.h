// The exhibits of a case, found, ordered and counted. Plain C++.
//
// An exhibit is a content, known by its SHA-256, wherever and under however many names it was seen;
// a file whose bytes could not be read is one, too. Lists are made of ids (one vector for the whole
// case: 8 bytes an exhibit) and of small rows for those that are on screen.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/casework/store/case_file.h"
#include "core/opinion/opinion.h"

namespace dfd {

using ExhibitId = std::int64_t;  ///< rises in the order of arrival; never used again
using ScorerId = std::int64_t;

/// A panel at a precision with a version of the preprocessing: with the content's digest, the key
/// of a result.
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
/// The one whose results are shown: chosen, else that of the last scan. 0 when there is none yet.
[[nodiscard]] ScorerId shown_scorer(const CaseFile& file);

enum class ExhibitState { Unscored, Scored, Failed };
[[nodiscard]] const char* state_name(ExhibitState state);  ///< "unscored", "scored", "failed"

enum class Mark { None, Suspicious, Cleared, ToCheck };
[[nodiscard]] const char* mark_name(Mark mark);  ///< "none", "suspicious", "cleared", "to check"

/// What a list shows of an exhibit.
struct ExhibitRow {
    ExhibitId id = 0;
    std::filesystem::path path;  ///< where it is; where it was last seen when it is gone
    std::string sha256;          ///< hexadecimal; empty when the bytes could not be read
    ExhibitState state = ExhibitState::Unscored;
    double score = 0;   ///< when Scored
    double spread = 0;  ///< when Scored
    int width = 0;      ///< pixels as examined; 0 unless decoded
    int height = 0;
    std::uint64_t bytes = 0;
    CaseTime modified = 0;  ///< the file's time
    CaseTime added = 0;
    Mark mark = Mark::None;
    bool warned = false;
    int copies = 0;       ///< files that hold it now; 0 when it is gone
    std::string failure;  ///< the sentence when Failed
};

/// Everything that is set must hold.
struct ExhibitFilter {
    std::string text{};  ///< in the path or a note, letters of ASCII in either case; or the
                         ///< digest's first digits
    std::optional<double> score_from{}, score_to{};    ///< inclusive; only scored ones
    std::optional<double> spread_from{}, spread_to{};  ///< inclusive; only scored ones
    std::optional<ExhibitState> state{};
    std::optional<Mark> mark{};
    std::string tag{};
    std::optional<bool> warned{};
    std::filesystem::path folder{};  ///< it or below it
};

enum class ExhibitOrder { Name, Score, Spread, Added, Modified, Size };

/// Ids of all that pass; what has no score comes last, ties by path. Blocks: a tenth to a quarter
/// of a second of processor time for 100 000 exhibits. Throws CaseError.
[[nodiscard]] std::vector<ExhibitId> find_exhibits(const CaseFile& file,
                                                   const ExhibitFilter& filter = {},
                                                   ExhibitOrder order = ExhibitOrder::Name,
                                                   bool descending = false);

/// Rows of these ids, in their order; unknown ids are left out. Milliseconds for a screenful.
[[nodiscard]] std::vector<ExhibitRow> exhibit_rows(const CaseFile& file,
                                                   std::span<const ExhibitId> ids);

/// The exhibit that somebody names: by a path it is or was at, by its SHA-256, or by the first
/// eight or more digits of it. Throws CaseError when there is none, or more than one begins like
/// that.
[[nodiscard]] ExhibitId named_exhibit(const CaseFile& file, const std::string& name);

/// How many of what, among those that pass.
struct CaseCounts {
    std::int64_t exhibits = 0;
    std::int64_t files = 0;  ///< present, copies counted
    std::int64_t gone = 0;   ///< exhibits that no file holds any more
    std::int64_t unscored = 0, scored = 0, failed = 0;
    std::int64_t looks_real = 0, undecided = 0, looks_fake = 0;  ///< by the thresholds in force
    std::int64_t suspicious = 0, cleared = 0, to_check = 0;
    std::int64_t warned = 0;
};
[[nodiscard]] CaseCounts count_exhibits(const CaseFile& file, const ExhibitFilter& filter = {});

/// Scored exhibits that pass, by score: bin i holds [i / bins, (i + 1) / bins), the last one 1 too.
[[nodiscard]] std::vector<std::int64_t> score_histogram(const CaseFile& file,
                                                        const ExhibitFilter& filter, int bins);

struct ScorePoint {
    ExhibitId id = 0;
    double score = 0;
    double spread = 0;
};
[[nodiscard]] std::vector<ScorePoint> score_points(const CaseFile& file,
                                                   const ExhibitFilter& filter = {});

struct FolderCount {
    std::filesystem::path folder;
    std::int64_t exhibits = 0;  ///< directly in it
};
[[nodiscard]] std::vector<FolderCount> case_folders(const CaseFile& file);

/// The small JPEG made when it was examined (longest side kCaseThumbnail); empty when there is
/// none.
inline constexpr int kCaseThumbnail = 160;
[[nodiscard]] std::vector<std::uint8_t> exhibit_thumbnail(const CaseFile& file, ExhibitId id);

}  // namespace dfd
