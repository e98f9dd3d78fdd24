// Saves pictures of the window in all its states to a folder, for designers and reviewers:
//   QT_QPA_PLATFORM=offscreen window_gallery FOLDER [experts]
// With "experts": only the page of Install for other people's experts. DFD_LANGUAGE=de: in German.
// Scores come from the tests' fake panel; do not use the pictures in documents.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QKeyEvent>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <cstdio>
#include <filesystem>

#include "tests/ui/painted_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/banner.h"
#include "ui/look/drop_curtain.h"
#include "ui/look/language.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/presentation/presentation.h"
#include "ui/studies/presentation/presentation_study.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/expert_page.h"
#include "ui/window/install_dialog.h"

using namespace dfd;
using namespace dfd::test;

namespace {

void settle() {
    for (int round = 0; round < 20; ++round)
        QApplication::processEvents();
}

class Gallery {
  public:
    explicit Gallery(const QString& folder) : folder_(folder) {
        folder_.mkpath(QStringLiteral("."));
    }

    void save(QWidget* widget, const QString& name) {
        settle();
        const QString file = folder_.filePath(name + QStringLiteral(".png"));
        widget->grab().save(file);
        std::printf("%s\n", qPrintable(file));
    }

    void save(const QImage& image, const QString& name) {
        const QString file = folder_.filePath(name + QStringLiteral(".png"));
        image.save(file);
        std::printf("%s\n", qPrintable(file));
    }

    static void press(QWidget* widget, Qt::Key key) {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(widget, &event);
    }

