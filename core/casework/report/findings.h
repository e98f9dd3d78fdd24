// What stands out among the exhibits of a case: for a report's cover and `dfd case info`.
// Internal to core/casework/report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/report/report.h"

namespace dfd {

inline constexpr std::size_t kNamedFindings = 20;  ///< of each kind; more are counted

/// Exhibits whose file states that a generator made it, in order of arrival. Blocks: reads the
/// facts of the whole case. Throws CaseError.
[[nodiscard]] std::vector<ExhibitId> declaring_exhibits(const CaseFile& file);

/// "3 files state themselves that a generator made them"
[[nodiscard]] std::string declared_words(std::int64_t files);

/// Collects rows in the order of a report's list. Memory does not grow with their number.
class Findings {
  public:
    /// Both must outlive it.
    Findings(const CaseFile& file, const QuestionBands& bands) : file_(file), bands_(bands) {}

    /// The next row, whose number in the list is `number`. Reads the facts of its exhibit. Throws
    /// CaseError.
    void take(const ExhibitRow& row, std::int64_t number);
    /// Adds the heading "What was found" and, with links, what the files declare, the exhibits with
    /// the highest scores of those that look fake, and those marked suspicious. `caution` stands
    /// first unless it is empty.
    void add_to(ReportSection& cover, const std::string& caution) const;

  private:
    struct Finding {
        ExhibitRow row;
        std::int64_t number = 0;
        std::string statement;
    };
    struct Kind {
        std::int64_t all = 0;
        std::vector<Finding> named;
    };
    [[nodiscard]] ReportTable table_of(const Kind& kind, bool statements) const;

    const CaseFile& file_;
    const QuestionBands& bands_;
    Kind declared_, looks_fake_, suspicious_;
    std::int64_t unnamed_ = 0;
};

}  // namespace dfd
