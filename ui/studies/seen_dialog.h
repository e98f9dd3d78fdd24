// What the networks saw of one picture, step by step, and how its score changes when the file is
// decoded otherwise.
#pragma once

#include <QDialog>
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

    /// Looks at the first of `sources` that holds `sha256`, in the background: first the steps,
    /// then a score for every other way of decoding. What was under way is stopped; the same
    /// picture and panel again stay as they are, unless that failed.
    void look(const QString& name, const std::vector<Source>& sources, const std::string& sha256,
              const std::shared_ptr<Evaluator>& evaluator, const BandThresholds& thresholds);

    [[nodiscard]] bool running() const { return looking_.running(); }
    /// Null until the steps are there.
    [[nodiscard]] const Seen* seen() const { return seen_.get(); }
    /// Steps and ways of decoding, each below its heading.
    [[nodiscard]] QTreeWidget* list() const { return list_; }
    [[nodiscard]] PictureView* view() const { return view_; }
    [[nodiscard]] QString words() const;     ///< above all
    [[nodiscard]] QString sentence() const;  ///< of the chosen line

  private:
    /// A step, or behind the last one a way of decoding, as the list numbers them.
    [[nodiscard]] const Pixels& pixels_of(std::size_t line) const;
    void take_steps(std::shared_ptr<const Seen> seen);
    void take_score(std::size_t policy, const PanelOpinion& opinion);
    void finish(const QString& problem);
    void show_score(std::size_t policy);
    void show_line(std::size_t line);
    [[nodiscard]] QString summary() const;
    [[nodiscard]] QString details(std::size_t line) const;

    Task looking_;
    Task drawing_;    ///< the picture of the chosen line
    std::string of_;  ///< digests of picture and panel

    std::shared_ptr<const Seen> seen_;
    std::vector<std::optional<PanelOpinion>> opinions_;  ///< one a policy
    BandThresholds thresholds_;
    std::size_t experts_ = 0;                     ///< of the panel
    std::map<std::size_t, PyramidPtr> pyramids_;  ///< of the lines shown last
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