  private:
    QDir folder_;
};

/// The page for other people's experts, with the examples and the real checks. It stands alone: in
/// the window a panel that is added would be opened.
void show_experts(Gallery& gallery, ui::Appearance::Choice choice, const QString& suffix) {
    WindowFixture fixture;
    fixture.appearance->choose(choice);
    const QTemporaryDir folder;
    qputenv("DFD_PANELS", folder.path().toUtf8());
    const QDir examples(QStringLiteral(DFD_SOURCE_DIR "/resources/experts"));
    ui::Backend backend = ui::core_backend("cpu", Precision::Float32);
    backend.list_panels = [] {
        std::vector<ListedPanel> panels;
        for (const char* const name : {"mine", "newsroom"}) {
            auto& panel = panels.emplace_back().record;
            panel.name = name;
            panel.title = name == std::string("mine") ? "My experts" : "Newsroom";
            panel.folder = std::string("/nowhere/") + name;
        }
        panels.back().record.questions = {{"generated", "Made by a generator?", "", ""},
                                          {"edited", "Edited in places?", "", ""}};
        return panels;
    };
    const auto show = [&](const char* name, const auto& prepare) {
        ui::InstallDialog dialog(backend, *fixture.threads);
        dialog.show();
        dialog.findChild<QTabWidget*>()->setCurrentIndex(1);
        auto* const chooser = dialog.experts().findChild<QComboBox*>();
        wait_for([&] { return chooser->count() == 3; });
        prepare(dialog, *chooser);
        settle();
        gallery.save(&dialog, QLatin1String(name) + QLatin1Char('_') + suffix);
    };
    const auto press_check = [](ui::InstallDialog& dialog) {
        for (auto* const button : dialog.experts().findChildren<QPushButton*>())
            if (button->text() == ui::ExpertPage::tr("&Check"))
                button->click();
    };
    const auto read = [&](ui::InstallDialog& dialog, const QString& manifest) {
        dialog.offer_file(manifest);
        wait_for([&] { return !dialog.experts().report().isEmpty(); });
    };
    show("expert_nothing", [](ui::InstallDialog&, QComboBox&) {});
    show("expert_model", [&](ui::InstallDialog& dialog, QComboBox& chooser) {
        read(dialog, examples.filePath(QStringLiteral("clip-probe/manifest.json")));
        chooser.setCurrentIndex(1);  // asks two questions
    });
    show("expert_passed", [&](ui::InstallDialog& dialog, QComboBox& chooser) {
        read(dialog, examples.filePath(QStringLiteral("noise-map/manifest.json")));
        chooser.setCurrentIndex(2);
        press_check(dialog);
        wait_for([&] { return !dialog.experts().working(); });
    });
    show("expert_refused", [&](ui::InstallDialog& dialog, QComboBox&) {
        const QDir wrong(folder.filePath(QStringLiteral("wrong")));
        std::filesystem::copy(ui::to_path(examples.filePath(QStringLiteral("smoothness"))),
                              ui::to_path(wrong.path()),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::update_existing);
        QFile manifest(wrong.filePath(QStringLiteral("manifest.json")));
        manifest.open(QIODevice::ReadWrite);
        QByteArray text = manifest.readAll();
        text.replace("\"high\"", "\"low\"");
        manifest.seek(0);
        manifest.resize(0);
        manifest.write(text);
        manifest.close();
        read(dialog, manifest.fileName());
        press_check(dialog);
        wait_for([&] { return !dialog.experts().working(); });
    });
    fixture.panels.installing->close();
    backend.check_expert = [&](const ForeignFiles&, const Progress& progress,
                               std::stop_token stop) -> ExpertCheck {
        progress(2, 5, "Asking about canary-left.png");
        fixture.panels.installing->pass(stop);
        return {};
    };
    show("expert_checking", [&](ui::InstallDialog& dialog, QComboBox&) {
        read(dialog, examples.filePath(QStringLiteral("noise-map/manifest.json")));
        press_check(dialog);
        wait_for([&] { return fixture.panels.installing->waiting() > 0; });
        settle();
    });
    fixture.panels.installing->open();
}

void show_states(Gallery& gallery, ui::Appearance::Choice choice, const QString& suffix,
                 int experts) {
    WindowFixture fixture;
    if (experts != 3) {
        fixture.panels = {};
        fixture.panels.add(fake_panel("published", experts, false));
    }
    QTemporaryDir pictures;
    const QDir folder(pictures.path());
    for (int i = 0; i < 9; ++i)
        save_picture(folder, QStringLiteral("evening_%1.jpg").arg(i + 1, 2, 10, QLatin1Char('0')),
                     landscape(i, i % 3 == 0 ? 0.0 : 0.45 * (i % 3) + 0.1,
                               i == 4 ? QSize(700, 1000) : QSize(1200, 800)));
    save_picture(folder, QStringLiteral("tiny.png"),
                 plain_picture(QColor(150, 120, 110), {48, 40}));
    save_bytes(folder, QStringLiteral("broken.jpg"),
               QByteArray("\xff\xd8\xff\xe0 nothing more", 20));

    ui::MainWindow& window = fixture.open(ui::to_path(pictures.path()));
    fixture.appearance->choose(choice);
    window.resize(1280, 800);
    wait_for([&] { return window.session().panel_state() == ui::PanelState::Ready; });
    gallery.save(&window, QStringLiteral("empty_") + suffix);

    window.open_paths({ui::to_path(pictures.path())});
    wait_for([&] { return window.session().exhibits().rowCount() == 11; });
    wait_for([&] { return !window.session().busy(); });
    const auto select = [&](const QString& name) {
        auto& model = window.session().exhibits();
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.at(row).name == name) {
                window.exhibits().make_current(model.at(row).id);
                wait_for([&] {
                    return window.picture().view()->has_full_resolution() ||
                           model.at(row).state == ExaminationState::Failed;
                });
            }
    };
    select(QStringLiteral("evening_03.jpg"));
    gallery.save(&window, QStringLiteral("scored_") + suffix);
    std::vector<double> weights(static_cast<std::size_t>(experts), 1.0);
    weights[0] = 0;
    weights[1] = 0.5;
    window.session().set_weights(weights);
    gallery.save(&window, QStringLiteral("weighted_") + suffix);
    window.session().set_weights({});
    window.verdict().bars()->set_weighing(false);
    window.action("side_by_side")->trigger();
    gallery.save(&window, QStringLiteral("side_by_side_") + suffix);
    window.action("side_by_side")->trigger();
    QApplication::clipboard()->clear();
    window.action("copy_picture")->trigger();  // beside its heatmap, with a caption
    gallery.save(QApplication::clipboard()->image(), QStringLiteral("sheet_") + suffix);
    window.resize(1280, 680);
    window.banners().show_message(ui::Severity::Warning,
                                  QStringLiteral("A message, which moves nothing."));
    gallery.save(&window, QStringLiteral("small_") + suffix);
    window.banners().dismiss(QStringLiteral("A message, which moves nothing."));
    for (const char* const name : {"shortcuts", "about_panel"}) {
        window.action(name)->trigger();
        QDialog* const dialog = window.findChildren<QDialog*>().last();
        gallery.save(dialog, QLatin1String(name) + QLatin1Char('_') + suffix);
        delete dialog;
    }
    window.action("present")->trigger();
    ui::Presentation* const stage = window.study<ui::PresentationStudy>().stage();
    stage->showNormal();  // the offscreen platform's screen is square
    stage->resize(1280, 720);
    stage->set_animated(false);
    gallery.press(stage, Qt::Key_Right);
    gallery.save(stage, QStringLiteral("vote_") + suffix);
    gallery.press(stage, Qt::Key_Question);
    gallery.save(stage, QStringLiteral("keys_") + suffix);
    gallery.press(stage, Qt::Key_Question);
    gallery.press(stage, Qt::Key_A);
    gallery.save(stage, QStringLiteral("verdict_") + suffix);
    delete stage;
    window.resize(1680, 1050);
    select(QStringLiteral("evening_08.jpg"));
    window.exhibits().set_order(ui::OrderBy::Disagreement, Qt::DescendingOrder);
    gallery.save(&window, QStringLiteral("large_") + suffix);
    window.resize(1280, 800);
    select(QStringLiteral("broken.jpg"));
    gallery.save(&window, QStringLiteral("failed_") + suffix);
    select(QStringLiteral("tiny.png"));
    window.banners().show_message(
        ui::Severity::Warning,
        QStringLiteral("Only the web address of the picture was received, and this program does "
                       "not use the network. Save the picture to a file and drop the file, or copy "
                       "the picture itself and paste it."));
    gallery.save(&window, QStringLiteral("tiny_") + suffix);

