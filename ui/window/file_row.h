// Rows of a form: a label, and a field beside it, for the name of a file with a button that chooses
// it.
// Internal to ui/window.
#pragma once

#include <QString>
#include <functional>

class QGridLayout;
class QLabel;
class QLineEdit;
class QWidget;

namespace dfd::ui {

/// Adds a label and its field to a grid whose columns are label, field and button. `label` may have
/// a mnemonic; the field gets its words as its accessible name. `columns`: how many it fills, 1 or
/// 2. The label belongs to `page`.
QLabel* add_form_row(QWidget* page, QGridLayout* grid, int row, const QString& label,
                     QWidget* field, int columns = 2);

struct FileRow {
    QString label;
    QString placeholder;  ///< in the empty field
    QString filter;       ///< of the dialog, as QFileDialog wants it; empty: all files
};

/// Adds a row for an existing file. `chosen` is called with the file that the dialog chose, once
/// the field shows it. The widgets belong to `page`.
[[nodiscard]] QLineEdit* add_file_row(QWidget* page, QGridLayout* grid, int row,
                                      const FileRow& words,
                                      const std::function<void(const QString&)>& chosen = {});

}  // namespace dfd::ui
