#include "ui/look/banner.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <chrono>

#include "ui/look/appearance.h"
#include "ui/look/icons.h"

namespace dfd::ui {
namespace {

constexpr int kMaxBanners = 3;
constexpr int kMaxWidth = 84 * kGrid;
constexpr std::chrono::seconds kInformationTime{8};

QString severity_icon(Severity severity) {
    switch (severity) {
        case Severity::Information:
            return QStringLiteral("info");
        case Severity::Warning:
            return QStringLiteral("warning");
        case Severity::Error:
            return QStringLiteral("error");
    }
    return {};
}

}  // namespace

Banner::Banner(Severity severity, const QString& text, bool stays, QWidget* parent)
    : QFrame(parent),
      severity_(severity),
      stays_(stays),
      icon_(new QLabel(this)),
      text_(make_label(this, TextSize::Body)),
      words_(new QVBoxLayout),
      actions_(new QHBoxLayout) {
    setProperty("banner", true);
    text_->setText(text);
    text_->setObjectName(QStringLiteral("banner_text"));
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* const close = new QToolButton(this);
    close->setIcon(icon(QStringLiteral("close")));
    close->setToolTip(tr("Close this message"));
    close->setAccessibleName(tr("Close this message"));
    connect(close, &QToolButton::clicked, this, &QObject::deleteLater);

    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(2 * kGrid, kGrid, kGrid, kGrid);
    row->setSpacing(kGrid);
    row->addWidget(icon_, 0, Qt::AlignTop);
    words_->setSpacing(kGrid);
    words_->addWidget(text_);
    row->addLayout(words_, 1);
    actions_->setSpacing(kGrid);
    row->addLayout(actions_);
    row->addWidget(close, 0, Qt::AlignTop);
    setAccessibleName(severity == Severity::Information ? tr("Message") : tr("Problem"));
    setAccessibleDescription(text);
    refresh_icon();
}

QString Banner::text() const {
    return text_->text();
}

void Banner::add_action(const QString& label, std::function<void()> action, bool stays) {
    auto* const button = new QPushButton(label, this);
    // The text needs room beside them: further ones go below it.
    constexpr int kBeside = 2;
    if (actions_->count() < kBeside)
        actions_->addWidget(button);
    else
        words_->addWidget(button, 0, Qt::AlignLeft);
    connect(button, &QPushButton::clicked, this, [this, action = std::move(action), stays] {
        action();
        if (!stays)
            deleteLater();
    });
}

void Banner::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        refresh_icon();
    QFrame::changeEvent(event);
}

void Banner::refresh_icon() {
    const QColor colour = severity_ == Severity::Information ? look().quiet : look().warning;
    icon_->setPixmap(icon_pixmap(severity_icon(severity_), colour, 24, devicePixelRatioF()));
}

BannerStack::BannerStack(QWidget* parent) : QWidget(parent), layout_(new QVBoxLayout(this)) {
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(kGrid / 2);
    hide();
}

void BannerStack::set_place(QWidget* outer, QWidget* inner) {
    outer_ = outer;
    inner_ = inner;
    outer->installEventFilter(this);
    inner->installEventFilter(this);
    place();
}

bool BannerStack::event(QEvent* event) {
    const bool done = QWidget::event(event);
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::ChildRemoved)
        place();
    return done;
}

bool BannerStack::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::Resize:
        case QEvent::Move:
        case QEvent::Show:
        case QEvent::Hide:
            place();
            break;
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

void BannerStack::place() {
    if (outer_ == nullptr || inner_ == nullptr)
        return;
    setVisible(layout_->count() > 0);
    const QWidget* const over = inner_->isVisible() ? inner_ : outer_;
    const QRect room(over->mapTo(parentWidget(), QPoint()), over->size());
    const int width = std::min(room.width() - 2 * kGrid, kMaxWidth);
    const int height = layout_->hasHeightForWidth() ? layout_->totalHeightForWidth(width)
                                                    : layout_->totalSizeHint().height();
    setGeometry(room.center().x() - width / 2, room.top() + kGrid, width, height);
    raise();
}

Banner* BannerStack::show_message(Severity severity, const QString& text, bool stays) {
    dismiss(text);
    auto* const banner =
        new Banner(severity, text, stays || severity != Severity::Information, this);
    layout_->insertWidget(0, banner);
    while (layout_->count() > kMaxBanners) {
        QWidget* const oldest = layout_->itemAt(layout_->count() - 1)->widget();
        layout_->removeWidget(oldest);
        oldest->hide();
        oldest->deleteLater();
    }
    if (!banner->stays())
        QTimer::singleShot(kInformationTime, banner, &QObject::deleteLater);
    place();
    QAccessibleEvent alert(banner, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
    return banner;
}

void BannerStack::dismiss(const QString& text) {
    for (Banner* const banner : findChildren<Banner*>(QString(), Qt::FindDirectChildrenOnly))
        if (banner->text() == text) {
            // Not deleted here: this may run inside a click handler of the banner's own button.
            layout_->removeWidget(banner);
            banner->hide();
            banner->deleteLater();
        }
}

QStringList BannerStack::messages() const {
    QStringList texts;
    for (int i = 0; i < layout_->count(); ++i)
        if (const auto* const banner = qobject_cast<Banner*>(layout_->itemAt(i)->widget()))
            texts.append(banner->text());
    return texts;
}

}  // namespace dfd::ui
