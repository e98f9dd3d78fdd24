#include "ui/picture/picture_pane.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/base/language.h"
#include "core/panel/panel_record.h"
#include "ui/look/appearance.h"
#include "ui/look/message_page.h"
#include "ui/look/wording.h"
#include "ui/picture/colour_scale.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/zoom_bar.h"

namespace dfd::ui {
namespace {

constexpr int kHeatmapSide = 768;  ///< longest side of interpolated heatmaps, in pixels

}  // namespace

PicturePane::PicturePane(QWidget* parent)
    : QWidget(parent),
      pages_(new QStackedWidget(this)),
      welcome_(new MessagePage(this)),
      failure_(new MessagePage(this)),
      work_(new QWidget(this)),
      controls_(new OverlayControls(work_)),
      view_(new PictureView(work_)),
      scale_(new ColourScale(work_)),
      strip_(new MapStrip(work_)) {
    work_->setProperty("pane", true);
    work_->setAttribute(Qt::WA_StyledBackground);

    auto* const below = new QHBoxLayout;
    below->setContentsMargins(2 * kGrid, kGrid / 2, kGrid, kGrid / 2);
    below->setSpacing(2);
    below->addWidget(scale_, 1);
    below->addWidget(new ZoomBar(view_, work_));

    auto* const strip_row = new QHBoxLayout;
    strip_row->setContentsMargins(kGrid, 0, kGrid, kGrid / 2);
    strip_row->addWidget(strip_);

    auto* const column = new QVBoxLayout(work_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(controls_);
    column->addWidget(view_, 1);
    column->addLayout(below);
    column->addLayout(strip_row);

    pages_->addWidget(welcome_);
    pages_->addWidget(work_);
    pages_->addWidget(failure_);
    auto* const all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(pages_);

    connect(controls_, &OverlayControls::changed, this, [this] {
        if (controls_->settings().map != kNoMap)
            set_aside_.reset();
        refresh_strip();
        refresh_overlay();
    });
    connect(strip_, &MapStrip::chosen, this, [this](int map) {
        OverlaySettings settings = controls_->settings();
        settings.map = map;
        set_aside_.reset();
        controls_->set_settings(settings);
        refresh_overlay();
    });
    connect(view_, &PictureView::zoom_changed, this, &PicturePane::refresh_zoom);
}

void PicturePane::show_welcome() {
    shown_.reset();
    examination_.reset();
    evidence_.reset();
    small_ = {};
    view_->show_nothing();
    strip_->show_opinion({}, nullptr, controls_->settings().colours);
    pages_->setCurrentWidget(welcome_);
}

void PicturePane::set_experts(const QStringList& names, const QStringList& questions) {
    if (names == experts_ && questions == questions_)
        return;  // Refilling the box would close it while the user has it open.
    experts_ = names;
    questions_ = questions;
    controls_->set_experts(names, questions);
}

void PicturePane::show_exhibit(const Exhibit& exhibit, const QImage& thumbnail) {
    const bool another = shown_ != exhibit.key();
    if (another) {
        evidence_.reset();
        withheld_ = false;
    }
    shown_ = exhibit.key();
    name_ = exhibit.name;
    examination_ = exhibit.examination;
    if (exhibit.state == ExaminationState::Failed) {
        failure_->set_message(
            QStringLiteral("error"), exhibit.name,
            QString::fromStdString(say_again(exhibit.examination->failure.message)));
        pages_->setCurrentWidget(failure_);
        return;
    }
    const QSize size = examination_ ? QSize(examination_->width, examination_->height) : QSize();
    if (another || (!view_->has_full_resolution() && view_->picture_size() != size)) {
        small_ = thumbnail;
        view_->show_preview(thumbnail, size);
    } else if (small_.isNull()) {
        small_ = thumbnail;
    }
    pages_->setCurrentWidget(work_);
    set_map_aside();
    refresh_strip();
    refresh_overlay();
}

void PicturePane::set_map_aside() {
    OverlaySettings settings = controls_->settings();
    const int wanted = set_aside_.value_or(settings.map);
    const bool withheld =
        examination_ && examination_->opinion &&
        !out_of_scope(*examination_->opinion, question_of_map(*examination_->opinion, wanted))
             .empty();
    const bool handled = withheld ? withheld_ : !set_aside_;
    withheld_ = withheld;
    if (handled)
        return;
    if (withheld)
        set_aside_ = wanted;
    else
        set_aside_.reset();
    settings.map = withheld ? kNoMap : wanted;
    controls_->set_settings(settings);
}

void PicturePane::show_picture(const PictureKey& key, const PyramidPtr& picture) {
    if (shown_ != key)
        return;
    view_->show_picture(picture);
    small_ = picture->levels.back();
    refresh_strip();
    refresh_overlay();
}

void PicturePane::set_supports(const PictureKey& key, const MapSupports& supports) {
    if (key == supported_ && supports == supports_)
        return;
    supported_ = key;
    supports_ = supports;
    if (shown_ != key)
        return;
    refresh_strip();
    refresh_overlay();
}

MapSupports PicturePane::supports_of(const PictureKey& key) const {
    return key == supported_ ? supports_ : MapSupports();
}

void PicturePane::show_evidence(std::optional<Evidence> evidence) {
    if (!evidence && !evidence_)
        return;
    evidence_ = std::move(evidence);
    refresh_overlay();
}

namespace {

/// What the values of a map are; `layer` as in ExpertOpinion::map_layer, empty for a mean.
QString units_of(const std::string& layer) {
    if (layer == kOwnMap)
        return PicturePane::tr(
            "The expert's own map, not made here: the log-odds of \"fake\" that it gives each "
            "place,");
    if (layer == kOcclusion)
        return PicturePane::tr(
            "Occlusion: how much the log-odds of \"fake\" fall when a place is made "
            "unrecognisable,");
    return PicturePane::tr("Grad-CAM towards \"fake\" in raw units,");
}

}  // namespace

PicturePane::Drawn PicturePane::drawn() const {
    const bool scored = examination_ && examination_->opinion;
    Drawn drawn;
    if (evidence_) {
        drawn = {evidence_->map, evidence_->scale_max, true, evidence_->meaning, {}};
        drawn.standing = standing_of(
            evidence_->map, {.assessed = !scored || !dfd::no_assessment(*examination_->opinion),
                             .support = evidence_->support,
                             .is_signed = true});
        return drawn;
    }
    if (!scored)
        return drawn;
    const PanelOpinion& opinion = *examination_->opinion;
    drawn.map = selected_map(opinion, controls_->settings().map);
    drawn.scale_max =
        scale_maximum(opinion, controls_->settings().map, controls_->settings().scale);
    drawn.name = controls_->map_name();
    if (const auto at = static_cast<std::size_t>(std::max(0, controls_->settings().map));
        controls_->settings().map >= 0 && at < opinion.experts.size())
        drawn.layer = opinion.experts[at].map_layer;
    QStringList reasons;
    for (const OutOfScope& each :
         out_of_scope(opinion, question_of_map(opinion, controls_->settings().map)))
        reasons.append(QString::fromStdString(each.reason));
    drawn.no_assessment = reasons.join(QLatin1Char(' '));
    drawn.standing = standing_of(opinion, controls_->settings().map, supports_of(*shown_));
    return drawn;
}

void PicturePane::refresh_overlay() {
    const OverlaySettings& settings = controls_->settings();
    if (examination_ && examination_->opinion)
        controls_->name_combined(*examination_->opinion);
    view_->set_mode(settings.mode);
    strip_->choose(evidence_ ? kNoMap : settings.map);
    const Drawn now = drawn();
    const QSize size =
        view_->picture_size().scaled(kHeatmapSide, kHeatmapSide, Qt::KeepAspectRatio);
    if (evidence_) {
        view_->set_overlay(signed_heatmap(now.map, now.scale_max,
                                          settings.opacity * opacity_factor(now.standing), size),
                           standing_text(now.standing));
        scale_->set_signed_scale(now.scale_max, evidence_->towards, evidence_->meaning);
        scale_->setToolTip(tool_tip_text(scale_->range() + QLatin1Char('\n') + evidence_->detail));
        refresh_zoom();
        return;
    }
    view_->set_overlay(standing_heatmap(now.map, now.standing, now.scale_max, settings.colours,
                                        settings.opacity, size),
                       standing_text(now.standing));

    QString meaning;
    QString detail;
    const bool common = settings.scale == MapScale::Common && settings.map >= 0;
    if (!now.no_assessment.isEmpty())
        meaning = tr("No assessment. %1").arg(now.no_assessment);
    else if (settings.map == kNoMap)
        meaning = tr("The heatmap is hidden.");
    else if (now.map.values.empty())
        meaning = tr("The heatmap appears once the picture has been examined.");
    else if (!(now.scale_max > 0))
        meaning = tr("No expert found evidence for a fake: every value is 0.");
    else if (now.layer == kOwnMap)
        meaning = common ? tr("The expert's own map; one scale for all experts")
                         : tr("The expert's own map");
    else if (common)
        meaning = questions_.isEmpty()
                      ? tr("Evidence for fake; one scale for all experts")
                      : tr("Evidence for fake; one scale for the experts of its question");
    else
        meaning = tr("Evidence for fake");
    if (now.scale_max > 0)
        detail = units_of(now.layer) + QLatin1Char(' ') +
                 tr("from 0 to %1, the largest value of %2. "
                    "Places without evidence stay grey. The line surrounds the strongest ninth; a "
                    "faint map without a line is not concentrated, or not supported by its "
                    "deletion test. A map shows what the score rests on, not what was changed.")
                     .arg(static_cast<double>(now.scale_max), 0, 'g', 2)
                     .arg(common ? tr("any map of its question") : tr("this map"));
    if (!is_complete(now.map)) {
        meaning += QLatin1Char(' ') + tr("No expert looked at the veiled places.");
        detail += QLatin1Char(' ') + tr("Veiled places (dark, with thin diagonal lines) were not "
                                        "looked at: the experts read only windows of so large a "
                                        "picture.");
    }
    scale_->set_scale(settings.colours, now.map.values.empty() ? 0 : now.scale_max, meaning);
    scale_->setToolTip(detail.isEmpty() ? meaning : detail);
    refresh_zoom();
}

void PicturePane::refresh_strip() {
    const PanelOpinion* const opinion =
        examination_ && examination_->opinion ? &*examination_->opinion : nullptr;
    strip_->show_opinion(small_, opinion, controls_->settings().colours, experts_, questions_,
                         shown_ ? supports_of(*shown_) : MapSupports());
}

void PicturePane::refresh_zoom() {
    const QSize size = view_->picture_size();
    const int percent = static_cast<int>(std::lround(view_->zoom() * 100));
    view_->setAccessibleDescription(tr("%1, %2 by %3 pixels, shown at %4 percent")
                                        .arg(name_)
                                        .arg(size.width())
                                        .arg(size.height())
                                        .arg(percent));
}

}  // namespace dfd::ui
