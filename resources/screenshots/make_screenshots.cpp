// Creates the screenshots from the real window, a real panel and the bundled samples.
//   make_screenshots FOLDER [PANEL]
// Fails if a picture has no score. DFD_LANGUAGE=de: in German.
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QKeyEvent>
#include <QScopeGuard>
#include <QSettings>
#include <QTemporaryDir>
#include <QTreeView>
#include <QTreeWidget>
#include <cstdio>
#include <functional>

#include "core/panel/panel_calibration.h"
#include "ui/case/case_pane.h"
#include "ui/case/review_panel.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/appearance.h"
#include "ui/look/banner.h"
#include "ui/look/language.h"
#include "ui/look/samples.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/agreement/agreement_dialog.h"
#include "ui/studies/atlas/atlas_dialog.h"
#include "ui/studies/atlas/atlas_map.h"
#include "ui/studies/atlas/atlas_run.h"
#include "ui/studies/atlas/atlas_study.h"
#include "ui/studies/evidence/evidence_run.h"
#include "ui/studies/evidence/evidence_study.h"
#include "ui/studies/presentation/presentation.h"
#include "ui/studies/presentation/presentation_study.h"
#include "ui/studies/seen/seen_dialog.h"
#include "ui/studies/stability/stability_panel.h"
#include "ui/studies/stability/stability_run.h"
#include "ui/studies/stability/stability_study.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/main_window.h"
#include "ui/work/background_threads.h"

namespace {

using namespace dfd;

constexpr qint64 kPatience = 10 * 60 * 1000;  ///< milliseconds; enough for a slow machine

bool wait_for(const std::function<bool()>& condition) {
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > kPatience)
            return false;
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 50);
    }
    return true;
}

/// The sample with the highest score; 0 if none has a score.
ui::ListedId extreme(ui::ExhibitModel& model) {
    const ui::Exhibit* best = nullptr;
    for (int row = 0; row < model.rowCount(); ++row) {
        const ui::Exhibit& exhibit = model.at(row);
        if (exhibit.opinion() == nullptr)
            continue;
        if (best == nullptr || exhibit.opinion()->score > best->opinion()->score)
            best = &exhibit;
    }
    return best == nullptr ? 0 : best->id;
}

/// A case in use: the samples are scanned, and some have marks.
bool review_case(ui::MainWindow& window, const std::filesystem::path& file,
                 const std::filesystem::path& samples) {
    ui::CaseController& controller = window.case_controller();
    window.open_case(file, true);
    if (!wait_for([&] { return controller.is_open(); }))
        return false;
    window.open_paths({samples});
    if (!wait_for([&] { return controller.scan().running(); }) ||
        !wait_for([&] { return !controller.scan().running(); }))
        return false;
    const auto all_known = [&] {
        const auto rows = static_cast<std::size_t>(controller.summary().counts.exhibits);
        return rows > 0 && controller.model().ids().size() == rows &&
               controller.points()->size() == rows && controller.look_alikes() != nullptr;
    };
    if (!wait_for(all_known))
        return false;
    const ui::ExhibitIds ids = controller.model().ids();
    controller.close();
    // Signed with a role, so that no personal name appears in the documentation.
    std::unique_ptr<CaseFile> decided;
    if (!wait_for([&] {
            try {
                decided = std::make_unique<CaseFile>(file, CaseAccess::Write, "analyst");
            } catch (const CaseBusy&) {
                // The window closes its file on another thread.
            }
            return decided != nullptr;
        }))
        return false;
    mark_exhibits(*decided, std::vector{ids[0], ids[2]}, Mark::Suspicious);
    mark_exhibits(*decided, std::vector{ids[1]}, Mark::ToCheck);
    mark_exhibits(*decided, std::vector{ids[ids.size() - 1], ids[ids.size() - 2]}, Mark::Cleared);
    tag_exhibits(*decided, std::vector{ids[0]}, "ask for the original");
    add_note(*decided, ids[0], "Compare with the other frames of the series.");
    decided.reset();
    window.open_case(file);
    return wait_for(all_known) && wait_for([&] {
               window.case_pane().make_current(ids[0]);
               return window.verdict().review()->tags().size() == 1 &&
                      window.picture().view()->has_full_resolution();
           });
}

