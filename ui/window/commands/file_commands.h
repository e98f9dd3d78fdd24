// Opening pictures: chosen, dropped, pasted, recent; keeping the list; pasted pictures on quitting;
// records.
#pragma once

#include <QStringList>

#include "ui/window/commands/recent_files.h"
#include "ui/window/commands/replay_commands.h"
#include "ui/window/commands/shell.h"

class QMenu;
class QMimeData;

namespace dfd::ui {

class CaseCommands;
class CaseController;
class ExaminationSession;

/// UI thread only; nothing here blocks.
class FileCommands : public Study {
    Q_OBJECT

  public:
    /// None is owned; all must live longer.
    FileCommands(Shell& shell, ExaminationSession& session, CaseController& controller,
                 CaseCommands& cases);

    void add_actions(QMenu* menu) override;
    void add_paste(QMenu* menu);
    void refresh() override;
    [[nodiscard]] RecentFiles& recent() { return recent_; }
    [[nodiscard]] ReplayCommands& replaying() { return replaying_; }

    /// Opens pictures and folders (scanned into the open case, if there is one), a case, or the two
    /// checkpoint files (for the install dialog).
    void open(const std::vector<std::filesystem::path>& paths);
    void drop(const QMimeData& data);
    void choose_files();
    void open_last_list();
    /// Makes a case of the listed files, which are examined again into it.
    void keep_list_as_case(const QString& file);
    /// Asks what to do with pictures that are in no file before the window closes;
    /// `close_requested` follows. False if there is nothing to ask.
    bool ask_about_pasted();
    /// Writes the pictures that are in no file into this folder; `close_requested` follows.
    /// Problems are shown in a banner instead.
    void keep_pasted(const QString& folder);
    /// Remembers the list for the next start.
    void remember_list();

  Q_SIGNALS:
    void close_requested();
    void checkpoints_opened(const QStringList& files);

  private:
    /// What was dropped or pasted; `label` with its number, after `count`, names a picture without
    /// a file.
    void open_incoming(const QMimeData& data, const QString& label, int& count);
    void choose_folder();
    void build_recent_menu(QMenu* menu);
    [[nodiscard]] QStringList listed_paths() const;

    Shell& shell_;
    ExaminationSession& session_;
    CaseController& case_;
    CaseCommands& cases_;
    RecentFiles recent_;
    ReplayCommands replaying_;
    Task keeping_;                 ///< writes pasted pictures
    QStringList kept_pasted_;      ///< their files, for the list of the next start
    bool pasted_settled_ = false;  ///< the user has decided; the window may close
    int pasted_ = 0;
    int dropped_ = 0;
};

}  // namespace dfd::ui
