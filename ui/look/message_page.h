// A message that fills a pane: what is empty or wrong, with buttons for the next step.
#pragma once

#include <QWidget>
#include <functional>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace dfd::ui {

class MessagePage : public QWidget {
    Q_OBJECT

  public:
    explicit MessagePage(QWidget* parent = nullptr);
    void set_message(const QString& icon_name, const QString& heading, const QString& sentence);
    /// A smaller line below the buttons; empty hides it.
    void set_hint(const QString& hint);
    /// The first button added is the primary one.
    QPushButton* add_button(const QString& label, const QString& icon_name,
                            std::function<void()> action);
    [[nodiscard]] QString heading() const;
    [[nodiscard]] QString sentence() const;

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void refresh_icon();

    QString icon_name_;
    QLabel* icon_;
    QLabel* heading_;
    QLabel* sentence_;
    QLabel* hint_;
    QHBoxLayout* buttons_;
    bool has_primary_ = false;
};

}  // namespace dfd::ui
