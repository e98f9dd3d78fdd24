// Formats figures, times and untrusted text for reports.
// Internal to core/casework/report.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/report/report.h"
#include "core/casework/store/case_file.h"

namespace dfd {

/// Valid UTF-8 without control characters. Line breaks stay. Characters that would change the
/// direction of the following text (U+202A to U+202E, U+2066 to U+2069) are spelt out, so that a
/// file name cannot look like another name.
[[nodiscard]] std::string report_text(std::string_view text);
/// The same on one line.
[[nodiscard]] std::string report_line(std::string_view text);

/// With this many decimals and a point, whatever the locale.
[[nodiscard]] std::string fixed_text(double value, int digits);
/// Six decimals, "n/a" for NaN.
[[nodiscard]] std::string figure_text(double value);
/// Two decimals.
[[nodiscard]] std::string short_figure(double value);
/// Shortest text that reads back to the same number.
[[nodiscard]] std::string exact_text(double value);
[[nodiscard]] std::string exact_text(float value);
/// Three significant digits.
[[nodiscard]] std::string rounded_text(double value);
/// "2026-03-01 09:30:00 UTC"
[[nodiscard]] std::string moment_text(CaseTime time);
/// "1 234 567 bytes" (narrow spaces)
[[nodiscard]] std::string byte_count(std::uint64_t bytes);
/// "12 345" (narrow spaces)
[[nodiscard]] std::string count_text(std::int64_t count);

/// Empty for none.
[[nodiscard]] std::string edge_text(const std::optional<double>& threshold);
[[nodiscard]] ReportTone tone_of(Band band);
/// The mark in the language in use; empty for none.
[[nodiscard]] std::string mark_words(Mark mark);
/// "looks real below 0.35, looks fake from 0.65 (profile default)"
[[nodiscard]] std::string thresholds_words(const std::string& profile, const QuestionBands& bands,
                                           std::span<const Question> questions);

}  // namespace dfd
