// Texts and JSON about a case: its summary, audit log and look-alikes. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/casework/exhibits/duplicates.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/exhibits.h"
#include "core/casework/store/audit_log.h"

namespace dfd {

/// A line about a case; without a name it belongs to the one before.
struct CaseFact {
    std::string name;
    std::string value;
};

/// Counts by state, band and mark, the current writer, the panel whose results are shown, and the
/// head of the log, in the language in use. Text: the same in two columns. JSON: one object on one
/// line with the keys case, id, writer, exhibits, files, gone, unscored, scored, failed, bands,
/// marks, warned, declares_generated (how many files state that a generator made them; the text
/// names some), tags, thresholds, scorers, interrupted, log. Scans that were interrupted and not
/// repeated are named.
[[nodiscard]] std::vector<CaseFact> case_facts(const CaseFile& file);
[[nodiscard]] std::string case_info_text(const CaseFile& file);
[[nodiscard]] std::string case_info_json(const CaseFile& file);

/// What `dfd case list` prints of an exhibit with a result: `to_json` with one more member where
/// there are copies, "also" [paths]. No line break.
[[nodiscard]] std::string listed_json(const ExhibitRecord& record, const QuestionBands& bands,
                                      bool maps);

/// One line per entry, without a line break. `indent`: JSON on several lines.
[[nodiscard]] std::string log_text(const LogEntry& entry);
[[nodiscard]] std::string log_json(const LogEntry& entry, int indent = -1);

/// A group: a heading, then one line per exhibit with score and path; or one JSON object.
[[nodiscard]] std::string look_alikes_text(const CaseFile& file, const LookAlikes& group);
[[nodiscard]] std::string look_alikes_json(const CaseFile& file, const LookAlikes& group);

}  // namespace dfd
