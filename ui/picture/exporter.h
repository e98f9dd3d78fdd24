// Exports the results of one or more pictures to files, in core's formats byte for byte.
#pragma once

#include <QString>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"
#include "ui/picture/map_sheet.h"

namespace dfd::ui {

enum class ExportKind { Json, Csv, OverlayPng };

/// ".json", "JSON result (*.json)"
[[nodiscard]] QString export_suffix(ExportKind kind);
[[nodiscard]] QString export_filter(ExportKind kind);

/// JSON Lines, or CSV with a header; one line per picture. `firmness` is written with every line,
/// so pass it only for a single picture. Atomic: a failure keeps the old file. Throws
/// std::runtime_error with a sentence.
void export_results(const std::filesystem::path& file, ExportKind kind,
                    const std::vector<ExaminationPtr>& results, const ScoredBy& by,
                    const QuestionBands& bands = {}, const std::optional<Firmness>& firmness = {});

/// What a sheet says about a result: title, caption and facts. The caller adds the map.
[[nodiscard]] MapSheet map_sheet_of(const Examination& examination, const ScoredBy& by,
                                    const QuestionBands& bands = {});
/// The picture and the map side by side as PNG. Decodes the picture again, so call it off the UI
/// thread. Throws std::runtime_error with a sentence, also if the picture's SHA-256 differs from
/// `sha256` (empty: not checked).
void export_map_sheet(const std::filesystem::path& file, const Source& source,
                      const MapSheet& sheet, const std::string& sha256 = {});

/// Text for the clipboard: a few lines for a message or a note.
[[nodiscard]] QString result_as_text(const Examination& examination, const ScoredBy& by,
                                     const QuestionBands& bands = {},
                                     const std::optional<Firmness>& firmness = {});

}  // namespace dfd::ui
