#include "ui/verdict/expert_bars.h"

#include <QApplication>
#include <QButtonGroup>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/language.h"
#include "core/opinion/weighted.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"
#include "ui/verdict/expert_weight.h"

namespace dfd::ui {
namespace {

constexpr int kRowHeight = 3 * kGrid + 4;
constexpr int kHeadHeight = 3 * kGrid;
constexpr int kBarHeight = kGrid;

/// Columns shared by the heading and the rows.
struct Columns {
    QRectF name, bar, score, effect;
};

QString effect_heading() {
    return ExpertBars::tr("Without it");
}

Columns columns_of(const QRectF& row, bool narrow) {
    const double score = 5 * kGrid;
    const double effect =
        narrow ? 0.5 * kGrid
               : std::max(6.5 * kGrid, kGrid + QFontMetricsF(text_font(TextSize::Caption))
                                                   .horizontalAdvance(effect_heading()));
    const double room = row.width() - 2 * kGrid - score - effect;
    const double name = std::min(room * 0.55, 20.0 * kGrid);
    Columns columns;
    columns.name = QRectF(row.left() + kGrid, row.top(), name, row.height());
    columns.bar =
        QRectF(columns.name.right() + kGrid, row.top(), room - name - kGrid, row.height());
    columns.score = QRectF(columns.bar.right(), row.top(), score, row.height());
    columns.effect = QRectF(columns.score.right(), row.top(), effect, row.height());
    return columns;
}

QString tip_of_weighing(const PanelOpinion& opinion) {
    const QString tip = ExpertBars::tr(
        "Mute experts or change their weights, and see how the panel's score changes.");
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (fusion_of(opinion, q) != nullptr)
            return tip + QLatin1Char('\n') +
                   ExpertBars::tr(
                       "A fitted fusion combines them now. With other weights the score "
                       "is a mean again.");
    return tip;
}

}  // namespace

ExpertBar::ExpertBar(QWidget* parent) : RowButton(parent, QSizePolicy::Expanding) {}

QSize ExpertBar::sizeHint() const {
    return {34 * kGrid, kRowHeight};
}

bool ExpertBar::name_fits() const {
    return QFontMetricsF(text_font(TextSize::Body)).horizontalAdvance(text()) <=
           columns_of(QRectF(rect()), narrow_).name.width();
}

void ExpertBar::show_waiting(const QString& name) {
    known_ = false;
    muted_ = false;
    setText(name);
    setToolTip(name);
    setAccessibleName(tr("%1, no score yet").arg(name));
    setEnabled(false);
    update();
}

void ExpertBar::show_opinion(const ExpertOpinion& expert, const ExpertWords& words, double answer,
                             const BandThresholds& thresholds, bool assessed, bool beyond) {
    known_ = true;
    beyond_ = beyond;
    assessed_ = assessed && !beyond;
    thresholds_ = thresholds;
    muted_ = expert.weight == 0;
    score_ = expert.score;
    effect_ =
        difference_text(score_text(expert.without, thresholds), score_text(answer, thresholds));
    const QString name = QString::fromStdString(words.title);
    const QString about = (QString::fromStdString(words.looks_at) + QLatin1Char('\n') +
                           tr("%1 (%2)").arg(QString::fromStdString(expert.name),
                                             QString::fromStdString(expert.architecture)))
                              .trimmed();
    setText(name);
    setToolTip(tr("%1\n%2\nScore %3, %4\nPanel score without this expert: %5 (%6).\nClick to show "
                  "its heatmap.")
                   .arg(name, about, score_text(score_, thresholds_),
                        band_text(band_of(score_, thresholds_)),
                        score_text(expert.without, thresholds_), effect_));
    setAccessibleName(tr("%1, score %2, %3; %4")
                          .arg(name, score_text(score_, thresholds_),
                               band_text(band_of(score_, thresholds_)),
                               muted_ ? tr("muted")
                                      : tr("panel score without it %1")
                                            .arg(score_text(expert.without, thresholds_))));
    if (beyond_) {
        setToolTip(
            (expert.no_face
                 ? tr("%1\n%2\nDoes not count here: it was made for pictures of faces, and no face "
                      "was found. The score, %3, says nothing about it.\nClick to show its "
                      "heatmap.")
                 : tr("%1\n%2\nDoes not count here: what it sees is unlike the pictures that the "
                      "panel was measured on. The score, %3, says nothing about it.\nClick to show "
                      "its heatmap."))
                .arg(name, about, score_text(score_, thresholds_)));
        setAccessibleName(tr("%1, out of scope").arg(name));
    } else if (!assessed_) {
        setToolTip(tr("%1\n%2\nNo assessment: the picture is not of the kinds that were measured. "
                      "The score, %3, says nothing about it.\nClick to show its heatmap.")
                       .arg(name, about, score_text(score_, thresholds_)));
        setAccessibleName(tr("%1, %2").arg(name, band_text(Band::NoAssessment)));
    }
    if (!expert.available()) {
        assessed_ = false;
        setToolTip(tr("%1 (%2)\nNo opinion on this picture. %3")
                       .arg(name, QString::fromStdString(expert.architecture),
                            QString::fromStdString(say_again(expert.failure))));
        setAccessibleName(tr("%1, no opinion on this picture").arg(name));
    }
    setEnabled(true);
    update();
}

QString ExpertBar::figure() const {
    return known_ && assessed_ ? score_text(score_, thresholds_) : QString();
}

void ExpertBar::set_narrow(bool narrow) {
    narrow_ = narrow;
    update();
}

void ExpertBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF all(rect());
    paint_ground(painter);
    const Columns columns = columns_of(all, narrow_);
    const bool counts = known_ && !muted_ && !beyond_;
    painter.setFont(text_font(TextSize::Body));
    painter.setPen(counts ? look().text : look().quiet);
    painter.drawText(columns.name, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text(), Qt::ElideMiddle,
                                                      static_cast<int>(columns.name.width())));

    const QRectF track(columns.bar.left(), columns.bar.center().y() - kBarHeight / 2.0,
                       columns.bar.width(), kBarHeight);
    QColor ground = look().faint;
    ground.setAlphaF(0.35f);
    painter.fillRect(track, ground);
    if (known_ && !assessed_) {
        painter.setPen(look().quiet);
        draw_digits(painter, columns.score, beyond_ ? tr("n/a") : QStringLiteral("–"));
    } else if (known_) {
        const double middle = track.center().x();
        const double x = track.left() + score_ * track.width();
        QColor colour = band_colour(band_of(score_, thresholds_));
        colour.setAlphaF(muted_ ? 0.35f : 1.0f);
        painter.fillRect(QRectF(std::min(middle, x), track.top(),
                                std::max(1.5, std::abs(x - middle)), track.height()),
                         colour);
        painter.fillRect(QRectF(middle - 0.5, track.top() - 3, 1, track.height() + 6),
                         look().quiet);
        painter.setPen(counts ? look().text : look().quiet);
        draw_digits(painter, columns.score, score_text(score_, thresholds_));
        painter.setPen(look().quiet);
        painter.setFont(text_font(TextSize::Caption));
        if (!narrow_ && muted_)
            painter.drawText(columns.effect, Qt::AlignRight | Qt::AlignVCenter, tr("muted"));
        else if (!narrow_)
            draw_digits(painter, columns.effect, effect_);
    }
    if (hasFocus())
        paint_ring(painter);
}

