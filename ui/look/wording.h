// Formats scores, bands, times and sizes as the window shows them.
#pragma once

#include <QString>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/engine/examine/examiner.h"

namespace dfd::ui {

/// `score_figure`: two decimals, rounded so that the text never crosses a threshold.
[[nodiscard]] QString score_text(double score, const BandThresholds& thresholds = {.named = false});
/// "+0.03", "−0.03" (a real minus sign), "0.00".
[[nodiscard]] QString signed_text(double difference);
/// The difference of two figures of `score_text`, so that what is shown adds up: "+0.03". "–" if
/// either is none.
[[nodiscard]] QString difference_text(const QString& figure, const QString& from);
/// "looks fake", translated.
[[nodiscard]] QString band_text(Band band);
/// A question's short name, from its id: "Generated".
[[nodiscard]] QString question_name(const std::string& id);
/// What a panel with several questions asks: "Made by a generator?"; empty for a panel that asks
/// one.
[[nodiscard]] QString question_text(const PanelOpinion& opinion, std::size_t question);
/// What the map of a question's experts together is: "Mean of all experts", or "Fusion of all
/// experts" where a fitted fusion combines them; with several questions "Mean: Was it edited?".
[[nodiscard]] QString combined_map_text(const PanelOpinion& opinion, std::size_t question);
/// "Looks real below 0.35, looks fake from 0.65"
[[nodiscard]] QString thresholds_text(const BandThresholds& thresholds = {});
/// The thresholds between bands, those of each question, ascending; none when scores have no words.
[[nodiscard]] std::vector<double> edges_of(const QuestionBands& bands);
/// `spread_words` for a population standard deviation (0 .. 0.5) of the experts.
[[nodiscard]] QString spread_text(double spread);
/// `being_scored`: it is being scored now. Without, one that is not finished waits.
[[nodiscard]] QString state_text(ExaminationState state, bool being_scored = false);
/// "suspicious", "cleared", "to check", "no mark", translated.
[[nodiscard]] QString mark_text(Mark mark);
/// The time of day, with the date unless it is today; in the user's time zone.
[[nodiscard]] QString time_text(CaseTime time);
/// "about 3 s", "about 2 min", "about 1 h 20 min"
[[nodiscard]] QString duration_text(double seconds);
/// "3.2 MB"
[[nodiscard]] QString bytes_text(std::uint64_t bytes);
/// For display: bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] QString path_text(const std::filesystem::path& path);
/// Byte-exact on file systems with UTF-8 names, as far as QString can represent them.
[[nodiscard]] std::filesystem::path to_path(const QString& path);

/// Text as a tool tip: its lines are wrapped, and nothing in it is parsed as markup.
[[nodiscard]] QString tool_tip_text(const QString& text);

}  // namespace dfd::ui