    fixture.panels.scoring->close();
    select(QStringLiteral("evening_05.jpg"));
    std::vector<ui::ListedId> all = window.exhibits().shown();
    window.session().examine_again(all);
    wait_for([&] { return fixture.panels.scoring->waiting() > 0; });
    gallery.save(&window, QStringLiteral("busy_") + suffix);
    window.session().cancel_all();
    gallery.save(&window, QStringLiteral("cancelled_") + suffix);
    fixture.panels.scoring->open();

    fixture.panels.fail_install =
        "weight.pth is damaged: the stored checksum of tensor "
        "\"3.baseline_extractor.conv_stem.weight\" does not match its bytes. Download the file "
        "again and compare its size with the published one.";
    window.open_install_dialog({folder.filePath(QStringLiteral("weight.pth")),
                                folder.filePath(QStringLiteral("ema.state"))});
    auto* const dialog = window.findChild<ui::InstallDialog*>();
    gallery.save(dialog, QStringLiteral("install_") + suffix);
    QMetaObject::invokeMethod(dialog, [dialog] {
        for (auto* const button : dialog->findChildren<QPushButton*>())
            if (button->isDefault())
                button->click();
    });
    wait_for([&] { return !dialog->problem().isEmpty(); });
    dialog->adjustSize();
    gallery.save(dialog, QStringLiteral("install_failed_") + suffix);
    dialog->close();

    window.open_case(ui::to_path(folder.filePath(QStringLiteral("review.dfd"))), true);
    wait_for([&] { return window.case_controller().is_open(); });
    window.open_paths({ui::to_path(pictures.path())});
    wait_for([&] { return window.case_controller().summary().counts.scored == 10; });
    wait_for([&] { return window.picture().view()->has_full_resolution(); });
    window.resize(1280, 680);
    gallery.save(&window, QStringLiteral("case_") + suffix);
    window.case_pane().filter_bar()->set_open(true);
    gallery.save(&window, QStringLiteral("case_filters_") + suffix);
    window.action("add_note")->trigger();
    gallery.save(&window, QStringLiteral("case_note_") + suffix);
}

void show_missing_panel(Gallery& gallery) {
    WindowFixture fixture;
    fixture.panels.fail_open =
        "No panel was found. Install the published panel, or set DFD_PANELS to a folder that "
        "holds one.";
    ui::MainWindow& window = fixture.open();
    window.resize(1280, 800);
    wait_for([&] { return window.session().panel_state() == ui::PanelState::Missing; });
    gallery.save(&window, QStringLiteral("no_panel"));
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const bool experts = argc == 3 && std::string(argv[2]) == "experts";
    if (argc != 2 && !experts) {
        std::fprintf(stderr, "Usage: window_gallery FOLDER [experts]\n");
        return 2;
    }
    ui::speak(ui::language_at_start({}, {}));
    Gallery gallery(QString::fromLocal8Bit(argv[1]));
    for (const bool dark : {false, true}) {
        const auto choice = dark ? ui::Appearance::Choice::Dark : ui::Appearance::Choice::Light;
        const auto suffix = dark ? QStringLiteral("dark") : QStringLiteral("light");
        show_experts(gallery, choice, suffix);
        if (!experts)
            show_states(gallery, choice, suffix, dark ? 7 : 3);
    }
    if (!experts)
        show_missing_panel(gallery);
    return 0;
}