/// The studies of disagreement: windows and versions of the current picture, the experts'
/// agreement, the presentation.
bool show_desk(ui::MainWindow& window,
               const std::function<bool(QWidget&, const char*, ui::Appearance::Choice)>& save) {
    window.action("atlas")->trigger();
    ui::AtlasDialog* const atlas = window.study<ui::AtlasStudy>().dialog();
    if (!wait_for([&] { return !window.study<ui::AtlasStudy>().run().running(); }) ||
        !window.study<ui::AtlasStudy>().run().atlas()->complete ||
        !atlas->map()->has_full_resolution())
        return false;
    atlas->list()->setCurrentIndex(atlas->list()->model()->index(0, 0));
    atlas->map()->refresh_colours();
    bool saved = save(*atlas, "atlas-light.png", ui::Appearance::Choice::Light);
    atlas->close();
    window.action("stability")->trigger();
    if (!wait_for([&] { return !window.study<ui::StabilityStudy>().run().running(); }) ||
        window.study<ui::StabilityStudy>().run().known() == nullptr)
        return false;
    const QSize before = window.size();
    window.resize(before.width(), before.height() * 3 / 2);  // shows the curve below the card
    saved = save(window, "stability-light.png", ui::Appearance::Choice::Light) && saved;
    window.resize(before);
    window.action("disagreement")->trigger();
    auto* const dialog = window.findChild<ui::AgreementDialog*>();
    if (!wait_for([&] { return dialog->model().rowCount() > 0; }))
        return false;
    saved = save(*dialog, "agreement-light.png", ui::Appearance::Choice::Light) && saved;
    dialog->close();
    window.action("present")->trigger();
    ui::Presentation* const stage = window.study<ui::PresentationStudy>().stage();
    stage->showNormal();  // the offscreen platform's screen is square
    stage->resize(1600, 900);
    stage->set_animated(false);
    QKeyEvent vote(QEvent::KeyPress, Qt::Key_A, Qt::NoModifier);
    QApplication::sendEvent(stage, &vote);
    if (!stage->verdict_shown())
        return false;
    saved = save(*stage, "presentation-dark.png", ui::Appearance::Choice::Dark) && saved;
    stage->close();
    return saved;
}

/// Evidence maps of the current picture, and the dialog on what the networks saw.
bool show_evidence(ui::MainWindow& window,
                   const std::function<bool(QWidget&, const char*, ui::Appearance::Choice)>& save) {
    window.action("evidence")->trigger();
    if (!wait_for([&] { return !window.study<ui::EvidenceStudy>().run().running(); }) ||
        window.study<ui::EvidenceStudy>().run().known() == nullptr ||
        !window.study<ui::EvidenceStudy>().run().known()->complete())
        return false;
    const QSize before = window.size();
    window.resize(before.width(), before.height() * 3 / 2);  // shows every row of the tab
    bool saved = save(window, "evidence-light.png", ui::Appearance::Choice::Light);
    window.resize(before);
    window.action("seen")->trigger();
    auto* const dialog = window.findChild<ui::SeenDialog*>();
    if (!wait_for([&] { return !dialog->running(); }) || dialog->seen() == nullptr)
        return false;
    QTreeWidgetItem* const steps = dialog->list()->topLevelItem(0);
    dialog->list()->setCurrentItem(steps->child(steps->childCount() - 1));
    if (!wait_for([&] { return dialog->view()->has_full_resolution(); }))
        return false;
    saved = save(*dialog, "seen-light.png", ui::Appearance::Choice::Light) && saved;
    dialog->close();
    return saved;
}

/// A picture that the panel was not measured on: the window's own picture, all graphics.
bool show_no_assessment(ui::MainWindow& window, const std::filesystem::path& graphics,
                        const std::filesystem::path& samples) {
    const auto copy = samples / "screenshot.png";
    std::error_code problem;
    std::filesystem::copy_file(graphics, copy, problem);
    ui::ExaminationSession& session = window.session();
    const int before = session.exhibits().rowCount();
    window.open_paths({copy});
    if (!wait_for([&] { return session.exhibits().rowCount() > before && !session.busy(); }))
        return false;
    window.exhibits().make_current(session.exhibits().at(before).id);
    const bool shown = wait_for([&] { return window.picture().view()->has_full_resolution(); });
    std::filesystem::remove(copy, problem);
    return shown;
}

/// The same panel without its calibration, in a window of its own: numbers without words.
bool show_uncalibrated(const ui::MainWindow& calibrated, ui::MainWindow& window,
                       const std::filesystem::path& samples) {
    ui::ExaminationSession& session = window.session();
    window.resize(calibrated.size());
    window.show();
    if (!wait_for([&] { return !session.loading_panel(); }) || session.evaluator() == nullptr)
        return false;
    window.open_paths({samples});
    if (!wait_for([&] { return session.exhibits().rowCount() > 0 && !session.busy(); }))
        return false;
    const ui::ListedId id = extreme(session.exhibits());
    window.exhibits().make_current(id);
    return id != 0 && wait_for([&] { return window.picture().view()->has_full_resolution(); });
}

