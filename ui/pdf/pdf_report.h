// Writes a case's report as PDF. Needs QtGui, but no widgets and no display.
#pragma once

#include <memory>

#include "core/casework/report/html_report.h"

class QGuiApplication;

namespace dfd::ui {

/// A4, PDF/A-1b with embedded fonts. Streams: every part is laid out and written to the sink before
/// the next one is taken; only used glyphs and object offsets are kept to the end. Requires a
/// QGuiApplication. Not thread-safe; create and use it on one thread, which may be any.
[[nodiscard]] std::unique_ptr<ReportWriter> pdf_report(ReportSink sink);

/// Creates the QGuiApplication that pdf_report() needs in a program without window or display.
/// Restores the C locale for numbers, which Qt changes and core's output needs. Create it on the
/// main thread.
class PdfSurroundings {
  public:
    PdfSurroundings();
    ~PdfSurroundings();
    PdfSurroundings(const PdfSurroundings&) = delete;
    PdfSurroundings& operator=(const PdfSurroundings&) = delete;

  private:
    std::unique_ptr<QGuiApplication> application_;
};

}  // namespace dfd::ui
