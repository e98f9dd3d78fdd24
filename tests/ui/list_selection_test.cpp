// Tests of adding to and removing from the examined list: what is selected, undo, the last list.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QWindow>

#include "tests/ui/window_driving.h"
#include "ui/case/case_pane.h"
#include "ui/look/banner.h"
#include "ui/look/message_page.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class ListSelectionTest : public WindowTest {
    Q_OBJECT

  private:
    static QStringList visible_words(QWidget* below) {
        QStringList words;
        for (const QLabel* const label : below->findChildren<QLabel*>())
            if (label->isVisible() && !label->text().isEmpty())
                words.append(label->text());
        return words;
    }
    static QStringList selected_names(MainWindow& window) {
        QStringList names;
        for (const ui::ListedId id : window.exhibits().selected())
            names.append(window.session().exhibits().find(id)->name);
        return names;
    }
    MainWindow& window_with_three() {
        return window_with(
            {paint("a.png", Qt::red), paint("b.png", Qt::blue), paint("c.png", Qt::gray)});
    }
    static QPushButton* button(QWidget* below, const QString& beginning) {
        for (auto* const each : below->findChildren<QPushButton*>())
            if (each->text().startsWith(beginning) && each->isVisible())
                return each;
        return nullptr;
    }

  private Q_SLOTS:
    void no_sentence_of_the_picture_before_stays() {
        const QString broken =
            save_bytes(QDir(fixture_->folder.path()), text("broken.png"), "\x89PNG\r\n\x1a\nshort");
        MainWindow& window = window_with({paint("red.png", Qt::red), broken});
        window.exhibits().make_current(exhibit(window, "red.png").id);
        QWidget* const card = window.verdict().card();
        const QStringList before = visible_words(card);
        QVERIFY(before.size() > 2);
        window.exhibits().make_current(exhibit(window, "broken.png").id);
        const QStringList after = visible_words(card);
        QVERIFY(!after.isEmpty());
        for (const QString& words : after)
            QVERIFY2(!before.contains(words), qPrintable(words));
        QCOMPARE(after.size(), 1);  // that it has no score
    }

    void what_is_pasted_is_selected_alone() {
        MainWindow& window = window_with({paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        window.exhibits().make_current(exhibit(window, "a.png").id);
        auto* const data = new QMimeData;
        data->setUrls({QUrl::fromLocalFile(paint("c.png", Qt::gray))});
        QApplication::clipboard()->setMimeData(data);
        // To the platform's window, so that the application knows that Ctrl is held meanwhile.
        QTest::keyPress(window.windowHandle(), Qt::Key_V, Qt::ControlModifier);
        wait_until_idle(window, 3);
        QCOMPARE(selected_names(window), QStringList{text("c.png")});
        QTest::keyRelease(window.windowHandle(), Qt::Key_V, Qt::NoModifier);
        QTest::keyClick(window.exhibits().list(), Qt::Key_Delete);
        QCOMPARE(window.session().exhibits().rowCount(), 2);
    }

    void after_a_removal_the_next_is_selected() {
        MainWindow& window = window_with_three();
        window.exhibits().make_current(exhibit(window, "b.png").id);
        window.picture().view()->setFocus();  // Delete works from anywhere.
        QTest::keyClick(window.picture().view(), Qt::Key_Delete);
        QCOMPARE(selected_names(window), QStringList{text("c.png")});
        QVERIFY(window.action("remove")->isEnabled());
        QTest::keyClick(window.picture().view(), Qt::Key_Delete);
        QCOMPARE(selected_names(window), QStringList{text("a.png")});
    }

    void delete_in_a_text_field_removes_text() {
        MainWindow& window = window_with_three();
        window.exhibits().filter_box()->setFocus();
        window.exhibits().filter_box()->setText(text("png"));
        window.exhibits().filter_box()->setCursorPosition(0);
        QTest::keyClick(window.exhibits().filter_box(), Qt::Key_Delete);
        QCOMPARE(window.exhibits().filter_box()->text(), text("ng"));
        QCOMPARE(window.session().exhibits().rowCount(), 3);
    }

    void a_removal_can_be_undone() {
        MainWindow& window = window_with_three();
        QVERIFY(!window.action("undo")->isEnabled());
        const ui::ListedId a = exhibit(window, "a.png").id;
        const ExaminationPtr before = exhibit(window, "a.png").examination;
        window.exhibits().list()->selectAll();
        window.action("remove")->trigger();
        QCOMPARE(window.session().exhibits().rowCount(), 0);
        QCOMPARE(window.banners().messages().first(),
                 text("3 pictures were removed from the list."));
        QVERIFY(window.action("undo")->isEnabled());
        window.action("undo")->trigger();
        QCOMPARE(window.session().exhibits().rowCount(), 3);
        QCOMPARE(exhibit(window, "a.png").id, a);
        QVERIFY(exhibit(window, "a.png").opinion() != nullptr);  // not examined again
        QCOMPARE(exhibit(window, "a.png").opinion()->score, before->opinion->score);
        QVERIFY(!window.session().busy());
        QVERIFY(!window.action("undo")->isEnabled());
        QVERIFY(window.session().exhibits().find_path(exhibit(window, "a.png").source.path));
    }

    void an_unfinished_picture_is_examined_after_its_return() {
        fixture_->panels.scoring->close();
        MainWindow& window = ready_window();
        drop_files(&window, {paint("a.png", Qt::red)});
        QTRY_VERIFY_WITH_TIMEOUT(fixture_->panels.scoring->waiting() == 1, kPatience);
        window.action("remove")->trigger();
        QVERIFY(!window.session().busy());
        window.action("undo")->trigger();
        QVERIFY(window.session().busy());
        fixture_->panels.scoring->open();
        wait_until_idle(window, 1);
        QCOMPARE(exhibit(window, "a.png").state, ExaminationState::Explained);
    }

    void the_last_list_is_offered_again() {
        MainWindow& window = window_with({paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        QVERIFY(window.close());
        fixture_->window.reset();
        MainWindow& next = ready_window();
        QCOMPARE(next.session().exhibits().rowCount(), 0);
        QPushButton* const again =
            button(next.picture().welcome(), text("Open the last list again (2)"));
        QVERIFY(again != nullptr);
        QTest::mouseClick(again, Qt::LeftButton);
        wait_until_idle(next, 2);
        QCOMPARE(exhibit(next, "b.png").state, ExaminationState::Explained);
    }

    void recent_files_are_offered_and_forgotten() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        auto* const recent = window.findChild<QMenu*>(text("recent"));
        QVERIFY(recent != nullptr);
        const auto entries = [recent] {
            Q_EMIT recent->aboutToShow();
            QStringList labels;
            for (const QAction* const entry : recent->actions())
                if (!entry->isSeparator())
                    labels.append(entry->text());
            return labels;
        };
        QVERIFY2(entries().first().endsWith(text("a.png")), qPrintable(entries().first()));
        QFile::remove(fixture_->folder.filePath(text("a.png")));
        QVERIFY(!entries().first().endsWith(text("a.png")));  // gone
        recent->actions().last()->trigger();
        QCOMPARE(entries(), QStringList{text("Nothing yet")});
    }

    void pasted_pictures_are_not_lost_on_quitting() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        window.session().add_image(plain_picture(Qt::blue), text("Pasted picture 1"));
        window.session().add_image(plain_picture(Qt::gray), text("Pasted picture 1"));
        wait_until_idle(window, 3);
        QVERIFY(!window.close());
        auto* const question = window.findChild<QMessageBox*>(text("pasted_question"));
        QVERIFY(question != nullptr);
        QVERIFY2(question->text().startsWith(text("2 pictures")), qPrintable(question->text()));
        question->reject();
        QVERIFY(window.isVisible());

        // Two of one name; another file of that name stays as it is.
        const QDir folder(fixture_->folder.path());
        save_bytes(folder, text("Pasted picture 1.png"), "another file");
        window.files().keep_pasted(folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), kPatience);
        QCOMPARE(QFileInfo(folder.filePath(text("Pasted picture 1.png"))).size(), 12);
        for (const char* const name : {"Pasted picture 1 (2).png", "Pasted picture 1 (3).png"})
            QVERIFY2(!QImage(folder.filePath(text(name))).isNull(), name);
        MainWindow& again = ready_window();
        QVERIFY(button(&again, text("Open the last list again (3)")) != nullptr);
    }

    void pasted_pictures_can_be_let_go() {
        MainWindow& window = ready_window();
        window.session().add_image(plain_picture(Qt::blue), text("Pasted picture 1"));
        wait_until_idle(window, 1);
        QVERIFY(!window.close());
        for (QPushButton* const each : window.findChildren<QPushButton*>())
            if (each->text().contains(text("without them")))
                each->click();
        QVERIFY(!window.isVisible());
    }

    void pasted_pictures_stay_when_they_cannot_be_kept() {
        MainWindow& window = ready_window();
        window.session().add_image(plain_picture(Qt::blue), text("Pasted picture 1"));
        wait_until_idle(window, 1);
        window.files().keep_pasted(fixture_->folder.filePath(text("missing")));
        QTRY_VERIFY_WITH_TIMEOUT(!window.banners().messages().isEmpty(), kPatience);
        QVERIFY(window.isVisible());
    }

    void a_list_becomes_a_case() {
        MainWindow& window = window_with({paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        window.files().keep_list_as_case(fixture_->folder.filePath(text("kept.dfd")));
        QTRY_VERIFY_WITH_TIMEOUT(window.case_controller().is_open(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(
            static_cast<int>(window.case_controller().summary().counts.scored), 2, kPatience);
    }

    void a_picture_offers_what_can_be_done_with_it() {
        MainWindow& window = window_with({paint("a.png", Qt::red)});
        QMenu* const menu = window.context_menu();
        for (const char* const name : {"copy", "copy_picture", "copy_path", "save_report",
                                       "show_in_folder", "open_elsewhere", "remove"}) {
            QVERIFY2(menu->actions().contains(window.action(name)), name);
            QVERIFY2(window.action(name)->isEnabled(), name);
        }
        delete menu;
        window.action("copy_path")->trigger();
        QCOMPARE(QApplication::clipboard()->text(), fixture_->folder.filePath(text("a.png")));
        QTRY_VERIFY(window.picture().view()->has_full_resolution());
        window.action("copy_picture")->trigger();
        const QImage sheet = QApplication::clipboard()->image();
        QVERIFY(sheet.width() > 2 * 96);  // beside its heatmap, with a caption
        window.action("toggle_map")->trigger();
        window.action("copy_picture")->trigger();
        QCOMPARE(QApplication::clipboard()->image().size(), QSize(96, 64));
    }
};

QTEST_MAIN(ListSelectionTest)
#include "list_selection_test.moc"
