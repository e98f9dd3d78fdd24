// Tests of the whole window, offscreen, driven by user events.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <algorithm>

#include "core/picture/sample_pictures.h"
#include "tests/ui/window_driving.h"
#include "ui/list/image_convert.h"
#include "ui/look/banner.h"
#include "ui/look/message_page.h"
#include "ui/look/samples.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/status_strip.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class MainWindowTest : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:
    void the_empty_window_explains_itself();
    void dropped_file_is_scored_and_explained();
    void a_sample_says_what_it_is_above_the_score();
    void dropped_folder_is_searched();
    void dropped_pixels_and_pasted_pixels();
    void a_web_address_alone_is_refused();
    void a_failed_picture_shows_its_reason();
    void no_second_look_at_what_is_no_picture();
    void files_are_chosen_by_a_short_list_of_types();
    void sort_filter_and_keyboard();
    void the_selected_picture_is_examined_first();
    void cancelling_keeps_finished_results();
    void close_while_busy_is_instant();
    void another_panel_examines_again();
    void a_panel_that_fails_keeps_the_old_one();
    void a_missing_panel_shows_what_to_do();
    void removing_while_busy();
    void the_same_file_twice();
};

void MainWindowTest::the_empty_window_explains_itself() {
    const QTemporaryDir samples;
    save_picture(QDir(samples.path()), text("sample.png"), plain_picture(Qt::red));
    MainWindow& window = fixture_->open(to_path(samples.path()));
    QCOMPARE(window.picture().welcome()->heading(), text("Drop a picture here"));
    QVERIFY(window.picture().welcome()->isVisible());
    QPushButton* const try_samples = button_named(window.picture().welcome(), "Try the samples");
    QVERIFY(try_samples->isVisible());
    const VerdictCard* const card = window.verdict().card();
    QVERIFY2(card->accessibleDescription().startsWith(text("Open or drop a picture")),
             qPrintable(card->accessibleDescription()));
    QTest::mouseClick(try_samples, Qt::LeftButton);
    wait_until_idle(window, 1);
    QTRY_COMPARE(window.verdict().card()->band(), text("looks fake"));
    window.exhibits().list()->setCurrentIndex({});
    QVERIFY2(card->accessibleDescription().startsWith(text("Select a picture")),
             qPrintable(card->accessibleDescription()));
}

void MainWindowTest::dropped_file_is_scored_and_explained() {
    MainWindow& window = window_with({paint("red.png", QColor(230, 60, 40))});
    const Exhibit& red = exhibit(window, "red.png");
    QCOMPARE(red.state, ExaminationState::Explained);
    const FakeEvaluator reference(fake_panel("starter", 3, true));
    const PanelOpinion expected =
        reference.opinion_of(to_pixels(plain_picture(QColor(230, 60, 40))), false);
    QCOMPARE(red.opinion()->score, expected.score);
    QCOMPARE(window.verdict().card()->score(), score_text(expected.score));
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));
    QVERIFY(window.verdict().card()->spread().contains(score_text(expected.spread)));
    QVERIFY(window.verdict().card()->marked_starter());
    QCOMPARE(window.verdict().bars()->bar_count(), 3);
    QCOMPARE(window.picture().strip()->tile_count(), 4);
    QVERIFY(window.picture().drawn().scale_max > 0);
    QTRY_VERIFY(window.picture().view()->has_full_resolution());
    QVERIFY(window.verdict().facts()->all_text().contains(
        QString::fromStdString(red.examination->facts.sha256)));
    QVERIFY(red.examination->thumbnail.empty());  // Stored as a small JPEG instead.
    QVERIFY(!window.session().exhibits().thumbnail(red.id).isNull());
    QVERIFY(red.history.size() >= 3);
    // The time of day, to the second; the tool tip has it all.
    const QTreeWidgetItem* const first = window.verdict().history()->topLevelItem(0);
    QVERIFY2(QTime::fromString(first->text(0), text("HH:mm:ss")).isValid(),
             qPrintable(first->text(0)));
    QVERIFY(first->toolTip(0).contains(text(".")));
    QVERIFY(window.status().panel_text().contains(text("fp32")));
}

