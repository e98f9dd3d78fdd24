// The Case menu: opening, scanning, reviewing and checking a case.
#pragma once

#include "ui/case/case_records.h"
#include "ui/window/commands/case_collection.h"
#include "ui/window/commands/case_export_commands.h"
#include "ui/window/commands/shell.h"

class QFileDialog;

namespace dfd::ui {

class CasePane;
class ReviewPanel;
class VerdictPane;

/// UI thread only; nothing here blocks.
class CaseCommands : public Study {
    Q_OBJECT

  public:
    /// None is owned; all must live longer.
    CaseCommands(Shell& shell, CaseController& controller, CasePane& pane, VerdictPane& verdict);

    void add_actions(QMenu* menu) override;
    void refresh() override;
    void restore(const QSettings& settings) override;
    void store(QSettings& settings) const override;
    [[nodiscard]] CaseCollection& exhibits() { return exhibits_; }
    [[nodiscard]] CaseExportCommands& exports() { return exports_; }
    [[nodiscard]] CaseRecords& records() { return records_; }

    /// With `make_new`, creates a missing file. Problems are shown in a banner.
    void open(const std::filesystem::path& path, bool make_new = false);
    void choose(bool make_new);
    /// Chooses a file to keep something in as a case; one that is there already is added to.
    void choose_to_keep(const QString& title, const QString& folder,
                        const std::function<void(const QString& file)>& chosen);
    /// Opens the case, a new one if there is none, and scans these into it.
    void open_and_scan(const std::filesystem::path& path,
                       std::vector<std::filesystem::path> pictures);
    /// Scans these into the open case, after a scan that is running.
    void scan(const std::vector<std::filesystem::path>& paths);
    void choose_scan_folder();
    [[nodiscard]] bool busy() const;
    void stop();
    /// Before the window closes. Whether it asks; then the window stays, and `close_requested`
    /// follows if that is the answer.
    [[nodiscard]] bool ask_about_scan();

  Q_SIGNALS:
    void close_requested();

  private:
    void connect_case();
    void connect_review();
    /// Who is recorded with decisions and exports; empty means the login name.
    void set_reviewer(const QString& name);
    void case_opened();
    void case_closed();
    [[nodiscard]] QFileDialog* case_dialog(const QString& title, const QString& folder);
    void choose_cases_to_merge();
    void mark_selected(Mark mark);
    void edit_thresholds();
    void choose_reviewer();
    /// Scans what was dropped meanwhile.
    void scan_next();

    Shell& shell_;
    CaseController& case_;
    CasePane& pane_;
    VerdictPane& verdict_;
    CaseCollection exhibits_;
    CaseExportCommands exports_;
    CaseRecords records_;
    QString read_only_banner_;                          ///< text of the banner about another writer
    std::vector<std::filesystem::path> scans_to_come_;  ///< once the current scan has ended
    std::vector<std::filesystem::path> not_begun_;      ///< of these, while the user stops all
    bool scan_settled_ = false;                         ///< the user chose to quit
};

}  // namespace dfd::ui
