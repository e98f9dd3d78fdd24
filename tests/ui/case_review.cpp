// A tool for the review of large cases: generates one, measures the window on it, saves pictures of
// its states.
//   case_review make FILE COUNT [questions]   of a panel that asks two questions
//   QT_QPA_PLATFORM=offscreen case_review measure FILE
//   QT_QPA_PLATFORM=offscreen case_review paint FOLDER
// Scores are invented or come from the tests' fake panel; do not use them in documents.
#include <sys/resource.h>

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "tests/ui/generated_case.h"
#include "tests/ui/painted_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/case_pane.h"
#include "ui/case/review_panel.h"
#include "ui/case/thresholds_dialog.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::test;

namespace {

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Measures wall-clock and CPU time of an action that a user waits for.
void measure(const char* what, const std::function<void()>& act,
             const std::function<bool()>& done) {
    QElapsedTimer clock;
    clock.start();
    const double before = processor_seconds();
    act();
    const bool well = wait_for(done);
    std::printf("%-46s %7.0f ms wall %7.0f ms processor%s\n", what,
                static_cast<double>(clock.nsecsElapsed()) / 1e6,
                1000 * (processor_seconds() - before), well ? "" : "  (NOT DONE)");
}

/// Whether every visible row has been read and has its thumbnail.
bool screen_is_full(ui::MainWindow& window) {
    QListView* const list = window.case_pane().list();
    const ui::CaseModel& model = window.case_controller().model();
    QModelIndex index = list->indexAt(QPoint(list->width() / 2, 1));
    if (!index.isValid())
        return model.rowCount() == 0;
    for (; index.isValid() && list->visualRect(index).top() < list->viewport()->height();
         index = index.siblingAtRow(index.row() + 1)) {
        const ExhibitRow* const row = model.row_at(index.row());
        if (row == nullptr ||
            (row->state != ExhibitState::Failed && model.thumbnail(index.row()).isNull()))
            return false;
    }
    return true;
}

int measure_case(const std::filesystem::path& path) {
    WindowFixture fixture;
    ui::MainWindow& window = fixture.open();
    window.resize(1440, 900);
    wait_for([&] { return window.session().panel_state() == ui::PanelState::Ready; });
    ui::CaseModel& model = window.case_controller().model();
    std::printf("%-46s %7.0f MB\n", "memory before a case is open", peak_megabytes());
    bool listed = false;
    QObject::connect(&model, &ui::CaseModel::list_updated, [&] { listed = true; });
    const auto settled = [&] {
        return listed && screen_is_full(window) && window.picture().shown().has_value();
    };
    measure(
        "open: list, first screen, first exhibit", [&] { window.open_case(path); }, settled);
    std::printf("%-46s %7d\n", "exhibits", model.rowCount());
    measure(
        "then: counts, charts, look-alikes", [] {},
        [&] {
            return window.case_controller().look_alikes() != nullptr &&
                   !window.case_controller().points()->empty() &&
                   window.case_controller().summary().counts.exhibits > 0;
        });
    window.case_pane().set_charts_open(true);
    ui::CasePane& pane = window.case_pane();
    const auto again = [&](const char* what, const std::function<void()>& act) {
        listed = false;
        measure(what, act, [&] { return listed && screen_is_full(window); });
    };
    again("sort by name", [&] { pane.set_order(ExhibitOrder::Name, false); });
    again("sort by size", [&] { pane.set_order(ExhibitOrder::Size, true); });
    again("sort by disagreement", [&] { pane.set_order(ExhibitOrder::Spread, true); });
    again("filter by a range of scores", [&] { pane.filter_bar()->set_range({0.4, 0.9, {}, {}}); });
    std::printf("%-46s %7d\n", "  exhibits that pass", model.rowCount());
    again("filter by words (typed at once)", [&] {
        ExhibitFilter filter;
        filter.text = "picture-77";
        pane.filter_bar()->set_filter(filter);
    });
    std::printf("%-46s %7d\n", "  exhibits that pass", model.rowCount());
    again("all again", [&] { pane.filter_bar()->clear(); });
    again("filter by verdict", [&] {
        ExhibitFilter filter;
        filter.word = Band::LooksFake;
        pane.filter_bar()->set_filter(filter);
    });
    std::printf("%-46s %7d\n", "  exhibits that pass", model.rowCount());
    again("all again", [&] { pane.filter_bar()->clear(); });
    again("only those judged differently", [&] {
        ExhibitFilter filter;
        filter.warned = true;
        pane.filter_bar()->set_filter(filter);
    });
    again("all again", [&] { pane.filter_bar()->clear(); });

    // Scrolling: jumps between distant pages; time until painted, and until rows and thumbnails are
    // there.
    QListView* const list = pane.list();
    std::vector<double> painted;
    std::vector<double> full;
    for (int page = 0; page < 100; ++page) {
        QElapsedTimer clock;
        clock.start();
        list->verticalScrollBar()->setValue(list->verticalScrollBar()->maximum() / 100 * page);
        list->viewport()->repaint();
        painted.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        wait_for([&] { return screen_is_full(window); });
        full.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    const auto report = [](const char* what, std::vector<double>& times) {
        std::sort(times.begin(), times.end());
        std::printf("%-46s %7.1f ms median %7.1f ms 95th of 100\n", what, times[50], times[95]);
    };
    report("jump to another page: painted", painted);
    report("jump to another page: rows and thumbnails", full);
    measure(
        "select everything", [&] { list->selectAll(); },
        [&] { return pane.selected().size() == model.ids().size(); });
    std::printf("%-46s %7.0f MB\n", "peak memory", peak_megabytes());
    return 0;
}

int paint_states(const QDir& folder) {
    folder.mkpath(QStringLiteral("."));
    QTemporaryDir scratch;
    const QDir pictures(scratch.filePath(QStringLiteral("pictures")));
    pictures.mkpath(QStringLiteral("."));
    for (int i = 0; i < 12; ++i)
        save_picture(pictures, QStringLiteral("evening_%1.jpg").arg(i + 1, 2, 10, QLatin1Char('0')),
                     landscape(i, i % 3 == 0 ? 0.0 : 0.45 * (i % 3) + 0.1,
                               i == 4 ? QSize(700, 1000) : QSize(1200, 800)));
    save_picture(pictures, QStringLiteral("evening_02_small.jpg"),
                 landscape(1, 0.2, QSize(600, 400)));
    save_bytes(pictures, QStringLiteral("broken.jpg"),
               QByteArray("\xff\xd8\xff\xe0 nothing more", 20));
    const auto generated = ui::to_path(scratch.filePath(QStringLiteral("archive.dfdcase")));
    generate_case(generated, 3000);

    WindowFixture fixture;
    ui::MainWindow& window = fixture.open();
    window.resize(1440, 900);
    const auto settle = [] {
        for (int round = 0; round < 20; ++round)
            QApplication::processEvents();
    };
    const auto save = [&](QWidget& widget, const char* name) {
        for (const auto& [choice, suffix] : {std::pair{ui::Appearance::Choice::Light, "light"},
                                             std::pair{ui::Appearance::Choice::Dark, "dark"}}) {
            fixture.appearance->choose(choice);
            settle();
            wait_for([&] { return !window.case_controller().is_open() || screen_is_full(window); });
            settle();
            const QString file = folder.filePath(
                QStringLiteral("%1_%2.png").arg(QLatin1String(name), QLatin1String(suffix)));
            widget.grab().save(file);
            std::printf("%s\n", qPrintable(file));
        }
    };
    wait_for([&] { return window.session().panel_state() == ui::PanelState::Ready; });
    window.open_case(ui::to_path(scratch.filePath(QStringLiteral("inquiry.dfdcase"))), true);
    wait_for([&] { return window.case_controller().is_open(); });
    save(window, "case_empty");
    window.open_paths({ui::to_path(pictures.path())});
    wait_for([&] { return window.case_controller().summary().counts.exhibits == 14; });
    wait_for([&] { return window.picture().view()->has_full_resolution(); });
    ui::CaseReview& review = window.case_controller().review();
    const ui::ExhibitIds& ids = window.case_controller().model().ids();
    review.mark({ids[0], ids[2]}, Mark::Suspicious);
    review.mark({ids[1]}, Mark::ToCheck);
    review.mark({ids[6], ids[7]}, Mark::Cleared);
    review.tag({ids[0]}, "for court", true);
    review.tag({ids[0]}, "sent to the lab", true);
    review.note(ids[0], "The sun stands where the shadows say it cannot. Ask for the original.");
    wait_for([&] { return window.case_controller().summary().counts.cleared == 2; });
    window.case_pane().make_current(ids[0]);
    wait_for([&] { return window.verdict().review()->tags().size() == 2; });
    wait_for([&] { return window.picture().view()->has_full_resolution(); });
    save(window, "case_review");

    window.open_case(generated);
    wait_for([&] { return window.case_controller().summary().counts.exhibits == 3000; });
    wait_for([&] { return window.case_controller().look_alikes() != nullptr; });
    window.case_pane().filter_bar()->set_open(true);
    window.case_pane().filter_bar()->set_range({0.5, 0.9, {}, {}});
    wait_for([&] { return window.case_controller().model().rowCount() < 3000; });
    save(window, "case_filters");
    window.case_pane().filter_bar()->set_open(false);
    window.action("thresholds")->trigger();
    auto* const dialog = window.findChild<ui::ThresholdsDialog*>();
    save(*dialog, "thresholds");
    dialog->reject();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    setvbuf(stdout, nullptr, _IOLBF, 0);  // line-buffered: shows progress
    try {
        if (what == "make" && argc >= 4) {
            generate_case(argv[2], std::stoi(argv[3]), /*with_maps=*/true,
                          generated_panel(argc > 4 && argv[4] == std::string("questions")));
            return 0;
        }
        if ((what == "measure" || what == "paint") && argc == 3) {
            QApplication application(argc, argv);
            return what == "measure" ? measure_case(argv[2])
                                     : paint_states(QDir(QString::fromLocal8Bit(argv[2])));
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::fprintf(stderr, "Usage: case_review make FILE COUNT | measure FILE | paint FOLDER\n");
    return 2;
}
