// Review tab of an exhibit: its mark, tags, notes and look-alikes, and controls to change them.
#pragma once

#include <QWidget>

#include "ui/case/case_controller.h"

class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;
class QTreeWidget;

namespace dfd::ui {

class ReviewPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ReviewPanel(QWidget* parent = nullptr);
    /// Null for none. `alike` is the exhibit's look-alike group, or null.
    void show_exhibit(const CaseExhibit* exhibit, const LookAlikes* alike);
    /// Existing tags, offered as completions.
    void set_known_tags(const QStringList& tags);
    void set_writable(bool writable);
    /// The name that is recorded with decisions; always visible.
    void set_reviewer(const QString& name);
    [[nodiscard]] QString reviewer_line() const;
    /// Updates the view at once, before the mark is written.
    void show_mark(Mark mark);
    void set_mark_tooltip(Mark mark, const QString& tooltip);
    void focus_tag();
    void focus_note();
    [[nodiscard]] QString mark_line() const;
    [[nodiscard]] QString alike_line() const;
    [[nodiscard]] QStringList tags() const { return tags_; }

  Q_SIGNALS:
    void mark_requested(dfd::Mark mark);
    void tag_requested(const QString& tag, bool on);
    void note_requested(const QString& text);
    void alike_requested();
    void reviewer_requested();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void fill_tags();
    void fill_notes(const ExhibitRecord& record);
    void colour_notes();

    QToolButton* marks_[3];
    QLabel* mark_line_;
    QWidget* tag_box_;
    QGridLayout* tag_grid_;
    QLineEdit* tag_;
    QLineEdit* note_;
    QLabel* reviewer_line_;
    QPushButton* reviewer_button_;
    QTreeWidget* notes_;
    QWidget* alike_box_;
    QLabel* alike_line_;
    QPushButton* alike_button_;
    QStringList tags_;
    bool writable_ = false;
};

}  // namespace dfd::ui