void MainWindowTest::a_sample_says_what_it_is_above_the_score() {
    fixture_->panels.add(fake_panel("other", 3, false));
    const SamplePicture sample = sample_pictures().front();
    const QString renamed = fixture_->folder.filePath(text("holiday.jpg"));
    QVERIFY(QFile::copy(path_text(samples_folder() / sample.file), renamed));
    MainWindow& window = window_with({renamed, paint("red.png", Qt::red)});
    window.resize(1280, 900);
    const VerdictCard* const card = window.verdict().card();
    const auto top_of = [&](const QString& words) {
        for (const QLabel* const label : card->findChildren<QLabel*>())
            if (label->text() == words && label->isVisible())
                return label->mapTo(card, QPoint()).y();
        return -1;
    };
    const auto words = [&](bool by_starter) {
        return QString::fromStdString(sample_words(sample.sha256, by_starter));
    };
    window.exhibits().make_current(exhibit(window, "holiday.jpg").id);
    QTRY_VERIFY(top_of(words(true)) >= 0 && top_of(words(true)) < top_of(card->score()));
    const int least = card->pinned_height(card->width(), false);
    window.exhibits().make_current(exhibit(window, "red.png").id);
    for (const QLabel* const label : card->findChildren<QLabel*>())
        QVERIFY(label->isHidden() || !label->text().startsWith(words(false)));
    QVERIFY(card->pinned_height(card->width(), false) < least);

    // What another panel was measured on is not known.
    window.exhibits().make_current(exhibit(window, "holiday.jpg").id);
    window.session().open_panel({"/panels/other"});
    QTRY_VERIFY_WITH_TIMEOUT(fixture_->panel_in_use() == "other", kPatience);
    wait_until_idle(window, 2);
    QTRY_VERIFY(top_of(words(false)) >= 0);
}

void MainWindowTest::dropped_folder_is_searched() {
    QDir folder(fixture_->folder.path());
    QVERIFY(folder.mkpath(text("pictures/below")));
    save_picture(QDir(folder.filePath(text("pictures"))), text("one.png"), plain_picture(Qt::blue));
    save_picture(QDir(folder.filePath(text("pictures/below"))), text("two.jpg"),
                 plain_picture(Qt::red));
    save_bytes(QDir(folder.filePath(text("pictures"))), text("notes.txt"), "not a picture");
    MainWindow& window = ready_window();
    // Dropped onto a child widget: the window takes it wherever the pointer is.
    drop_files(&window, {folder.filePath(text("pictures"))});
    wait_until_idle(window, 2);
    QCOMPARE(exhibit(window, "one.png").state, ExaminationState::Explained);
    QCOMPARE(exhibit(window, "two.jpg").state, ExaminationState::Explained);

    QVERIFY(folder.mkpath(text("nothing")));
    drop_files(&window, {folder.filePath(text("nothing"))});
    QTRY_COMPARE(window.banners().messages().size(), 1);
    QVERIFY(window.banners().messages().first().contains(text("No pictures were found")));
}

void MainWindowTest::dropped_pixels_and_pasted_pixels() {
    MainWindow& window = window_with({paint("grey.png", Qt::gray)});  // a file needs no number
    QMimeData pixels;
    pixels.setImageData(plain_picture(Qt::blue));
    drop(&window, pixels);
    wait_until_idle(window, 2);
    QCOMPARE(exhibit(window, "Dropped picture 1").state, ExaminationState::Explained);
    QCOMPARE(window.verdict().card()->band(), text("looks real"));

    auto* const clipboard = new QMimeData;
    clipboard->setImageData(plain_picture(Qt::red));
    QApplication::clipboard()->setMimeData(clipboard);
    QTest::keyClick(window.exhibits().list(), Qt::Key_V, Qt::ControlModifier);
    wait_until_idle(window, 3);
    QCOMPARE(window.exhibits().current(), std::optional(exhibit(window, "Pasted picture 1").id));
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));
}

void MainWindowTest::a_web_address_alone_is_refused() {
    MainWindow& window = ready_window();
    QMimeData address;
    address.setUrls({QUrl(text("https://example.org/a.jpg"))});
    drop(&window, address);
    QCOMPARE(window.banners().messages().size(), 1);
    QVERIFY(window.banners().messages().first().contains(text("does not use the network")));
    QCOMPARE(window.session().exhibits().rowCount(), 0);
    drop(&window, address);  // Shown once, however often it is tried.
    QCOMPARE(window.banners().messages().size(), 1);
}

