// Where the window saves files, and what it says when one is written.
// Internal to ui/window.
#pragma once

#include <QString>
#include <map>

#include "ui/window/commands/shell.h"

namespace dfd::ui {

/// UI thread only; nothing here blocks.
class SavedFiles {
  public:
    /// `shell` is not owned and must live longer.
    explicit SavedFiles(Shell& shell) : shell_(shell) {}

    /// Beside the case, never among the exhibits; else where the last one of its kind was saved.
    [[nodiscard]] QString folder(Saved kind) const;
    /// Warns if the file would be an exhibit of the next scan.
    void remember(const QString& file, Saved kind);
    /// Says that this file was written, with buttons that open it and its folder, and one that
    /// copies its digest, if any. Stays until it is closed or newer messages take its place.
    void tell(Severity severity, const QString& sentence, const QString& file,
              const QString& digest);

    void restore(const QSettings& settings);
    void store(QSettings& settings) const;

  private:
    Shell& shell_;
    std::map<Saved, QString> last_folders_;
};

}  // namespace dfd::ui
