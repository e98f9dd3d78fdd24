// Prints one of the program's HTML pages as PDF. Needs QtGui and QtSvg, but no widgets and no
// display.
#pragma once

#include <string>

namespace dfd::ui {

/// A page without scripts and references, whose plots are inline SVG, on A4 pages in landscape with
/// their numbers. Returns the file's bytes. Requires a QGuiApplication (PdfSurroundings). Throws
/// std::runtime_error with a sentence for a page that cannot be printed.
[[nodiscard]] std::string page_pdf(const std::string& html);

}  // namespace dfd::ui
