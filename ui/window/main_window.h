// The main window: three panes and the controllers behind them, and the wiring between them.
#pragma once

#include <QMainWindow>
#include <QPointer>
#include <functional>
#include <optional>
#include <string>

#include "ui/case/case_controller.h"
#include "ui/list/examination_session.h"
#include "ui/look/appearance.h"
#include "ui/picture/exporter.h"
#include "ui/picture/picture_loader.h"
#include "ui/studies/evidence_run.h"
#include "ui/window/case_collection.h"
#include "ui/window/list_collection.h"
#include "ui/window/recent_files.h"

class QAction;
class QMenu;
class QMimeData;
class QPushButton;
class QSettings;
class QSplitter;
class QStackedWidget;

namespace dfd::ui {

class AtlasDialog;
class AtlasRun;
class Banner;
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
    [[nodiscard]] BannerStack& banners() { return *banners_; }
    [[nodiscard]] StatusStrip& status() { return *status_; }
    [[nodiscard]] PanelChooser& panels() { return *panels_; }
    [[nodiscard]] CaseController& case_controller() { return *case_; }
    [[nodiscard]] CasePane& case_pane() { return *case_pane_; }
    [[nodiscard]] Presentation* presentation() const;  ///< null if none is running
    [[nodiscard]] StabilityRun& stability() { return *stability_; }
    [[nodiscard]] EvidenceRun& evidence() { return *evidence_; }
    [[nodiscard]] AtlasRun& atlas() { return *atlas_; }
    [[nodiscard]] AtlasDialog* atlas_dialog() const;  ///< null if it is not open
    [[nodiscard]] QAction* action(const char* name) const;

    /// Opens pictures and folders (scanned into the open case, if there is one), a case, or the two
    /// checkpoint files (which opens the install dialog).
    void open_paths(const std::vector<std::filesystem::path>& paths);
    /// With `make_new`, creates a missing file. Problems are shown in a banner.
    void open_case(const std::filesystem::path& path, bool make_new = false);
    void open_install_dialog(const QStringList& files = {});
    /// Writes the current picture's result. Problems are shown in a banner.
    void export_current(ExportKind kind, const QString& file);
    void export_list(ExportKind kind, const QString& file);
    /// A report of the current picture; the extension, .html or .pdf, determines the format.
    /// Problems are shown in a banner.
    void save_report(const QString& file);
    /// Makes a case of the listed files, which are examined again into it.
    void keep_list_as_case(const QString& file);
    /// What a right click on a picture offers; the menu deletes itself.
    [[nodiscard]] QMenu* context_menu();
    /// Exports the open case: the selection, or all listed exhibits. The file name's extension
    /// determines the format.
    void export_case_to(const QString& file, bool selection);
    /// Size of the first window on a screen with this much room.
    [[nodiscard]] static QSize first_size(const QSize& available);

  protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    // main_window.cpp
    void build_panes();
    void connect_session();
    void connect_panes();
    void show_current(bool another);
    /// Lists the panel's maps beside the picture; returns the experts' names.
    std::vector<std::string> offer_maps(const PanelRecord& panel);
    void refresh_welcome();
    void refresh_panel();
    /// What runs, in the status bar.
    void refresh_progress();
    void refresh_actions();
    [[nodiscard]] QString waiting_text(const Exhibit& exhibit) const;
    /// The list on the left.
    [[nodiscard]] Collection& shown() const;
    [[nodiscard]] const Exhibit* current() const { return shown().current(); }

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
    void choose_export(ExportKind kind, bool whole_list);
    void paste();
    /// Undoes the last decision of a case, or the last removal from the list.
    void undo();
    void stop_all();
    /// Escape: asks first, and stops when it is pressed again.
    void ask_to_stop();
    void announce_removal(int count, const QString& first_name);
    /// Runs `write` on another thread, then shows `written` or the error.
    void export_in_background(std::function<void()> write, const QString& written);
    void copy_result();
    void copy_sentence();
    void show_about();
    void cycle_panes(int by);

