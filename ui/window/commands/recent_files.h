// The pictures, folders and cases opened last, and the pictures of the list when the window closed.
#pragma once

#include <QStringList>
#include <filesystem>
#include <vector>

class QSettings;

namespace dfd::ui {

class RecentFiles {
  public:
    static constexpr qsizetype kMost = 10;
    static constexpr qsizetype kMostListed = 5000;  ///< of a list that is kept

    /// `settings` is not owned and must live longer.
    explicit RecentFiles(QSettings& settings) : settings_(settings) {}

    /// Newest first; each once. Files that are gone are left out.
    [[nodiscard]] QStringList opened() const;
    void add(const std::filesystem::path& path);
    void clear();

    /// The paths of the list when the window closed last, if it had any.
    [[nodiscard]] QStringList last_list() const;
    void keep_list(const QStringList& paths);

  private:
    QSettings& settings_;
};

}  // namespace dfd::ui
