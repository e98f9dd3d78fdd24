// The window: three panes around one session. Wiring only; each pane knows its own business.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <functional>
#include <optional>
#include <string>

#include "ui/case/case_desk.h"
#include "ui/list/examination_session.h"
#include "ui/look/appearance.h"
#include "ui/picture/exporter.h"
#include "ui/picture/picture_loader.h"
#include "ui/studies/evidence_run.h"

class QAction;
class QMenu;
class QMimeData;
class QSettings;
class QSplitter;
class QStackedWidget;

namespace dfd::ui {

class AtlasDialog;
class AtlasRun;
class BannerStack;
class CasePane;
class DropCurtain;
class ExhibitPane;
class InstallDialog;
class PanelChooser;
class PicturePane;
class Presentation;
class StabilityRun;
class StatusStrip;
struct PictureSubject;
class VerdictPane;
enum class Severity;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    struct Setup {
        Backend backend;
        BackgroundThreads& threads;  ///< must outlive the window
        Appearance& appearance;
        QSettings& settings;            ///< read now, written when the window closes
        std::string panel;              ///< empty: the one used last, else the default
        std::filesystem::path samples;  ///< empty or missing: no samples are offered
    };
    /// Shows at once; the panel loads in the background.
    explicit MainWindow(Setup setup, QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] ExaminationSession& session() { return *session_; }
    [[nodiscard]] ExhibitPane& exhibits() { return *exhibits_; }
    [[nodiscard]] PicturePane& picture() { return *picture_; }
    [[nodiscard]] VerdictPane& verdict() { return *verdict_; }
    [[nodiscard]] BannerStack& banners() { return *banners_; }
    [[nodiscard]] StatusStrip& status() { return *status_; }
    [[nodiscard]] PanelChooser& panels() { return *panels_; }
    [[nodiscard]] CaseDesk& desk() { return *desk_; }
    [[nodiscard]] CasePane& case_pane() { return *case_pane_; }
    [[nodiscard]] Presentation* presentation() const;  ///< null when nobody presents
    [[nodiscard]] StabilityRun& stability() { return *stability_; }
    [[nodiscard]] EvidenceRun& evidence() { return *evidence_; }
    [[nodiscard]] AtlasRun& atlas() { return *atlas_; }
    [[nodiscard]] AtlasDialog* atlas_dialog() const;  ///< null when it is not open
    [[nodiscard]] QAction* action(const char* name) const;

    /// Files and folders, which go into the case when one is open; a case, which is opened; or the
    /// two checkpoint files, which open the install dialog.
    void open_paths(const std::vector<std::filesystem::path>& paths);
    /// With `make_new`, a missing file is made. Problems become a banner.
    void open_case(const std::filesystem::path& path, bool make_new = false);
    void open_install_dialog(const QStringList& files = {});
    /// Writes the current picture's result; problems become a banner.
    void export_current(ExportKind kind, const QString& file);
    void export_list(ExportKind kind, const QString& file);
    /// Of the open case: the selection, or everything that is shown; the format by the file's name.
    void export_case_to(const QString& file, bool selection);

  protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    // main_window.cpp
    void build_panes();
    void connect_session();
    void connect_panes();
    void take_incoming(const QMimeData& data, const QString& label);
    void show_current(bool another);
    void refresh_welcome();
    void refresh_panel();
    void refresh_actions();
    [[nodiscard]] QString waiting_text(const Exhibit& exhibit) const;
    [[nodiscard]] const Exhibit* current() const;
    /// Whose result it is; nothing when nobody can say.
    [[nodiscard]] std::optional<ScoredBy> shown_by() const;
    [[nodiscard]] BandThresholds shown_thresholds() const;

    // main_window_settings.cpp
    void read_settings(const std::string& wanted_panel);
    void write_settings() const;

    // main_window_actions.cpp
    void build_actions();
    QAction* add_action(QMenu* menu, const char* name, const QString& icon_name,
                        const QString& label, const QKeySequence& shortcut,
                        const std::function<void()>& act);
    void build_file_menu();
    void build_edit_menu();
    void build_view_menu();
    void build_panel_menu();
    void build_help_menu();
    void build_toolbar();
    void choose_files();
    void choose_folder();
    void choose_export(ExportKind kind, bool whole_list);
    void paste();
    /// Runs `write` on another thread and then says `written`, or why not.
    void export_in_background(std::function<void()> write, const QString& written);
    void copy_result();
    void show_context_menu(const QPoint& global);
    void show_about();
    void cycle_panes(int by);

