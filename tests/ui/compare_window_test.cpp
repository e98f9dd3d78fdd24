// Tests of the comparison of two pictures: what is possible, the forms, the lines, the sheet.
#include <QAction>
#include <QCheckBox>
#include <QFileInfo>
#include <QImageReader>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeWidget>

#include "tests/ui/case_driving.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
#include "ui/studies/compare/compare_study.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class CompareWindowTest : public WindowTest {
    Q_OBJECT

  private:
    QString landscape_file(const char* name, bool edited) {
        QImage image = landscape(3, 0.4, {480, 320});
        if (edited)
            QPainter(&image).fillRect(100, 200, 60, 40, Qt::white);
        return save_picture(QDir(fixture_->folder.path()), text(name), image);
    }
    static CompareDialog& compared(MainWindow& window) {
        window.exhibits().list()->selectAll();
        window.action("compare")->trigger();
        CompareDialog* const dialog = window.study<CompareStudy>().dialog();
        if (dialog == nullptr)
            qFatal("The comparison did not open.");
        [&] { QTRY_VERIFY_WITH_TIMEOUT(dialog->save_button()->isEnabled(), kPatience); }();
        return *dialog;
    }
    /// "name|first|second" of each line.
    static QStringList lines(const CompareDialog& dialog) {
        QStringList found;
        for (int group = 0; group < dialog.lines()->topLevelItemCount(); ++group) {
            const QTreeWidgetItem* const top = dialog.lines()->topLevelItem(group);
            for (int line = 0; line < top->childCount(); ++line)
                found.append(top->child(line)->text(0) + QLatin1Char('|') +
                             top->child(line)->text(1) + QLatin1Char('|') +
                             top->child(line)->text(2));
        }
        return found;
    }

  private Q_SLOTS:
    void two_selected_pictures_can_be_compared() {
        MainWindow& window = window_with(
            {paint("a.png", Qt::red), paint("b.png", Qt::blue), paint("c.png", Qt::green)});
        QVERIFY(!window.action("compare")->isEnabled());
        window.exhibits().list()->selectAll();
        QVERIFY(!window.action("compare")->isEnabled());
        QTest::keyClick(window.exhibits().list(), Qt::Key_Home);
        QTest::keyClick(window.exhibits().list(), Qt::Key_Down, Qt::ShiftModifier);
        QVERIFY(window.action("compare")->isEnabled());
    }

    void what_differs_is_seen_and_listed() {
        MainWindow& window =
            window_with({landscape_file("before.png", false), landscape_file("after.png", true)});
        CompareDialog& dialog = compared(window);
        QVERIFY2(dialog.sentence().contains(text("lie together")), qPrintable(dialog.sentence()));
        QVERIFY2(lines(dialog).filter(text("SHA-256|")).size() == 1,
                 qPrintable(lines(dialog).join(QLatin1Char('\n'))));
        QVERIFY(lines(dialog).filter(text("Size|")).isEmpty());  // the same
        dialog.findChild<QCheckBox*>()->setChecked(false);
        QVERIFY(lines(dialog).contains(text("Size|480 × 320|480 × 320")));

        // Only the white box is bright in the difference.
        dialog.set_form(CompareForm::Difference);
        dialog.view()->zoom_to_fit();
        const QImage seen = dialog.view()->grab().toImage();
        const auto colour_at = [&](double x, double y) {
            return seen.pixelColor(
                (dialog.view()->to_view({x, y}) * seen.devicePixelRatio()).toPoint());
        };
        QVERIFY(colour_at(130, 220).lightness() > 60);
        QVERIFY(colour_at(300, 100).lightness() < 20);
    }

    void the_slider_shows_both() {
        MainWindow& window =
            window_with({landscape_file("before.png", false), landscape_file("after.png", true)});
        CompareDialog& dialog = compared(window);
        CompareView& view = *dialog.view();
        dialog.set_form(CompareForm::Slider);
        const auto box = [&] {  // in the edited place
            const QImage seen = view.grab().toImage();
            return seen.pixelColor((view.to_view({130, 220}) * seen.devicePixelRatio()).toPoint());
        };
        view.set_slider(1);
        const QColor with_first = box();
        view.set_slider(0);
        QVERIFY(box() != with_first);
        // By keyboard and by pointer.
        view.set_slider(0.5);
        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(view.slider(), 0.55);
        const QPoint grip(static_cast<int>(0.55 * view.width()), view.height() / 2);
        QTest::mousePress(&view, Qt::LeftButton, {}, grip);
        QMouseEvent move(QEvent::MouseMove, QPointF(10, grip.y()),
                         view.mapToGlobal(QPointF(10, grip.y())), Qt::NoButton, Qt::LeftButton,
                         Qt::NoModifier);
        QApplication::sendEvent(&view, &move);
        QTest::mouseRelease(&view, Qt::LeftButton, {}, QPoint(10, grip.y()));
        QVERIFY(view.slider() < 0.1);
    }

    void zoom_is_that_of_both() {
        MainWindow& window =
            window_with({landscape_file("before.png", false), landscape_file("after.png", true)});
        CompareView& view = *compared(window).view();
        QCOMPARE(view.form(), CompareForm::SideBySide);
        view.zoom_to_actual_pixels();
        const QImage seen = view.grab().toImage();
        const double ratio = seen.devicePixelRatio();
        const double half = (view.width() - 8) / 2.0 + 8;
        // Equal places look equal at the same distance from each pane's edge.
        const QPointF where = view.to_view({300, 100});
        QCOMPARE(seen.pixelColor((where * ratio).toPoint()),
                 seen.pixelColor(((where + QPointF(half, 0)) * ratio).toPoint()));
    }

    void it_is_saved_with_its_caption() {
        MainWindow& window =
            window_with({landscape_file("before.png", false), landscape_file("after.png", true)});
        compared(window);
        const QString file = fixture_->folder.filePath(text("pair.png"));
        window.study<CompareStudy>().save(file);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(file), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!window.banners().messages().filter(text("Saved to")).isEmpty(),
                                 kPatience);
        QImageReader reader(file);
        const QString caption = reader.text(text("Description"));
        for (const char* const part : {"before.png", "after.png", "SHA-256", "Panel: Starter panel",
                                       "It is often wrong, both ways.", "not a photograph"})
            QVERIFY2(caption.contains(text(part)), qPrintable(caption));
        QCOMPARE(caption.count(text("Panel: Starter panel")), 2);  // with each score
        QVERIFY(reader.size().width() > 3 * 480);
    }

    void exhibits_of_a_case_too() {
        MainWindow& window = ready_window();
        open_case(window, to_path(fixture_->folder.filePath(text("case.dfd"))), true);
        drop_files(&window,
                   {landscape_file("before.png", false), landscape_file("after.png", true)});
        wait_for_exhibits(window, 2);
        window.case_pane().list()->selectAll();
        QVERIFY(window.action("compare")->isEnabled());
        window.action("compare")->trigger();
        CompareDialog* const dialog = window.study<CompareStudy>().dialog();
        QVERIFY(dialog != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->save_button()->isEnabled(), kPatience);
        QVERIFY(!lines(*dialog).filter(text("SHA-256|")).isEmpty());
        // Its ids are those of the case.
        window.case_controller().close();
        QTRY_VERIFY_WITH_TIMEOUT(window.study<CompareStudy>().dialog() == nullptr ||
                                     window.study<CompareStudy>().dialog()->isHidden(),
                                 kPatience);
    }

    void a_missing_file_is_told() {
        const QString gone = landscape_file("gone.png", true);
        MainWindow& window = window_with({landscape_file("before.png", false), gone});
        QVERIFY(QFile::remove(gone));
        window.exhibits().list()->selectAll();
        window.action("compare")->trigger();
        CompareDialog* const dialog = window.study<CompareStudy>().dialog();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->sentence().contains(text("Opening")), kPatience);
        QVERIFY(!dialog->save_button()->isEnabled());
        QVERIFY(!dialog->sentence().isEmpty());
    }
};

QTEST_MAIN(CompareWindowTest)
#include "compare_window_test.moc"
