// Dialog on the experts' agreement over the list or the case: a matrix, and the pictures behind
// each cell.
#pragma once

#include <QDialog>

#include "ui/studies/agreement/agreement_model.h"
#include "ui/work/task.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;
class QToolButton;
class QTreeWidget;

namespace dfd::ui {

class AgreementDialog : public QDialog {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit AgreementDialog(BackgroundThreads& threads, QWidget* parent = nullptr);

    /// Computes the figures in the background; the old ones stay visible until then.
    void compute(const ComputeAgreement& work, const QString& over);
    [[nodiscard]] const AgreementModel& model() const { return *model_; }
    [[nodiscard]] QTableView* matrix_view() const { return matrix_view_; }
    [[nodiscard]] QTreeWidget* pictures() const { return pictures_; }
    [[nodiscard]] QString words() const;

    static constexpr std::size_t kMaxListed = 1000;  ///< maximum number of pictures

  Q_SIGNALS:
    /// All pictures behind the cell, in list order.
    void cell_chosen(const std::vector<qint64>& ids);
    void picture_chosen(qint64 id);

  private:
    void show_result(const AgreementViewPtr& view);
    void show_most_disputed();
    void show_cell(const QModelIndex& cell);
    /// `question`: whose figures are shown; empty for the question disputed most, picture by
    /// picture.
    void list(const std::vector<std::size_t>& pictures, std::size_t of, const QString& title,
              std::optional<std::size_t> question);

    Task task_;
    AgreementModel* model_;
    QLabel* words_;
    QToolButton* details_;
    QComboBox* measure_;
    QTableView* matrix_view_;
    QLabel* meaning_;
    QLabel* title_;
    QPushButton* disputed_;
    QTreeWidget* pictures_;
    QString over_;
};

}  // namespace dfd::ui
