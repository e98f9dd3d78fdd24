// The main window: three panes, their commands, and what these ask of the window around them.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <string>

#include "ui/case/case_controller.h"
#include "ui/list/examination_session.h"
#include "ui/look/appearance.h"
#include "ui/window/commands/case_commands.h"
#include "ui/window/commands/file_commands.h"
#include "ui/window/commands/list_commands.h"
#include "ui/window/commands/picture_commands.h"
#include "ui/window/commands/result_commands.h"
#include "ui/window/panel_commands.h"
#include "ui/window/studies.h"

class QAction;
class QMenu;
class QSettings;
class QSplitter;
class QStackedWidget;

namespace dfd::ui {

class Banner;
class BannerStack;
class CasePane;
class DropCurtain;
class ExhibitPane;
class PaneCommands;
class PanelChooser;
class PicturePane;
class SavedFiles;
class StatusStrip;
class VerdictPane;
class WelcomePage;

class MainWindow : public QMainWindow, private Shell {
    Q_OBJECT

  public:
    struct Setup {
        Backend backend;
        BackgroundThreads& threads;  ///< must outlive the window
        Appearance& appearance;
        QSettings& settings;            ///< read by the constructor, written when the window closes
        std::string panel;              ///< empty: the last one used, else the default
        std::filesystem::path samples;  ///< empty or missing: do not offer samples
    };
    /// The window is usable at once; the panel loads in the background.
    explicit MainWindow(Setup setup, QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] ExaminationSession& session() { return *session_; }
    [[nodiscard]] ExhibitPane& exhibits() { return *exhibits_; }
    [[nodiscard]] PicturePane& picture() { return *picture_; }
    [[nodiscard]] VerdictPane& verdict() { return *verdict_; }
    [[nodiscard]] BannerStack& banners() override { return *banners_; }
    [[nodiscard]] StatusStrip& status() { return *status_; }
    [[nodiscard]] PanelChooser& panels() { return *panels_; }
    [[nodiscard]] CaseController& case_controller() { return *case_; }
    [[nodiscard]] CasePane& case_pane() { return *case_pane_; }
    [[nodiscard]] CaseCommands& cases() { return *cases_; }
    [[nodiscard]] FileCommands& files() { return *files_; }
    [[nodiscard]] ResultCommands& results() { return *results_; }
    [[nodiscard]] QAction* action(const char* name) const override;
    /// The study of this kind, which must be one of `make_studies`.
    template <class Kind>
    [[nodiscard]] Kind& study() const {
        for (const auto& each : studies_)
            if (auto* const found = dynamic_cast<Kind*>(each.get()))
                return *found;
        qFatal("There is no such study.");
    }

    void open_paths(const std::vector<std::filesystem::path>& paths) { files_->open(paths); }
    void open_case(const std::filesystem::path& path, bool make_new = false) {
        cases_->open(path, make_new);
    }
    void open_install_dialog(const QStringList& files = {}) { panel_->install(files); }
    /// What a right click on a picture offers; the menu deletes itself.
    [[nodiscard]] QMenu* context_menu();
    /// Size of the first window on a screen with this much room.
    [[nodiscard]] static QSize first_size(const QSize& available);

  protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    // For the studies and commands.
    [[nodiscard]] QWidget* dialog_parent() override { return this; }
    [[nodiscard]] BackgroundThreads& threads() override { return threads_; }
    [[nodiscard]] std::shared_ptr<Evaluator> evaluator() const override;
    [[nodiscard]] PyramidPtr opened_picture(const PictureKey& key) const override {
        return pictures_->opened(key);
    }
    [[nodiscard]] PicturePane& picture_pane() override { return *picture_; }
    [[nodiscard]] QSettings& settings() override { return settings_; }
    [[nodiscard]] QString& last_folder() override { return last_folder_; }
    [[nodiscard]] Collection& shown() const override { return *shown_; }
    /// What runs, in the status bar.
    void refresh_progress() override;
    void refresh_actions() override;
    void tell_studies(void (Study::*what)()) override;
    void add_tab(QWidget* panel, const QString& title) override;
    void show_tab(QWidget* panel) override;
    [[nodiscard]] bool tab_is_shown(QWidget* panel) const override;
    void show_firmness(const std::optional<Firmness>& firmness, bool complete) override;
    [[nodiscard]] std::optional<Firmness> firmness() const override { return firmness_; }
    [[nodiscard]] QString firmness_words() const override;
    QAction* add_action(QMenu* menu, const char* name, const QString& icon_name,
                        const QString& label, const QKeySequence& shortcut,
                        const std::function<void()>& act) override;
    void tell(Severity severity, const QString& sentence) override;
    void tell_saved(Severity severity, const QString& sentence, const QString& file,
                    const QString& digest) override;
    [[nodiscard]] QString export_folder(Saved kind) const override;
    void remember_export(const QString& file, Saved kind) override;

    void build_panes();
    void make_commands(const std::filesystem::path& samples);
    void build_menus();
    void build_edit_menu(QMenu* menu);
    void build_view_menu(QMenu* menu);
    void connect_panes();
    /// From now on, these are shown.
    void attach(Collection& collection);
    void read_settings();
    void write_settings() const;
    void stop_all();
    /// Escape: asks first, and stops when it is pressed again.
    void ask_to_stop();
    /// Escape in a text field: empties a filter, else gives the focus to the list. False if none
    /// has the focus.
    bool leave_text_field();

    BackgroundThreads& threads_;
    Appearance& appearance_;
    QSettings& settings_;

    ExaminationSession* session_;
    CaseController* case_;
    BannerStack* banners_;
    QSplitter* splitter_;
    QStackedWidget* left_;  ///< the examined list or the case
    ExhibitPane* exhibits_;
    CasePane* case_pane_;
    PicturePane* picture_;
    VerdictPane* verdict_;
    StatusStrip* status_;
    PanelChooser* panels_;
    DropCurtain* curtain_;

    std::vector<std::unique_ptr<Study>> studies_;
    std::unique_ptr<SavedFiles> saved_;
    std::unique_ptr<ResultCommands> results_;
    std::unique_ptr<ListCommands> list_;
    std::unique_ptr<CaseCommands> cases_;
    std::unique_ptr<FileCommands> files_;
    std::unique_ptr<WelcomePage> welcome_;
    std::unique_ptr<PictureCommands> pictures_;
    std::unique_ptr<PanelCommands> panel_;
    std::unique_ptr<PaneCommands> panes_;
    std::vector<Study*> all_;  ///< the studies and the commands
    Collection* shown_ = nullptr;

    QPointer<Banner> stop_question_;
    std::optional<Firmness> firmness_;  ///< of the current picture, once its study is complete
    QString last_folder_;
};

}  // namespace dfd::ui
