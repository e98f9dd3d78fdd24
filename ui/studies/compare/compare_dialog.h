// Window that compares two pictures: over each other, and what differs in their scores and files.
#pragma once

#include <QDialog>
#include <memory>

#include "core/engine/studies/comparison.h"
#include "ui/studies/compare/compare_sheet.h"
#include "ui/studies/compare/compare_view.h"

class QButtonGroup;
class QCheckBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTreeWidget;

namespace dfd::ui {

/// All that is known of a pair.
struct Comparison {
    QString first_name, second_name;
    PyramidPtr first, second, difference;  ///< of one size
    QString sentence;                      ///< how the second lies over the first
    std::vector<ComparedLine> lines;
    CompareSheet sheet;
};
using ComparisonPtr = std::shared_ptr<const Comparison>;

class CompareDialog : public QDialog {
    Q_OBJECT

  public:
    explicit CompareDialog(QWidget* parent);

    void show_busy(const QString& first, const QString& second);
    void show_problem(const QString& sentence);
    void show_comparison(const ComparisonPtr& comparison);

    [[nodiscard]] CompareView* view() const { return view_; }
    [[nodiscard]] QTreeWidget* lines() const { return lines_; }
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] QPushButton* save_button() const { return save_; }
    void set_form(CompareForm form);

  Q_SIGNALS:
    void save_requested();

  private:
    void fill_lines();

    ComparisonPtr shown_;
    QLabel* title_;
    QLabel* sentence_;
    QProgressBar* busy_;
    QButtonGroup* forms_;
    CompareView* view_;
    QCheckBox* only_differing_;
    QTreeWidget* lines_;
    QPushButton* save_;
};

}  // namespace dfd::ui
