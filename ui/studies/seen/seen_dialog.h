// Dialog: what the networks saw of a picture, step by step, and its scores with other ways of
// decoding.
#pragma once

#include <QDialog>
#include <QSize>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/studies/seen.h"
#include "ui/picture/picture_loader.h"

class QLabel;
class QProgressBar;
class QTreeWidget;
class QTreeWidgetItem;

namespace dfd::ui {

class PictureView;

class SeenDialog : public QDialog {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit SeenDialog(BackgroundThreads& threads, QWidget* parent = nullptr);

    /// Uses the first of `sources` with this SHA-256, in the background: computes the steps first,
    /// then a score per way of decoding. Stops a running computation. Does nothing for the same
    /// picture and panel, unless that failed before.
    void show_picture(const QString& name, const std::vector<Source>& sources,
                      const std::string& sha256, const std::shared_ptr<Evaluator>& evaluator,
                      const QuestionBands& bands);

    [[nodiscard]] bool running() const { return computing_.running(); }
    /// Null until the steps are available.
    [[nodiscard]] const Seen* seen() const { return seen_.get(); }
    /// Steps and ways of decoding, each under a heading.
    [[nodiscard]] QTreeWidget* list() const { return list_; }
    [[nodiscard]] PictureView* view() const { return view_; }
    [[nodiscard]] QString words() const;     ///< text at the top
    [[nodiscard]] QString sentence() const;  ///< text of the chosen line

  private:
    /// Size of a line of the list: first all steps, then the ways of decoding, empty until they are
    /// made.
    [[nodiscard]] QSize size_of(std::size_t line) const;
    void show_steps(std::shared_ptr<const SeenFile> file, std::shared_ptr<const Seen> seen);
    void set_policy(std::size_t index, SeenPolicy policy);
    void finish(const QString& problem);
    void show_score(std::size_t policy);
    void show_line(std::size_t line);
    [[nodiscard]] QString summary() const;
    [[nodiscard]] QString details(std::size_t line) const;

    Task computing_;
    Task drawing_;           ///< loads the picture of the chosen line
    std::string shown_key_;  ///< digests of the current picture and panel

    std::shared_ptr<const Seen> seen_;
    std::shared_ptr<const SeenFile> file_;  ///< makes the pixels of a line
    std::vector<SeenPolicy> policies_;      ///< of `seen_`, with what is known of them by now
    QuestionBands bands_;
    std::map<std::string, std::string> titles_;   ///< of the panel's experts, by name
    std::map<std::size_t, PyramidPtr> pyramids_;  ///< of recently shown lines; of large ones none
    std::size_t line_ = 0;

    QLabel* words_;
    QProgressBar* busy_;
    QTreeWidget* list_;
    std::vector<QTreeWidgetItem*> lines_;
    QLabel* title_;
    QLabel* sentence_;
    PictureView* view_;
    QLabel* details_;
};

}  // namespace dfd::ui
