// Combo box with the current panel and the other available ones, each with its calibrations.
#pragma once

#include <QComboBox>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd::ui {

class PanelChooser : public QComboBox {
    Q_OBJECT

  public:
    explicit PanelChooser(QWidget* parent = nullptr);
    /// Panels that cannot be read are shown disabled, with the reason as their tooltip.
    void set_panels(const std::vector<ListedPanel>& panels);
    /// Does not emit `panel_chosen`; null if there is no panel.
    void set_current(const PanelRecord* panel);

  Q_SIGNALS:
    /// The folder identifies the panel; the calibration is empty for the one without a name.
    void panel_chosen(const QString& folder, const QString& calibration);
    void install_requested();

  private:
    void show_current_panel();
    [[nodiscard]] int row_of_current() const;

    QString current_;
    QString calibration_;
};

}  // namespace dfd::ui
