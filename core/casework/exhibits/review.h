// What people decide about exhibits: marks, tags, notes, thresholds, filters. Plain C++.
//
// Nothing here is ever overwritten: a change is a new record with its time and its author, the last
// one counts, and each is an entry of the audit log. Undoing is setting the former value again.
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

// All of these write one transaction; ids that are not in the case throw CaseError, and then
// nothing has changed.

/// Returns what each was marked as before, in the order of `ids`.
std::vector<Mark> mark_exhibits(CaseFile& file, std::span<const ExhibitId> ids, Mark mark);
/// Adds the tag or takes it off. Returns the ids it changed.
std::vector<ExhibitId> tag_exhibits(CaseFile& file, std::span<const ExhibitId> ids,
                                    const std::string& tag, bool on = true);
void add_note(CaseFile& file, ExhibitId id, const std::string& text);

/// Tags in use and how many exhibits carry each.
[[nodiscard]] std::map<std::string, std::int64_t> tags_in_use(const CaseFile& file);

/// A named pair of thresholds. Changing one bands anew at once; nothing is scored again.
struct ThresholdProfile {
    std::string name = "default";
    BandThresholds thresholds;
};
[[nodiscard]] std::vector<ThresholdProfile> threshold_profiles(const CaseFile& file);
[[nodiscard]] ThresholdProfile active_thresholds(const CaseFile& file);
/// Makes or changes the profile and puts it in force. Throws CaseError unless 0 <= real_below <=
/// fake_from <= 1 and the name is not empty.
void set_thresholds(CaseFile& file, const ThresholdProfile& profile);

/// Which scorer's results are shown. Throws CaseError when there is no such scorer.
void show_scorer(CaseFile& file, ScorerId scorer);

/// Filters kept by name; saving an existing name replaces it.
void save_filter(CaseFile& file, const std::string& name, const ExhibitFilter& filter);
void forget_filter(CaseFile& file, const std::string& name);
[[nodiscard]] std::map<std::string, ExhibitFilter> saved_filters(const CaseFile& file);

}  // namespace dfd