void MainWindowTest::a_failed_picture_shows_its_reason() {
    MainWindow& window = ready_window();
    const QString broken =
        save_bytes(QDir(fixture_->folder.path()), text("broken.png"), "\x89PNG\r\n\x1a\nshort");
    drop_files(&window, {broken, paint("fine.png", Qt::blue)});
    wait_until_idle(window, 2);
    const Exhibit& failed = exhibit(window, "broken.png");
    QCOMPARE(failed.state, ExaminationState::Failed);
    QCOMPARE(exhibit(window, "fine.png").state, ExaminationState::Explained);
    window.exhibits().make_current(failed.id);
    QVERIFY(window.picture().failure()->isVisible());
    QCOMPARE(window.picture().failure()->sentence(),
             QString::fromStdString(failed.examination->failure.message));
    QVERIFY(window.verdict().card()->score().isEmpty());
    QVERIFY(window.banners().messages().isEmpty());  // The row shows the error; there is no banner.

    // Repaired meanwhile: examine again from the failure page.
    QVERIFY(plain_picture(Qt::red).save(broken));
    QTest::mouseClick(button_named(window.picture().failure(), "Examine again"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(exhibit(window, "broken.png").state, ExaminationState::Explained,
                              kPatience);
    QVERIFY(!window.picture().failure()->isVisible());
}

void MainWindowTest::no_second_look_at_what_is_no_picture() {
    const QDir folder(fixture_->folder.path());
    MainWindow& window =
        window_with({save_bytes(folder, text("notes.png"), "Nothing of the kind."),
                     save_bytes(folder, text("empty.png"), ""),
                     save_bytes(folder, text("broken.png"), "\x89PNG\r\n\x1a\nshort")});
    const auto again_is_offered = [&](const char* name) {
        window.exhibits().make_current(exhibit(window, name).id);
        return button_named(window.picture().failure(), "Examine again")->isVisible();
    };
    QVERIFY(!again_is_offered("notes.png"));
    QVERIFY(again_is_offered("broken.png"));
    QVERIFY(!again_is_offered("empty.png"));
}

void MainWindowTest::files_are_chosen_by_a_short_list_of_types() {
    MainWindow& window = ready_window();
    window.action("open")->trigger();
    auto* const dialog = window.findChild<QFileDialog*>();
    QVERIFY(dialog != nullptr);
    QVERIFY(dialog->testOption(QFileDialog::HideNameFilterDetails));
    for (const auto* const box : dialog->findChildren<QComboBox*>())
        QVERIFY2(!box->currentText().contains(text("*.jpg")), qPrintable(box->currentText()));
}

void MainWindowTest::sort_filter_and_keyboard() {
    MainWindow& window = window_with(
        {paint("grey.png", Qt::gray), paint("red.png", Qt::red), paint("blue.png", Qt::blue)});
    ExhibitPane& pane = window.exhibits();
    const auto shown = [&] {
        QStringList names;
        for (const ui::ListedId id : pane.shown())
            names.append(window.session().exhibits().find(id)->name);
        return names.join(QLatin1Char(' '));
    };
    pane.set_order(OrderBy::Score, Qt::DescendingOrder);
    QCOMPARE(shown(), text("red.png grey.png blue.png"));
    pane.set_order(OrderBy::Name, Qt::AscendingOrder);
    QCOMPARE(shown(), text("blue.png grey.png red.png"));

    pane.make_current(exhibit(window, "blue.png").id);
    pane.list()->setFocus();
    QTest::keyClick(pane.list(), Qt::Key_Down);
    QCOMPARE(pane.current(), std::optional(exhibit(window, "grey.png").id));
    QCOMPARE(window.verdict().card()->band(),
             band_text(band_of(exhibit(window, "grey.png").opinion()->score)));
    QTest::keyClick(pane.list(), Qt::Key_End);
    QCOMPARE(window.verdict().card()->band(), text("looks fake"));

    window.action("find")->trigger();
    QTest::keyClicks(pane.filter_box(), text("blue"));
    QCOMPARE(shown(), text("blue.png"));
    pane.filter_box()->clear();
    QCOMPARE(pane.shown().size(), std::size_t{3});

    pane.make_current(exhibit(window, "grey.png").id);
    pane.list()->setFocus();
    window.action("remove")->trigger();
    QCOMPARE(shown(), text("blue.png red.png"));
}

void MainWindowTest::the_selected_picture_is_examined_first() {
    fixture_->panels.scoring->close();
    MainWindow& window = ready_window();
    QStringList files;
    for (int i = 0; i < 12; ++i)
        files.append(paint(qPrintable(QStringLiteral("p%1.png").arg(i, 2, 10, QLatin1Char('0'))),
                           QColor(20 * i, 0, 0)));
    drop_files(&window, files);
    QTRY_COMPARE_WITH_TIMEOUT(window.session().exhibits().rowCount(), 12, kPatience);
    QTRY_VERIFY(fixture_->panels.scoring->waiting() == 1);
    window.exhibits().make_current(exhibit(window, "p11.png").id);
    QVERIFY(window.verdict().card()->score().isEmpty());

    std::vector<QString> finished;
    connect(&window.session().exhibits(), &QAbstractItemModel::dataChanged, &window,
            [&](const QModelIndex& row) {
                const Exhibit& changed = window.session().exhibits().at(row.row());
                if (changed.state == ExaminationState::Explained)
                    finished.push_back(changed.name);
            });
    // Wait for its pixels before opening the gate, otherwise it cannot be moved to the front.
    QTRY_VERIFY_WITH_TIMEOUT(exhibit(window, "p11.png").state == ExaminationState::Decoded,
                             kPatience);
    fixture_->panels.scoring->open();
    wait_until_idle(window, 12);
    const auto place = std::find(finished.begin(), finished.end(), text("p11.png"));
    QVERIFY(place != finished.end());
    // Up to two pictures may come first: the one being scored, and one that the scorer took between
    // the "decoded" notice and the reordering. In order of adding it would be the twelfth.
    QVERIFY2(place - finished.begin() <= 2, qPrintable(finished.front()));
}

void MainWindowTest::cancelling_keeps_finished_results() {
    MainWindow& window = window_with({paint("done.png", Qt::red)});
    fixture_->panels.scoring->close();
    QStringList files;
    for (int i = 0; i < 30; ++i)
        files.append(paint(qPrintable(QStringLiteral("w%1.png").arg(i)), QColor(0, 0, 8 * i)));
    drop_files(&window, files);
    QTRY_COMPARE_WITH_TIMEOUT(window.session().exhibits().rowCount(), 31, kPatience);
    QTRY_VERIFY(fixture_->panels.scoring->waiting() == 1);
    QVERIFY(window.status().queue_text().contains(text("of 30")));

    QElapsedTimer timer;
    timer.start();
    window.action("stop")->trigger();
    QVERIFY(!window.session().busy());
    QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(exhibit(window, "done.png").state, ExaminationState::Explained);
    for (int i = 0; i < 30; ++i)
        QCOMPARE(exhibit(window, qPrintable(QStringLiteral("w%1.png").arg(i))).state,
                 ExaminationState::Cancelled);
    // The late result of the interrupted expert is dropped.
    fixture_->panels.scoring->open();
    window.exhibits().make_current(exhibit(window, "w3.png").id);
    QTest::keyClick(window.exhibits().list(), Qt::Key_F5);
    QTRY_COMPARE_WITH_TIMEOUT(exhibit(window, "w3.png").state, ExaminationState::Explained,
                              kPatience);
    QCOMPARE(exhibit(window, "w4.png").state, ExaminationState::Cancelled);
}

void MainWindowTest::close_while_busy_is_instant() {
    fixture_->panels.scoring->heed_stop(false);  // A running expert cannot be interrupted.
    fixture_->panels.scoring->close();
    MainWindow& window = ready_window();
    QStringList files;
    for (int i = 0; i < 20; ++i)
        files.append(paint(qPrintable(QStringLiteral("c%1.png").arg(i)), QColor(0, 10 * i, 0)));
    drop_files(&window, files);
    QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() == 1, kPatience);

    QElapsedTimer timer;
    timer.start();
    QVERIFY(window.close());
    QVERIFY(!window.isVisible());
    fixture_->window.reset();
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(fixture_->panels.scoring->waiting(), 1);  // It still runs, and nothing waits for it.
    fixture_->panels.scoring->open();
    fixture_->threads.reset();
}

void MainWindowTest::another_panel_examines_again() {
    fixture_->panels.add(fake_panel("seven", 7, false));
    MainWindow& window = window_with({paint("red.png", Qt::red), paint("blue.png", Qt::blue)});
    const double before = exhibit(window, "red.png").opinion()->score;
    QTRY_VERIFY(window.panels().findText(text("Panel seven")) >= 0);
    const int row = window.panels().findText(text("Panel seven"));
    window.panels().setCurrentIndex(row);
    Q_EMIT window.panels().activated(row);
    QTRY_COMPARE_WITH_TIMEOUT(fixture_->panel_in_use(), std::string("seven"), kPatience);
    wait_until_idle(window, 2);
    QCOMPARE(exhibit(window, "red.png").opinion()->experts.size(), std::size_t{7});
    QVERIFY(exhibit(window, "red.png").opinion()->score != before);
    QVERIFY(!window.verdict().card()->marked_starter());
    QCOMPARE(window.picture().strip()->tile_count(), 8);
    QCOMPARE(window.panels().currentText(), text("Panel seven"));
}

void MainWindowTest::a_panel_that_fails_keeps_the_old_one() {
    MainWindow& window = window_with({paint("red.png", Qt::red)});
    fixture_->panels.fail_open = "The file expert.safetensors is damaged; install the panel again.";
    window.session().open_panel({"/panels/seven"});
    QTRY_COMPARE_WITH_TIMEOUT(window.banners().messages().size(), 1, kPatience);
    QVERIFY(window.banners().messages().first().contains(text("expert.safetensors is damaged")));
    QCOMPARE(window.session().panel_state(), PanelState::Ready);
    QCOMPARE(window.panels().currentText(), text("Starter panel"));
    QVERIFY(exhibit(window, "red.png").opinion() != nullptr);
}

void MainWindowTest::a_missing_panel_shows_what_to_do() {
    fixture_->panels.fail_open = "No panel was found. Install the published panel.";
    MainWindow& window = fixture_->open();
    QTRY_COMPARE_WITH_TIMEOUT(window.session().panel_state(), PanelState::Missing, kPatience);
    QCOMPARE(window.picture().welcome()->sentence(),
             text("No panel was found. Install the published panel."));
    // A picture waits, is shown, and is examined as soon as there is a panel.
    drop_files(&window, {paint("red.png", Qt::red)});
    QTRY_COMPARE(window.session().exhibits().rowCount(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(window.picture().view()->has_full_resolution(), kPatience);
    QCOMPARE(exhibit(window, "red.png").state, ExaminationState::Queued);
    fixture_->panels.fail_open.clear();
    window.session().open_panel({});
    wait_until_idle(window, 1);
    QTRY_COMPARE(exhibit(window, "red.png").state, ExaminationState::Explained);
}

void MainWindowTest::removing_while_busy() {
    fixture_->panels.scoring->close();
    MainWindow& window = ready_window();
    drop_files(&window, {paint("a.png", Qt::red), paint("b.png", Qt::blue)});
    QTRY_COMPARE_WITH_TIMEOUT(window.session().exhibits().rowCount(), 2, kPatience);
    QTRY_VERIFY(fixture_->panels.scoring->waiting() == 1);
    window.session().remove({exhibit(window, "a.png").id});
    fixture_->panels.scoring->open();
    wait_until_idle(window, 1);
    QTRY_COMPARE(exhibit(window, "b.png").state, ExaminationState::Explained);
    window.session().remove({exhibit(window, "b.png").id});
    QVERIFY(window.picture().welcome()->isVisible());
}

void MainWindowTest::the_same_file_twice() {
    MainWindow& window = ready_window();
    const QString file = paint("red.png", Qt::red);
    drop_files(&window, {file, file});
    wait_until_idle(window, 1);
    drop_files(&window, {file});
    QTRY_COMPARE(window.banners().messages().size(), 1);
    QCOMPARE(window.session().exhibits().rowCount(), 1);
}

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"