ExpertBars::ExpertBars(QWidget* parent)
    : QWidget(parent),
      layout_(new QVBoxLayout(this)),
      group_(new QButtonGroup(this)),
      weigh_(new QToolButton(this)) {
    layout_->setContentsMargins(0, kHeadHeight, 0, 0);
    layout_->setSpacing(0);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Experts"));
    weigh_->setCheckable(true);
    weigh_->setText(tr("Weight experts"));
    weigh_->setIcon(icon(QStringLiteral("adjust")));
    weigh_->setIconSize({2 * kGrid, 2 * kGrid});
    weigh_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    weigh_->setFont(text_font(TextSize::Caption));
    weigh_->setFocusPolicy(Qt::StrongFocus);
    weigh_->setToolTip(tip_of_weighing({}));
    layout_->addWidget(weigh_, 0, Qt::AlignLeft);
    connect(weigh_, &QToolButton::toggled, this, &ExpertBars::refresh_columns);
    connect(group_, &QButtonGroup::idClicked, this, &ExpertBars::chosen);
    set_bars(0);
}

void ExpertBars::set_bars(std::size_t count) {
    while (bars_.size() > count) {
        delete bars_.back()->parentWidget();  // deletes the row with its weight, too
        bars_.pop_back();
        weights_.pop_back();
        headings_.pop_back();
    }
    while (bars_.size() < count) {
        auto* const row = new QWidget(this);
        auto* const bar = new ExpertBar(row);
        auto* const weight = new ExpertWeight(row);
        auto* const heading = make_label(row, TextSize::Caption, true);
        heading->setContentsMargins(kGrid, kGrid, 0, 0);
        heading->hide();
        auto* const lines = new QVBoxLayout(row);
        lines->setContentsMargins(0, 0, 0, 0);
        lines->setSpacing(0);
        auto* const cells = new QHBoxLayout;
        cells->setSpacing(kGrid / 2);
        lines->addWidget(heading);
        lines->addLayout(cells);
        cells->addWidget(bar, 1);
        cells->addWidget(weight);
        bar->installEventFilter(this);
        group_->addButton(bar, static_cast<int>(bars_.size()));
        connect(weight, &ExpertWeight::changed, this, &ExpertBars::report_weights);
        layout_->insertWidget(static_cast<int>(bars_.size()), row);
        bars_.push_back(bar);
        weights_.push_back(weight);
        headings_.push_back(heading);
    }
    weigh_->setVisible(count > 1);
    refresh_columns();
}

