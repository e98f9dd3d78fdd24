// The Panel menu: choosing, installing and describing the panel of experts.
#pragma once

#include "ui/window/commands/shell.h"

namespace dfd::ui {

class ExaminationSession;
class PanelChooser;
class StatusStrip;

class PanelCommands : public Study {
    Q_OBJECT

  public:
    /// None is owned; all must live longer.
    PanelCommands(Shell& shell, ExaminationSession& session, PanelChooser& chooser,
                  StatusStrip& status);

    void add_actions(QMenu* menu) override;
    void refresh() override;
    void store(QSettings& settings) const override;

    /// The first panel of this run: `wanted`, else the one used last, else the default.
    void open_first(const std::string& wanted);
    /// With checkpoint files that the user already has.
    void install(const QStringList& files = {});

  private:
    void show_panel();

    Shell& shell_;
    ExaminationSession& session_;
    PanelChooser& chooser_;
    StatusStrip& status_;
};

}  // namespace dfd::ui
