// Shows the current picture, its heatmaps and its verdict, and what is done with them on screen.
#pragma once

#include "ui/picture/overlay_controls.h"
#include "ui/window/commands/shell.h"

namespace dfd::ui {

class VerdictPane;
class WelcomePage;

class PictureCommands : public Study {
    Q_OBJECT

  public:
    /// None is owned; all must live longer.
    PictureCommands(Shell& shell, PicturePane& picture, VerdictPane& verdict, WelcomePage& welcome);

    /// For the View menu.
    void add_actions(QMenu* menu) override;
    void attach(Collection& collection) override;
    void refresh() override {}
    void restore(const QSettings& settings) override;
    void store(QSettings& settings) const override;

    /// Shows the current picture as it is now known.
    void show();
    /// As `StudyHost::opened_picture`.
    [[nodiscard]] PyramidPtr opened(const PictureKey& key) const {
        return opened_key_ == key ? opened_ : nullptr;
    }

  Q_SIGNALS:
    /// "photo.jpg – harbour.dfd"
    void titled(const QString& title);

  private:
    void connect_maps();
    /// Lists the panel's maps beside the picture; returns the experts' names.
    std::vector<std::string> offer_maps(const PanelRecord& panel);
    void tell_unopened(const QString& why);

    Shell& shell_;
    PicturePane& picture_;
    VerdictPane& verdict_;
    WelcomePage& welcome_;
    PictureLoader* loader_;
    QMetaObject::Connection attached_;
    QString unopened_banner_;  ///< text of the banner about the current picture's file
    PictureKey opened_key_;    ///< the picture of `opened_`
    PyramidPtr opened_;
};

}  // namespace dfd::ui