    // main_window_disagreement.cpp
    void build_disagreement_actions(QMenu* menu);
    void connect_disagreement();
    /// The selected picture for a close look. Without an evaluator where the panel at hand did not
    /// score it, and nothing where it has no score; `obstacle` then says why, in a sentence.
    [[nodiscard]] std::optional<PictureSubject> close_subject(QString& obstacle) const;
    void refresh_stability();
    void show_stability_run();
    void keep_stability();
    /// What is known of the selected picture, once nothing more is coming.
    [[nodiscard]] std::optional<Firmness> shown_firmness() const;
    void open_disagreement();
    void select_pictures(const std::vector<qint64>& ids);
    void present();
    void step_presentation(int by);
    void refresh_presentation();

    // main_window_evidence.cpp
    void build_evidence_actions(QMenu* menu);
    void connect_evidence();
    void refresh_evidence();
    void show_evidence_run();
    void show_evidence_map();
    [[nodiscard]] QString evidence_cost() const;
    void open_seen();
    // main_window_atlas.cpp
    void build_atlas_action(QMenu* menu);
    void connect_atlas();
    void open_atlas();
    void refresh_atlas();
    void show_atlas_run();
    void show_atlas_picture();

    // main_window_case.cpp
    void build_case_menu();
    void connect_case();
    void choose_case(bool make_new);
    void case_opened();
    void case_closed();
    void show_case_exhibit(const CaseExhibitPtr& exhibit);
    void show_case_current();
    void show_stand_in(const QString& why);
    void refresh_case_welcome();
    void refresh_case_actions();
    void mark_selected(Mark mark);
    void edit_thresholds();
    void choose_reviewer();
    /// Empty: the login name.
    void set_reviewer(const QString& name);
    void choose_scan_folder();
    void scan_into_case(const std::vector<std::filesystem::path>& paths);

    // main_window_export.cpp
    void add_case_exports(QMenu* menu);
    void connect_case_exports();
    void choose_case_export(bool selection);
    void refresh_case_exports();

    BackgroundThreads& threads_;
    Appearance& appearance_;
    QSettings& settings_;
    std::filesystem::path samples_;
    Task exporting_;  ///< of results; goes on when the window is closed

    ExaminationSession* session_;
    CaseDesk* desk_;
    PictureLoader* loader_;
    StabilityRun* stability_;
    EvidenceRun* evidence_;
    AtlasRun* atlas_;
    BannerStack* banners_;
    QSplitter* splitter_;
    QStackedWidget* left_;  ///< the list, or the case
    ExhibitPane* exhibits_;
    CasePane* case_pane_;
    PicturePane* picture_;
    VerdictPane* verdict_;
    StatusStrip* status_;
    PanelChooser* panels_;
    DropCurtain* curtain_;
    QWidget* welcome_install_ = nullptr;
    QWidget* welcome_scan_ = nullptr;
    QList<QWidget*> welcome_open_;
    QList<QWidget*> failure_buttons_;

    CaseExhibitPtr case_exhibit_;          ///< of the open case; null for none
    std::unique_ptr<Exhibit> case_shown_;  ///< the same, as the panes take it
    QString stand_in_shown_;               ///< the banner about the small copy
    QString obstacle_shown_;               ///< the banner about who writes

    QPointer<Presentation> presentation_;
    QPointer<AtlasDialog> atlas_dialog_;
    std::string atlas_shown_;  ///< the picture that the dialog shows; empty for none
    QString atlas_obstacle_;   ///< why no windows can be scored; empty when they can
    ListedId loaded_id_ = 0;   ///< whose full-size pixels `loaded_` are
    PyramidPtr loaded_;
    QString evidence_obstacle_;  ///< why nothing can be explained; empty when it can
    /// The signed map that was laid over last: it is not made anew for every change elsewhere.
    struct EvidenceShown {
        ListedId picture = 0;
        EvidenceChoice choice;
        int map = 0;
        Towards towards = Towards::Both;
        float scale = 0;
        bool operator==(const EvidenceShown&) const = default;
    } evidence_shown_;
    QString stability_obstacle_;  ///< why no versions can be tried; empty when they can

    QString last_folder_;
    int pasted_ = 0;
    int dropped_ = 0;
    double last_seconds_ = 0;  ///< what one picture took, for the waiting text
};

}  // namespace dfd::ui
