// A study of the pictures on the left, and what it may ask of the window around it.
//
// A study owns its actions, its background run and its panel or dialog. It lies in a folder of its
// own and is made in ui/window/studies.cpp; the window knows nothing else of it.
#pragma once

#include <QKeySequence>
#include <QObject>
#include <functional>
#include <memory>

#include "core/opinion/firmness.h"
#include "ui/look/banner.h"
#include "ui/picture/picture_loader.h"
#include "ui/studies/collection.h"

class QAction;
class QMenu;
class QSettings;

namespace dfd::ui {

class PicturePane;

/// What is saved: each kind has a last folder of its own.
enum class Saved {
    Picture,  ///< a picture, with its heatmap or beside another one
    Data,     ///< results as JSON or CSV
    Report,
    Case,  ///< a case, or what is exported from one
};

/// The window, as a study sees it. UI thread only.
class StudyHost {
  public:
    virtual ~StudyHost() = default;

    /// Parent of the study's dialogs.
    [[nodiscard]] virtual QWidget* dialog_parent() = 0;
    [[nodiscard]] virtual BackgroundThreads& threads() = 0;
    /// For use on any thread; null until a panel is ready.
    [[nodiscard]] virtual std::shared_ptr<Evaluator> evaluator() const = 0;
    /// At full size; null while it is opened and for other pictures than the current one.
    [[nodiscard]] virtual PyramidPtr opened_picture(const PictureKey& key) const = 0;
    [[nodiscard]] virtual PicturePane& picture_pane() = 0;
    /// With an empty icon, the action is only in the menu. `name` finds it again.
    virtual QAction* add_action(QMenu* menu, const char* name, const QString& icon,
                                const QString& label, const QKeySequence& shortcut,
                                const std::function<void()>& act) = 0;
    /// Adds a tab beside the facts of the file, which takes over the panel.
    virtual void add_tab(QWidget* panel, const QString& title) = 0;
    virtual void show_tab(QWidget* panel) = 0;
    [[nodiscard]] virtual bool tab_is_shown(QWidget* panel) const = 0;
    /// How firm the current picture's score is; empty if unknown.
    virtual void show_firmness(const std::optional<Firmness>& firmness, bool complete) = 0;
    /// The last complete one; empty if unknown.
    [[nodiscard]] virtual std::optional<Firmness> firmness() const = 0;
    /// The same in words, as the window shows it; empty if unknown.
    [[nodiscard]] virtual QString firmness_words() const = 0;
    virtual void tell(Severity severity, const QString& sentence) = 0;
    /// That this file was written; offers to open it and its folder, and to copy its digest.
    virtual void tell_saved(Severity severity, const QString& sentence, const QString& file,
                            const QString& digest = {}) = 0;
    /// Where dialogs for saving open, and that a file was chosen there.
    [[nodiscard]] virtual QString export_folder(Saved kind = Saved::Picture) const = 0;
    virtual void remember_export(const QString& file, Saved kind = Saved::Picture) = 0;
};

class Study : public QObject {
    Q_OBJECT

  public:
    /// Each is called once, before anything else.
    virtual void add_actions(QMenu* menu) = 0;
    virtual void add_panels() {}
    /// From now on this is about another list: another case, or the examined pictures. Ids of the
    /// former one are no longer valid. `refresh` follows.
    virtual void attach(Collection& collection) { collection_ = &collection; }
    /// The current picture, its result, the selection or the panel may have changed.
    virtual void refresh() = 0;
    /// The current picture has been opened at full size.
    virtual void picture_opened() {}
    /// The user chose a heatmap in the list of experts or under the picture.
    virtual void map_chosen() {}
    virtual void tab_changed() {}
    virtual void firmness_changed() {}
    /// What is kept between runs.
    virtual void restore(const QSettings& /*settings*/) {}
    virtual void store(QSettings& /*settings*/) const {}

  protected:
    /// `host` is not owned and must live longer.
    explicit Study(StudyHost& host) : host_(host) {}
    [[nodiscard]] StudyHost& host() const { return host_; }
    /// Not before `attach`.
    [[nodiscard]] Collection& collection() const { return *collection_; }

  private:
    StudyHost& host_;
    Collection* collection_ = nullptr;
};

}  // namespace dfd::ui
