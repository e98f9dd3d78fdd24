// Compares two selected pictures.
#pragma once

#include <QPointer>

#include "ui/studies/compare/compare_dialog.h"
#include "ui/studies/study.h"
#include "ui/work/task.h"

namespace dfd::ui {

class CompareStudy : public Study {
    Q_OBJECT

  public:
    explicit CompareStudy(StudyHost& host);

    void add_actions(QMenu* menu) override;
    void attach(Collection& collection) override;
    void refresh() override;

    /// Opens the dialog on the two selected pictures; nothing else is possible.
    void compare();
    /// Writes the sheet of the shown pair as PNG.
    void save(const QString& file);
    /// Null if it is not open.
    [[nodiscard]] CompareDialog* dialog() const { return dialog_; }

  private:
    void choose_file();

    QAction* action_ = nullptr;
    QPointer<CompareDialog> dialog_;
    ComparisonPtr shown_;
    Task comparing_, saving_;
};

}  // namespace dfd::ui
