// Messages shown inside the window instead of in pop-ups.
#pragma once

#include <QFrame>
#include <QPointer>
#include <QString>
#include <functional>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace dfd::ui {

enum class Severity { Information, Warning, Error };

/// One message with an icon, buttons for what can be done about it and a button to close it.
class Banner : public QFrame {
    Q_OBJECT

  public:
    /// One that `stays` is there until it is closed or newer ones take its place.
    Banner(Severity severity, const QString& text, bool stays, QWidget* parent);
    /// The button closes the message, too, unless it `stays`.
    void add_action(const QString& label, std::function<void()> action, bool stays = false);
    [[nodiscard]] QString text() const;
    [[nodiscard]] bool stays() const { return stays_; }

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void refresh_icon();

    Severity severity_;
    bool stays_;
    QLabel* icon_;
    QLabel* text_;
    QVBoxLayout* words_;
    QHBoxLayout* actions_;
};

/// The newest few messages, over the upper edge of another widget, so that they move nothing. A
/// text is shown only once. Information disappears by itself unless it is to stay; warnings and
/// errors stay until closed.
class BannerStack : public QWidget {
    Q_OBJECT

  public:
    explicit BannerStack(QWidget* parent);
    /// Over `inner` while that is visible, else over `outer`: descendants of the parent.
    void set_place(QWidget* outer, QWidget* inner);
    Banner* show_message(Severity severity, const QString& text, bool stays = false);
    void dismiss(const QString& text);
    /// Texts on screen, newest first.
    [[nodiscard]] QStringList messages() const;

  protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void place();

    QPointer<QWidget> outer_, inner_;
    QVBoxLayout* layout_;
};

}  // namespace dfd::ui
