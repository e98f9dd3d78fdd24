#include "ui/window/commands/picture_commands.h"

#include <QAction>
#include <QMenu>

#include "core/base/language.h"
#include "core/opinion/expert_words.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/commands/kept_number.h"
#include "ui/window/commands/welcome_page.h"

namespace dfd::ui {

PictureCommands::PictureCommands(Shell& shell, PicturePane& picture, VerdictPane& verdict,
                                 WelcomePage& welcome)
    : Study(shell),
      shell_(shell),
      picture_(picture),
      verdict_(verdict),
      welcome_(welcome),
      loader_(new PictureLoader(shell.threads(), this)) {
    connect_maps();
    connect(loader_, &PictureLoader::loaded, this,
            [this](const PictureKey& key, const PyramidPtr& opened) {
                picture_.show_picture(key, opened);
                opened_key_ = key;
                opened_ = opened;
                shell_.tell_studies(&Study::picture_opened);
            });
    connect(loader_, &PictureLoader::failed, this,
            [this](const PictureKey& /*key*/, const QString& why) { tell_unopened(why); });
}

void PictureCommands::connect_maps() {
    OverlayControls* const controls = picture_.controls();
    connect(verdict_.bars(), &ExpertBars::chosen, this, [controls](int expert) {
        OverlaySettings choice = controls->settings();
        choice.map = expert;
        controls->set_settings(choice);
        Q_EMIT controls->changed();
    });
    const auto follow_map = [this] {
        verdict_.bars()->choose(picture_.controls()->settings().map);
    };
    connect(controls, &OverlayControls::changed, this, follow_map);
    connect(picture_.strip(), &MapStrip::chosen, this, follow_map);
    const auto tell_choice = [this] { shell_.tell_studies(&Study::map_chosen); };
    connect(picture_.strip(), &MapStrip::chosen, this, tell_choice);
    connect(verdict_.bars(), &ExpertBars::chosen, this, tell_choice);
    connect(verdict_.card(), &VerdictCard::details_toggled, verdict_.bars(),
            &ExpertBars::show_effects);
    connect(verdict_.card(), &VerdictCard::help_requested, this,
            [this] { shell_.action("read_result")->trigger(); });
    connect(&verdict_, &VerdictPane::tab_changed, this,
            [this] { shell_.tell_studies(&Study::tab_changed); });
}

void PictureCommands::add_actions(QMenu* menu) {
    PictureView* const view = picture_.view();
    OverlayControls* const controls = picture_.controls();
    shell_.add_action(menu, "fit", QStringLiteral("fit"), tr("&Fit the whole picture"),
                      tr("Ctrl+0"), [view] { view->zoom_to_fit(); });
    shell_.add_action(menu, "actual", QStringLiteral("actual"), tr("&Actual pixels"), tr("Ctrl+1"),
                      [view] { view->zoom_to_actual_pixels(); });
    shell_
        .add_action(menu, "zoom_in", QStringLiteral("zoom_in"), tr("Zoom &in"),
                    QKeySequence::ZoomIn, [view] { view->zoom_by(1.25); })
        ->setShortcuts({tr("Ctrl++"), tr("Ctrl+=")});
    shell_.add_action(menu, "zoom_out", QStringLiteral("zoom_out"), tr("Zoom &out"),
                      QKeySequence::ZoomOut, [view] { view->zoom_by(0.8); });
    menu->addSeparator();
    shell_.add_action(menu, "toggle_map", QStringLiteral("overlay"),
                      tr("Show or hide the &heatmap"), tr("Ctrl+H"),
                      [controls] { controls->toggle_map(); });
    shell_.add_action(menu, "next_map", {}, tr("&Next expert's heatmap"), tr("Ctrl+]"),
                      [controls] { controls->step_map(1); });
    shell_.add_action(menu, "previous_map", {}, tr("&Previous expert's heatmap"), tr("Ctrl+["),
                      [controls] { controls->step_map(-1); });
    const auto add_mode = [&](const char* name, const QString& label, const QString& shortcut,
                              CompareMode mode) {
        shell_.add_action(menu, name, {}, label, shortcut, [controls, mode] {
            OverlaySettings choice = controls->settings();
            choice.mode = choice.mode == mode ? CompareMode::Overlay : mode;
            controls->set_settings(choice);
            Q_EMIT controls->changed();
        });
    };
    add_mode("side_by_side", tr("&Side by side"), tr("Ctrl+D"), CompareMode::SideBySide);
    add_mode("blink", tr("&Blink"), tr("Ctrl+B"), CompareMode::Blink);
}

void PictureCommands::attach(Collection& collection) {
    Study::attach(collection);
    disconnect(attached_);
    attached_ = connect(&collection, &Collection::changed, this, &PictureCommands::show);
}

void PictureCommands::show() {
    const Exhibit* const exhibit = collection().current();
    if (picture_.shown() != (exhibit != nullptr ? std::optional(exhibit->key()) : std::nullopt)) {
        verdict_.scroll_to_top();
        shell_.banners().dismiss(std::exchange(unopened_banner_, {}));
        loader_->forget();
        if (exhibit != nullptr)
            collection().open_current(*loader_);
    }
    VerdictContext context;
    std::vector<std::string> experts;
    if (const auto by = collection().shown_by()) {
        context.starter = by->panel.starter;
        context.panel = QString::fromStdString(say(by->panel.title));
        context.precision = QLatin1String(precision_name(by->precision));
        context.device = QString::fromStdString(by->device);
        context.bands = collection().bands();
        experts = offer_maps(by->panel);
    }
    context.waiting = collection().waiting();
    context.any = !collection().is_empty();
    verdict_.show_exhibit(exhibit, context, experts);
    QStringList title;
    if (const QString name = collection().title(); !name.isEmpty())
        title.append(name);
    if (exhibit != nullptr) {
        picture_.show_exhibit(*exhibit, collection().thumbnail());
        title.append(exhibit->name);
    } else {
        picture_.show_welcome();
        welcome_.show(collection().welcome());
    }
    verdict_.bars()->choose(picture_.controls()->settings().map);
    Q_EMIT titled(title.join(QStringLiteral(" – ")));
    shell_.refresh_actions();
}

std::vector<std::string> PictureCommands::offer_maps(const PanelRecord& panel) {
    QStringList names, questions;
    std::vector<std::string> titles;
    for (const ExpertWords& words : words_for(panel.experts)) {
        names.append(QString::fromStdString(words.title));
        titles.push_back(words.title);
    }
    for (const Question& question : panel.questions)
        questions.append(QString::fromStdString(say(question.text)));
    picture_.set_experts(names, questions);
    return titles;
}

void PictureCommands::tell_unopened(const QString& why) {
    const Collection::Unopened now = collection().unopened(why);
    if (!now.note.isEmpty())
        picture_.view()->set_preview_note(now.note);
    if (now.sentence.isEmpty())
        return;
    unopened_banner_ = now.sentence;
    shell_.tell(Severity::Warning, now.sentence);
}

void PictureCommands::restore(const QSettings& settings) {
    OverlaySettings choice;
    choice.opacity = kept_number(settings, "heatmap/opacity", 70, 100) / 100.0;
    choice.colours = static_cast<ColourMap>(kept_number(settings, "heatmap/colours", 0, 1));
    choice.scale = static_cast<MapScale>(kept_number(settings, "heatmap/scale", 0, 1));
    choice.mode = static_cast<CompareMode>(kept_number(settings, "heatmap/mode", 0, 1));
    picture_.controls()->set_settings(choice);
}

void PictureCommands::store(QSettings& settings) const {
    const OverlaySettings& choice = picture_.controls()->settings();
    settings.setValue(QStringLiteral("heatmap/opacity"), qRound(choice.opacity * 100));
    settings.setValue(QStringLiteral("heatmap/colours"), static_cast<int>(choice.colours));
    settings.setValue(QStringLiteral("heatmap/scale"), static_cast<int>(choice.scale));
    settings.setValue(QStringLiteral("heatmap/mode"), static_cast<int>(choice.mode));
}

}  // namespace dfd::ui
