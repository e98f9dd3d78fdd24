// Overlay over the whole window that shows that the dragged item can be dropped.
#pragma once

#include <QWidget>

namespace dfd::ui {

/// Covers its parent and passes all events through to it.
class DropCurtain : public QWidget {
    Q_OBJECT

  public:
    explicit DropCurtain(QWidget* parent);
    /// `words` say what a drop does.
    void raise_over_parent(const QString& words);
    [[nodiscard]] QString words() const { return words_; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString words_;
};

}  // namespace dfd::ui
