// What a panel is: its questions, its experts, where it comes from, and its model card.
#pragma once

#include <QDialog>

#include "core/panel/panel_record.h"

class QTextBrowser;

namespace dfd::ui {

class PanelDialog : public QDialog {
    Q_OBJECT

  public:
    /// Reads the model card, README.md in the panel's folder, on the UI thread: a small file. A
    /// panel without one is described by its record alone.
    explicit PanelDialog(const PanelRecord& panel, QWidget* parent = nullptr);
    [[nodiscard]] QString text() const;

  private:
    QTextBrowser* page_;
};

}  // namespace dfd::ui
