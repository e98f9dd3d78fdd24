// The window, as the commands in its menus see it.
#pragma once

#include "ui/studies/study.h"

class QSettings;

namespace dfd::ui {

class Shell : public StudyHost {
  public:
    [[nodiscard]] virtual BannerStack& banners() = 0;
    [[nodiscard]] virtual QSettings& settings() = 0;
    /// The list on the left.
    [[nodiscard]] virtual Collection& shown() const = 0;
    /// One that `add_action` made.
    [[nodiscard]] virtual QAction* action(const char* name) const = 0;
    /// Where dialogs for opening open.
    [[nodiscard]] virtual QString& last_folder() = 0;
    /// What can be done, or what runs, has changed.
    virtual void refresh_actions() = 0;
    virtual void refresh_progress() = 0;
    virtual void tell_studies(void (Study::*what)()) = 0;
};

}  // namespace dfd::ui
