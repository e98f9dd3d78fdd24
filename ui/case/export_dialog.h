// Dialog for exporting exhibits: the format, what is in it, the signing key, and the file.
#pragma once

#include <QDialog>
#include <optional>

#include "core/casework/report/export_case.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace dfd::ui {

/// How exhibits are exported, besides which and to where.
struct ExportChoices {
    std::optional<bool> maps;   ///< nothing: in reports and not in data
    std::filesystem::path key;  ///< as ExportRequest::key
};

class ExportDialog : public QDialog {
    Q_OBJECT

  public:
    struct Offer {
        QString what;      ///< "4 exhibits: all that are listed"
        QString folder;    ///< of the file at first
        QString stem;      ///< its name without extension
        QString reviewer;  ///< whom the log will name
        QString key;       ///< the last signing key; may be empty
    };
    ExportDialog(const Offer& offer, QWidget* parent);

    [[nodiscard]] QString file() const;
    [[nodiscard]] ExportChoices choices() const;
    [[nodiscard]] QComboBox* format_box() const { return format_; }
    [[nodiscard]] QLineEdit* file_box() const { return file_; }
    [[nodiscard]] QCheckBox* sign_box() const { return sign_; }
    [[nodiscard]] QLineEdit* key_box() const { return key_; }
    [[nodiscard]] QCheckBox* maps_box() const { return maps_; }
    [[nodiscard]] QString note() const;
    /// What a file of the chosen format holds.
    [[nodiscard]] QString contents() const;

  Q_SIGNALS:
    /// The dialog has closed itself.
    void export_requested();

  private:
    [[nodiscard]] QString suffix() const;
    void refresh();

    QComboBox* format_;
    QLabel* contents_;
    QLineEdit* file_;
    QCheckBox* maps_;
    QCheckBox* sign_;
    QLineEdit* key_;
    QPushButton* choose_key_;
    QLabel* note_;
    QPushButton* export_;
};

}  // namespace dfd::ui
