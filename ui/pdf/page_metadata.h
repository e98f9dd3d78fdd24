// What a PDF file says about itself.
// Internal to ui/pdf.
#pragma once

class QPdfWriter;
class QString;

namespace dfd::ui {

/// Sets the title, the program and the language of what is said in it. Call it right before the
/// first page: the moment of writing is part of it, and PDF/A-1b wants it said twice.
void describe_pages(QPdfWriter& pdf, const QString& title);

}  // namespace dfd::ui