    // main_window_files.cpp
    void choose_files();
    void choose_folder();
    void open_incoming(const QMimeData& data, const QString& label);
    void build_recent_menu(QMenu* menu);
    void open_last_list();
    [[nodiscard]] QStringList listed_paths() const;
    void choose_case_for_list();
    /// Where dialogs for saving open: beside the case, never among the exhibits.
    [[nodiscard]] QString export_folder() const;
    /// Warns if the file would be an exhibit of the next scan.
    void remember_export(const QString& file);
    void choose_report();
    [[nodiscard]] std::optional<MapSheet> map_sheet() const;
    void copy_picture();
    void copy_path();
    void show_in_folder();
    void open_elsewhere();

    // main_window_disagreement.cpp
    void build_disagreement_actions(QMenu* menu);
    void connect_disagreement();
    /// The selected picture as the subject of a study. Without an evaluator if the current panel or
    /// precision did not produce its score; empty if it has no score. In both cases `obstacle`
    /// explains why, as a sentence.
    [[nodiscard]] std::optional<PictureSubject> study_subject(QString& obstacle) const;
    void refresh_stability();
    void show_stability_run();
    void keep_stability();
    /// Firmness of the selected picture, once its run is complete.
    [[nodiscard]] std::optional<Firmness> shown_firmness() const;
    void open_disagreement();
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
    void show_stored_copy(const QString& why);
    void refresh_case_welcome();
    void refresh_case_actions();
    void mark_selected(Mark mark);
    void edit_thresholds();
    void choose_reviewer();
    /// Empty means the login name.
    void set_reviewer(const QString& name);
    void choose_scan_folder();
    void scan_into_case(const std::vector<std::filesystem::path>& paths);
    /// Scans what was dropped meanwhile.
    void scan_next();

    // main_window_export.cpp
    void add_case_exports(QMenu* menu);
    void connect_case_exports();
    void choose_case_export(bool selection);
    void export_exhibits(const QString& file, ExhibitIds ids, const std::string& chosen);
    void refresh_case_exports();

    BackgroundThreads& threads_;
    Appearance& appearance_;
    QSettings& settings_;
    RecentFiles recent_;
    std::filesystem::path samples_;
    Task exporting_;  ///< exports results; continues when the window is closed

    ExaminationSession* session_;
    CaseController* case_;
    PictureLoader* loader_;
    StabilityRun* stability_;
    EvidenceRun* evidence_;
    AtlasRun* atlas_;
    std::unique_ptr<ListCollection> listed_;
    std::unique_ptr<CaseCollection> case_exhibits_;
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
    QWidget* welcome_install_ = nullptr;
    QWidget* welcome_scan_ = nullptr;
    QPushButton* welcome_again_ = nullptr;  ///< opens the last list
    QList<QWidget*> welcome_open_;
    QList<QWidget*> failure_buttons_;

    QString stored_copy_banner_;  ///< text of the banner about the stored small copy
    QString read_only_banner_;    ///< text of the banner about another writer
    QString removal_banner_;      ///< text of the banner that offers to undo a removal
    QPointer<Banner> stop_question_;

    QPointer<Presentation> presentation_;
    QPointer<AtlasDialog> atlas_dialog_;
    std::string atlas_shown_;  ///< SHA-256 of the picture in the atlas dialog; empty if none
    QString atlas_obstacle_;   ///< why no windows can be scored; empty if they can
    ListedId loaded_id_ = 0;   ///< the picture of `loaded_`
    PyramidPtr loaded_;
    QString evidence_obstacle_;  ///< why nothing can be explained; empty if it can
    /// What the current signed map was made from, to avoid rebuilding it after unrelated changes.
    struct EvidenceShown {
        ListedId picture = 0;
        EvidenceOptions options;
        int map = 0;
        Towards towards = Towards::Both;
        float scale = 0;
        bool operator==(const EvidenceShown&) const = default;
    } evidence_shown_;
    QString stability_obstacle_;  ///< why no versions can be tried; empty if they can

    std::vector<std::filesystem::path> scans_to_come_;  ///< once the current scan has ended
    std::vector<Collection::Id> presented_;  ///< the selection that is presented; empty: the list
    QString last_folder_;
    QString last_export_folder_;
    int pasted_ = 0;
    int dropped_ = 0;
    double last_seconds_ = 0;  ///< duration of the last examination, for the waiting text
};

}  // namespace dfd::ui
