#include "ui/picture/zoom_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <cmath>

#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/picture/picture_view.h"

namespace dfd::ui {

ZoomBar::ZoomBar(PictureView* view, QWidget* parent)
    : QWidget(parent), view_(view), percent_(make_label(this, TextSize::Caption, false, true)) {
    percent_->setMinimumWidth(6 * kGrid);
    percent_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    percent_->setAccessibleName(tr("Zoom"));
    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    row->addWidget(percent_);
    const auto add = [&](const QString& icon_name, const QString& label, auto act) {
        auto* const button = new QToolButton(this);
        button->setIcon(icon(icon_name));
        button->setIconSize(QSize(20, 20));
        button->setFocusPolicy(Qt::StrongFocus);
        button->setToolTip(label);
        button->setAccessibleName(label);
        connect(button, &QToolButton::clicked, view, act);
        row->addWidget(button);
    };
    add(QStringLiteral("zoom_out"), tr("Zoom out"), [view] { view->zoom_by(0.8); });
    add(QStringLiteral("zoom_in"), tr("Zoom in"), [view] { view->zoom_by(1.25); });
    add(QStringLiteral("fit"), tr("Fit the whole picture"), [view] { view->zoom_to_fit(); });
    add(QStringLiteral("actual"), tr("Actual pixels (100 %)"),
        [view] { view->zoom_to_actual_pixels(); });
    connect(view, &PictureView::zoom_changed, this, &ZoomBar::refresh);
    refresh();
}

void ZoomBar::refresh() {
    const int percent = static_cast<int>(std::lround(view_->zoom() * 100));
    percent_->setText(view_->picture_size().isEmpty() ? QString() : tr("%1 %").arg(percent));
}

}  // namespace dfd::ui
