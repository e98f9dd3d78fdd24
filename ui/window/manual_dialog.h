// Shows the manual: Markdown pages in a window of their own, with links, search and history.
#pragma once

#include <QDialog>
#include <filesystem>

class QLabel;
class QLineEdit;
class QListWidget;
class QUrl;

namespace dfd::ui {

class ManualPage;

/// Reads pages on the UI thread; they are small files. Never throws: what cannot be shown is said
/// in the dialog.
class ManualDialog : public QDialog {
    Q_OBJECT

  public:
    /// `folder` holds README.md, which links to the topics in their order, and the other pages. It
    /// may be empty or missing.
    explicit ManualDialog(const std::filesystem::path& folder, QWidget* parent = nullptr);

    /// Shows a page of the folder by file name, for instance "panels.md", scrolled to the heading
    /// whose GitHub anchor is `anchor` if there is one.
    void show_page(const QString& file, const QString& anchor = {});
    [[nodiscard]] QString page() const;
    /// Why a page or a link could not be shown; empty if it could.
    [[nodiscard]] QString problem() const;
    /// Selects the next occurrence, from the start again after the last one. Case does not matter.
    bool find_text(const QString& text, bool backward = false);

  private:
    void follow(const QUrl& link);
    void show_problem(const QString& sentence);

    std::filesystem::path folder_;
    QListWidget* topics_;
    ManualPage* text_;
    QLineEdit* search_;
    QLabel* problem_;
};

}  // namespace dfd::ui