int fail(const QString& sentence) {
    std::fprintf(stderr, "%s\n", qPrintable(sentence));
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    ui::speak(ui::language_at_start({}, {}));
    if (argc < 2)
        return fail(QStringLiteral("Usage: make_screenshots FOLDER [PANEL]"));
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    if (!folder.mkpath(QStringLiteral(".")))
        return fail(QStringLiteral("%1 cannot be made.").arg(folder.path()));

    const QTemporaryDir scratch;
    QSettings settings(scratch.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("case/reviewer"), QStringLiteral("analyst"));
    ui::BackgroundThreads threads;
    ui::Appearance appearance;
    // Copied to a neutral folder, so that no personal path appears in the documentation.
    const std::filesystem::path samples = std::filesystem::temp_directory_path() / "samples";
    std::error_code problem;
    if (!std::filesystem::create_directory(samples, problem))
        return fail(QStringLiteral("%1 exists already or cannot be made; remove it and try again.")
                        .arg(ui::path_text(samples)));
    const auto remove_copy = qScopeGuard([&] {
        std::error_code ignored;
        std::filesystem::remove_all(samples, ignored);
    });
    for (const auto& sample : find_pictures(ui::samples_folder(), false))
        std::filesystem::copy_file(sample, samples / sample.filename(), problem);
    ui::MainWindow window({ui::core_backend("cpu", Precision::Float32), threads, appearance,
                           settings, argc > 2 ? argv[2] : "", samples});
    window.resize(1440, 900);
    window.show();
    ui::ExaminationSession& session = window.session();
    const auto save_widget = [&](QWidget& widget, const char* name, ui::Appearance::Choice choice) {
        appearance.choose(choice);
        for (int round = 0; round < 20; ++round)
            QApplication::processEvents();
        const QString file = folder.filePath(QLatin1String(name));
        std::printf("%s\n", qPrintable(file));
        return widget.grab().save(file);
    };
    const auto save = [&](const char* name, ui::Appearance::Choice choice) {
        return save_widget(window, name, choice);
    };

    if (!wait_for([&] { return !session.loading_panel(); }) || session.evaluator() == nullptr)
        return fail(session.panel_problem());
    const QString graphics = scratch.filePath(QStringLiteral("window.png"));
    bool saved = save(qPrintable(graphics), ui::Appearance::Choice::Light);
    window.open_paths({samples});
    if (!wait_for([&] { return session.exhibits().rowCount() > 0 && !session.busy(); }))
        return fail(QStringLiteral("The samples were not examined in time."));
    const ui::ListedId id = extreme(session.exhibits());
    if (id == 0)
        return fail(QStringLiteral("No sample could be scored."));
    window.exhibits().make_current(id);
    if (!wait_for([&] { return window.picture().view()->has_full_resolution(); }))
        return fail(QStringLiteral("A sample was not shown in time. ") +
                    window.banners().messages().join(QLatin1Char(' ')));
    saved = save("window-light.png", ui::Appearance::Choice::Light) && saved;
    saved = save("window-dark.png", ui::Appearance::Choice::Dark) && saved;
    if (!show_evidence(window, save_widget))
        return fail(QStringLiteral("The evidence was not ready in time."));
    if (!show_desk(window, save_widget))
        return fail(QStringLiteral("The disagreement dialog was not ready in time."));
    if (!show_no_assessment(window, ui::to_path(graphics), samples))
        return fail(QStringLiteral("The picture without an assessment was not shown in time."));
    saved = save("no-assessment-light.png", ui::Appearance::Choice::Light) && saved;
    {
        const auto bare = ui::to_path(scratch.filePath(QStringLiteral("bare")));
        std::filesystem::copy(session.evaluator()->panel().folder, bare, problem);
        std::filesystem::remove(bare / kCalibrationFile, problem);
        ui::MainWindow another({ui::core_backend("cpu", Precision::Float32), threads, appearance,
                                settings, bare, samples});
        if (!show_uncalibrated(window, another, samples))
            return fail(QStringLiteral("The panel without a calibration scored nothing in time."));
        saved = save_widget(another, "not-calibrated-light.png", ui::Appearance::Choice::Light) &&
                saved;
    }
    if (!review_case(window, ui::to_path(scratch.filePath(QStringLiteral("inquiry.dfdcase"))),
                     samples))
        return fail(QStringLiteral("The samples were not scanned into a case in time."));
    for (QWidget* const banner :
         window.banners().findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
        banner->hide();
    saved = save("case-light.png", ui::Appearance::Choice::Light) && saved;
    return saved ? 0 : fail(QStringLiteral("A screenshot could not be written."));
}
