#include "ui/look/message_page.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/icons.h"

namespace dfd::ui {
namespace {

constexpr int kTextWidth = 56 * kGrid;

QLabel* centred(QLabel* label) {
    label->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    label->setWordWrap(true);
    return label;
}

}  // namespace

MessagePage::MessagePage(QWidget* parent)
    : QWidget(parent),
      icon_(new QLabel(this)),
      heading_(centred(make_label(this, TextSize::Figure))),
      sentence_(centred(make_label(this, TextSize::Body))),
      hint_(centred(make_label(this, TextSize::Caption, false, true))),
      buttons_(new QHBoxLayout) {
    setProperty("pane", true);
    setAttribute(Qt::WA_StyledBackground);
    icon_->setAlignment(Qt::AlignCenter);
    heading_->setFont([] {
        QFont font = text_font(TextSize::Figure);
        font.setPointSizeF(font.pointSizeF() * 0.66);
        return font;
    }());
    sentence_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    hint_->hide();
    buttons_->setSpacing(kGrid);

    auto* const middle_column = new QWidget(this);
    middle_column->setMaximumWidth(kTextWidth);
    auto* const column = new QVBoxLayout(middle_column);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(icon_);
    column->addSpacing(2 * kGrid);
    column->addWidget(heading_);
    column->addSpacing(kGrid);
    column->addWidget(sentence_);
    column->addSpacing(3 * kGrid);
    auto* const middle = new QHBoxLayout;
    middle->addStretch();
    middle->addLayout(buttons_);
    middle->addStretch();
    column->addLayout(middle);
    column->addSpacing(3 * kGrid);
    column->addWidget(hint_);

    auto* const across = new QHBoxLayout;
    across->addStretch(1);
    across->addWidget(middle_column, 1000);
    across->addStretch(1);
    auto* const all = new QVBoxLayout(this);
    all->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 3 * kGrid);
    all->addStretch(4);
    all->addLayout(across);
    all->addStretch(5);
}

void MessagePage::set_message(const QString& icon_name, const QString& heading,
                              const QString& sentence) {
    icon_name_ = icon_name;
    heading_->setText(heading);
    sentence_->setText(sentence);
    setAccessibleName(heading);
    setAccessibleDescription(sentence);
    refresh_icon();
}

void MessagePage::set_hint(const QString& hint) {
    hint_->setText(hint);
    hint_->setVisible(!hint.isEmpty());
}

QPushButton* MessagePage::add_button(const QString& label, const QString& icon_name,
                                     std::function<void()> action) {
    auto* const button = new QPushButton(label, this);
    if (has_primary_ && !icon_name.isEmpty())
        button->setIcon(icon(icon_name));
    if (!has_primary_)
        button->setProperty("primary", true);
    has_primary_ = true;
    buttons_->addWidget(button);
    connect(button, &QPushButton::clicked, this, [action = std::move(action)] { action(); });
    return button;
}

QString MessagePage::heading() const {
    return heading_->text();
}
QString MessagePage::sentence() const {
    return sentence_->text();
}

void MessagePage::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        refresh_icon();
    QWidget::changeEvent(event);
}

void MessagePage::refresh_icon() {
    if (!icon_name_.isEmpty())
        icon_->setPixmap(icon_pixmap(icon_name_, look().quiet, 9 * kGrid, devicePixelRatioF()));
}

}  // namespace dfd::ui
