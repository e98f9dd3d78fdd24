// A case's report as pages. Needs QtGui, no widgets and no display.
#pragma once

#include <memory>

#include "core/casework/report/html_report.h"

class QGuiApplication;

namespace dfd::ui {

/// A4, PDF/A-1b: fonts are embedded. Every piece is on its page, and with the sink, before the next
/// is taken; only the fonts' used letters and where each object begins are kept to the end. A
/// QGuiApplication must live. Made and used by one thread, which may be any.
[[nodiscard]] std::unique_ptr<ReportWriter> pdf_report(ReportSink sink);

/// What pdf_report() needs where there is no window, and no display either. Keeps the numbers that
/// core prints in the C locale, which Qt would change. To be made by the main thread.
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
