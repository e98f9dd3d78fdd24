#include "ui/window/status_strip.h"

#include <QAccessible>
#include <QLabel>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>
#include <chrono>
#include <cmath>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/elided_label.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {

StatusStrip::StatusStrip(QWidget* parent)
    : QStatusBar(parent),
      panel_(new ElidedLabel(this, TextSize::Caption, true)),
      queue_(make_label(this, TextSize::Caption, false, true)),
      progress_(new QProgressBar(this)),
      stop_(new QToolButton(this)),
      second_(new QTimer(this)) {
    setSizeGripEnabled(false);
    panel_->setAccessibleName(tr("Device, precision and panel"));
    queue_->setAccessibleName(tr("Queue"));
    progress_->setTextVisible(false);
    progress_->setFixedWidth(16 * kGrid);
    progress_->setAccessibleName(tr("Progress of the queue"));
    stop_->setIcon(icon(QStringLiteral("stop")));
    stop_->setIconSize(QSize(20, 20));
    stop_->setToolTip(tr("Stop (Esc, Esc). Finished results are kept."));
    stop_->setAccessibleName(tr("Stop"));
    panel_->setContentsMargins(2 * kGrid, 0, 0, 0);
    addWidget(panel_, 1);
    addPermanentWidget(queue_);
    addPermanentWidget(progress_);
    addPermanentWidget(stop_);
    setFixedHeight(4 * kGrid);
    connect(stop_, &QToolButton::clicked, this, &StatusStrip::stop_requested);
    second_->setInterval(std::chrono::seconds(1));
    connect(second_, &QTimer::timeout, this, &StatusStrip::time_passed);
}

void StatusStrip::show_panel(const ExaminationSession& session) {
    if (session.loading_panel()) {
        panel_->setText(tr("Loading the panel…"));
        return;
    }
    const Evaluator* const evaluator = session.evaluator();
    if (evaluator == nullptr) {
        panel_->setText(tr("No panel"));
        return;
    }
    const DeviceInfo& device = evaluator->device();
    const PanelRecord& panel = evaluator->panel();
    QStringList parts;
    parts.append(device.id == "cpu" ? tr("CPU")
                                    : QString::fromStdString(device.id + " " + device.name));
    parts.append(QLatin1String(precision_name(evaluator->precision())));
    const int count = static_cast<int>(panel.experts.size());
    parts.append(QString::fromStdString(say(panel.title) + calibration_note(panel)));
    parts.append(count == 1 ? tr("1 expert") : tr("%1 experts").arg(count));
    panel_->setText(parts.join(QStringLiteral("   ·   ")));
    panel_->setToolTip(tr("%1\n%2\nPanel digest %3")
                           .arg(QString::fromStdString(device.name),
                                QString::fromStdString(device.detail),
                                QString::fromStdString(panel.digest)));
}

void StatusStrip::show_loading(double fraction, const QString& what) {
    const QString text = what.isEmpty() ? tr("Loading the panel…") : what;
    panel_->setText(fraction < 0 ? text
                                 : tr("%1 (%2 %)").arg(text).arg(std::lround(fraction * 100)));
}

void StatusStrip::show_queue(const ExaminationSession& session) {
    const QueueProgress progress = session.progress();
    const bool busy = session.busy();
    progress_->setVisible(busy);
    stop_->setVisible(busy);
    if (!busy) {
        second_->stop();
        queue_->setText({});
        return;
    }
    if (!second_->isActive())
        second_->start();
    if (progress.total == 0) {
        progress_->setRange(0, 0);
        queue_->setText(tr("Searching for pictures…"));
        return;
    }
    progress_->setRange(0, progress.total);
    progress_->setValue(progress.done);
    const QString count = tr("%1 of %2 examined").arg(progress.done).arg(progress.total);
    queue_->setText(progress.seconds_left
                        ? tr("%1, %2 left").arg(count, duration_text(*progress.seconds_left))
                        : count);
}

void StatusStrip::announce() {
    const bool busy = !queue_->text().isEmpty();
    if (busy == announced_busy_)
        return;
    announced_busy_ = busy;
    queue_->setAccessibleDescription(busy ? queue_->text() : tr("No work is running."));
    QAccessibleEvent event(queue_, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
    queue_->setAccessibleDescription({});  // the text goes on
}

void StatusStrip::show_progress(const QString& text, std::int64_t done, std::int64_t total) {
    progress_->show();
    stop_->show();
    if (!second_->isActive())
        second_->start();
    queue_->setText(text);
    // A progress bar counts in int, the totals are 64-bit: use thousandths.
    progress_->setRange(0, total == 0 ? 0 : 1000);
    if (total > 0)
        progress_->setValue(static_cast<int>(1000 * done / total));
}

void StatusStrip::show_scan(const CaseScan& scan) {
    show_progress(scan.progress_text(), scan.progress().looked_at, scan.progress().found);
}

void StatusStrip::show_export(const CaseExporter& exporting) {
    show_progress(exporting.progress_text(), exporting.done(), exporting.total());
}

QString StatusStrip::panel_text() const {
    return panel_->text();
}
QString StatusStrip::queue_text() const {
    return queue_->text();
}

}  // namespace dfd::ui