void ExpertBars::set_heading(std::size_t bar, const QString& question) {
    headings_[bar]->setText(question);
    headings_[bar]->setVisible(!question.isEmpty());
}

bool ExpertBars::weighing() const {
    return weigh_->isChecked();
}

void ExpertBars::set_weighing(bool weighing) {
    weigh_->setChecked(weighing);
}

void ExpertBars::show_effects(bool shown) {
    effects_ = shown;
    refresh_columns();
}

bool ExpertBars::effects_shown() const {
    return effects_ && !(weighing() && bars_.size() > 1);
}

void ExpertBars::refresh_columns() {
    const bool shown = weighing() && bars_.size() > 1;
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        bars_[i]->set_narrow(!effects_shown());
        weights_[i]->setVisible(shown);
    }
    update();
}

void ExpertBars::report_weights() {
    std::vector<double> weights;
    for (const ExpertWeight* const weight : weights_)
        weights.push_back(weight->weight());
    Q_EMIT weights_changed(weights);
}

void ExpertBars::show_waiting(const std::vector<std::string>& names) {
    set_bars(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        bars_[i]->show_waiting(QString::fromStdString(names[i]));
        set_heading(i, {});
        weights_[i]->setEnabled(false);
    }
    choose(chosen_);
}

void ExpertBars::show_opinion(const PanelOpinion& opinion, const QuestionBands& bands) {
    set_bars(opinion.experts.size());
    const auto counting =
        std::count_if(opinion.experts.begin(), opinion.experts.end(),
                      [](const ExpertOpinion& expert) { return expert.weight > 0; });
    const std::vector<ExpertWords> words = words_for(opinion.experts);
    weigh_->setToolTip(tip_of_weighing(opinion));
    for (std::size_t i = 0; i < opinion.experts.size(); ++i) {
        const ExpertOpinion& expert = opinion.experts[i];
        const bool asked = !opinion.answers.empty();
        bars_[i]->show_opinion(
            expert, words[i], asked ? opinion.answers[expert.question].score : opinion.score,
            bands_for(opinion, expert.question, bands),
            out_of_scope(opinion, expert.question).empty(), beyond_gate(opinion, expert));
        if (fusion_of(opinion, expert.question) != nullptr)
            bars_[i]->setToolTip(
                bars_[i]->toolTip() + QLatin1Char('\n') +
                tr("A fitted fusion combines the experts, and its log-odds count %1 times. Without "
                   "it: as if they were 0.")
                    .arg(QString::number(share_of_combination(opinion, expert), 'f', 2)));
        const bool another = i == 0 || opinion.experts[i - 1].question != expert.question;
        set_heading(i, asked && another
                           ? QString::fromStdString(say(opinion.answers[expert.question].text))
                           : QString());
        // The weights are those of every picture, and on others the expert may have an opinion.
        weights_[i]->setEnabled(expert.available());
        weights_[i]->show_weight(QString::fromStdString(words[i].title),
                                 expert.available() ? expert.weight : 1,
                                 counting > (expert.weight > 0 ? 1 : 0));
    }
    if (weighted_by_hand(opinion))
        set_weighing(true);
    choose(chosen_);
}

