// What people decide about exhibits: marks, tags, notes, thresholds, filters. Plain C++.
//
// Nothing here is ever overwritten. A change is a new record with its time and author, and an entry
// in the audit log. The last one in the log's order counts, whatever the clock said. Undo sets the
// former value again.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"

namespace dfd {

struct MarkEvent {
    Mark mark = Mark::None;
    std::string by;
    CaseTime at = 0;
};
struct Note {
    std::string text;
    std::string by;
    CaseTime at = 0;
};

// Each of these writes one transaction, signed by `by`; empty: CaseFile::by(). For an id that is
// not in the case they throw CaseError and change nothing.

/// Returns the former marks, in the order of `ids`.
std::vector<Mark> mark_exhibits(CaseFile& file, std::span<const ExhibitId> ids, Mark mark,
                                const std::string& by = {});
/// Adds or removes the tag. Returns the ids that changed.
std::vector<ExhibitId> tag_exhibits(CaseFile& file, std::span<const ExhibitId> ids,
                                    const std::string& tag, bool on = true,
                                    const std::string& by = {});
void add_note(CaseFile& file, ExhibitId id, const std::string& text, const std::string& by = {});

/// Tags in use and how many exhibits carry each.
[[nodiscard]] std::map<std::string, std::int64_t> tags_in_use(const CaseFile& file);
/// Those that each of these exhibits carries, in alphabetical order; the lists are in the order of
/// the ids.
[[nodiscard]] std::vector<std::vector<std::string>> tags_of(const CaseFile& file,
                                                            std::span<const ExhibitId> ids);

/// Thresholds with a name. A change applies to all words at once; nothing is scored again. What
/// people choose holds for every question. Unless somebody has set them, the thresholds of the
/// profile "default" are those of the shown panel's calibration, measured for each question;
/// without a calibration, scores have no words. Setting the measured thresholds again undoes the
/// choice.
struct ThresholdProfile {
    std::string name = "default";
    QuestionBands bands;
};
[[nodiscard]] std::vector<ThresholdProfile> threshold_profiles(const CaseFile& file);
[[nodiscard]] ThresholdProfile active_thresholds(const CaseFile& file);
/// Creates or changes the profile and makes it active. Throws CaseError unless the bands are the
/// measured ones of "default", or the same for every question with 0 <= real_below <= fake_from <=
/// 1, and when the name is empty.
void set_thresholds(CaseFile& file, const ThresholdProfile& profile, const std::string& by = {});

/// Chooses the scorer whose results are shown. Throws CaseError when there is no such scorer.
void show_scorer(CaseFile& file, ScorerId scorer, const std::string& by = {});

/// Filters saved by name; saving an existing name replaces it. One with a question is there as long
/// as the shown panel asks that question.
void save_filter(CaseFile& file, const std::string& name, const ExhibitFilter& filter,
                 const std::string& by = {});
void forget_filter(CaseFile& file, const std::string& name, const std::string& by = {});
[[nodiscard]] std::map<std::string, ExhibitFilter> saved_filters(const CaseFile& file);

}  // namespace dfd
