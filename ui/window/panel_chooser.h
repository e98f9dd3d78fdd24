// The panel in use, and the others that could be.
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
    /// Shows it as chosen without saying so; null while there is none.
    void set_current(const PanelRecord* panel);

  Q_SIGNALS:
    /// Its folder, which identifies it.
    void panel_chosen(const QString& folder);
    void install_wanted();

  private:
    void settle();

    QString current_;
};

}  // namespace dfd::ui