void ExpertBars::choose(int expert) {
    chosen_ = expert;
    const bool shown = expert >= 0 && expert < bar_count();
    group_->setExclusive(shown);
    for (int bar = 0; bar < bar_count(); ++bar)
        bars_[static_cast<std::size_t>(bar)]->setChecked(shown && bar == expert);
}

void ExpertBars::paintEvent(QPaintEvent*) {
    if (bars_.empty())
        return;
    QPainter painter(this);
    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(look().quiet);
    const Columns columns =
        columns_of(QRectF(0, 0, bars_.front()->width(), kHeadHeight), !effects_shown());
    painter.drawText(columns.name, Qt::AlignLeft | Qt::AlignVCenter, tr("Expert"));
    painter.drawText(columns.bar, Qt::AlignLeft | Qt::AlignVCenter, tr("real"));
    painter.drawText(columns.bar, Qt::AlignRight | Qt::AlignVCenter, tr("fake"));
    painter.drawText(columns.score, Qt::AlignRight | Qt::AlignVCenter, tr("Score"));
    if (weights_.front()->isVisibleTo(this))
        painter.drawText(QRect(0, 0, width(), kHeadHeight), Qt::AlignRight | Qt::AlignVCenter,
                         tr("Weight"));
    else if (effects_shown())
        painter.drawText(columns.effect, Qt::AlignRight | Qt::AlignVCenter, effect_heading());
}

void ExpertBars::toggle_mute(std::size_t expert) {
    set_weighing(true);
    weights_[expert]->toggle_mute();
}

QMenu* ExpertBars::context_menu(int expert) {
    const auto at = static_cast<std::size_t>(expert);
    ExpertBar* const bar = bars_[at];
    ExpertWeight* const weight = weights_[at];
    auto* const menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("&Show its map"), bar, &QAbstractButton::click);
    QAction* const mute = menu->addAction(weight->weight() == 0 ? tr("Un&mute it") : tr("&Mute it"),
                                          weight, [this, at] { toggle_mute(at); });
    mute->setEnabled(bar_count() > 1 && weight->may_toggle_mute());
    const QString figure = bar->figure();
    QAction* const copy = menu->addAction(tr("&Copy its score"), [name = bar->text(), figure] {
        QApplication::clipboard()->setText(tr("%1: %2").arg(name, figure));
    });
    copy->setEnabled(!figure.isEmpty());
    return menu;
}

bool ExpertBars::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            const auto found = std::find(bars_.begin(), bars_.end(), watched);
            const int to = static_cast<int>(found - bars_.begin()) + (key == Qt::Key_Down ? 1 : -1);
            if (to >= 0 && to < bar_count()) {
                bars_[static_cast<std::size_t>(to)]->setFocus(Qt::TabFocusReason);
                bars_[static_cast<std::size_t>(to)]->click();
            }
            return true;
        }
        if (key == Qt::Key_M && bar_count() > 1) {
            const auto found = std::find(bars_.begin(), bars_.end(), watched);
            toggle_mute(static_cast<std::size_t>(found - bars_.begin()));
            return true;
        }
    }
    if (event->type() == QEvent::ContextMenu) {
        const auto found = std::find(bars_.begin(), bars_.end(), watched);
        if (found != bars_.end() && (*found)->isEnabled()) {
            context_menu(static_cast<int>(found - bars_.begin()))
                ->popup(static_cast<QContextMenuEvent*>(event)->globalPos());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace dfd::ui
