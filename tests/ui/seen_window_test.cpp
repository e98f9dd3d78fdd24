// Tests of the dialog in the window that shows what the networks saw.
#include <QFile>
#include <QLabel>
#include <QTreeWidget>

#include "core/opinion/expert_words.h"
#include "tests/ui/window_driving.h"
#include "ui/look/wording.h"
#include "ui/studies/seen/seen_dialog.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class SeenWindowTest : public WindowTest {
    Q_OBJECT

  private:
    [[nodiscard]] QDir folder() const { return QDir(fixture_->folder.path()); }

  private Q_SLOTS:
    void network_inputs_step_by_step() {
        MainWindow& window = ready_window();
        QVERIFY(!window.action("seen")->isEnabled());
        // Red on the left, so that the central square has a different score.
        QImage image = plain_picture(QColor(90, 90, 90), QSize(128, 64));
        QPainter(&image).fillRect(QRect(0, 0, 48, 64), Qt::red);
        drop_files(&window, {save_picture(folder(), text("wide.png"), image)});
        wait_until_idle(window, 1);
        window.action("seen")->trigger();
        auto* const dialog = window.findChild<SeenDialog*>();
        QVERIFY(dialog != nullptr && dialog->windowTitle().contains(text("wide.png")));
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->running(), kPatience);
        const Seen* const seen = dialog->seen();
        QVERIFY(seen != nullptr);
        QTreeWidgetItem* const steps = dialog->list()->topLevelItem(0);
        QTreeWidgetItem* const ways = dialog->list()->topLevelItem(1);
        QCOMPARE(steps->childCount(), static_cast<int>(seen->steps.size()));
        QVERIFY(steps->child(0)->text(0).startsWith(text("1  Decoded")));
        QCOMPARE(ways->childCount(), 3);  // the reference, the central square, greyscale
        QVERIFY(ways->child(0)->text(0).endsWith(text("\nthe reference")));
        const double reference = exhibit(window, "wide.png").opinion()->score;
        QCOMPARE(ways->child(0)->text(1), score_text(reference));
        QVERIFY(ways->child(0)->text(2).isEmpty());
        for (int way = 1; way < 3; ++way) {
            QVERIFY(ways->child(way)->text(0).endsWith(text("not the reference")));
            QVERIFY(!ways->child(way)->text(2).isEmpty());
        }
        // What is shown adds up.
        QCOMPARE(ways->child(1)->text(2),
                 difference_text(ways->child(1)->text(1), ways->child(0)->text(1)));
        // Greyscale has no red: the fake panel's score drops.
        QVERIFY(ways->child(2)->text(2).startsWith(QChar(0x2212)));
        QVERIFY2(dialog->words().contains(text("2 other ways of decoding")),
                 qPrintable(dialog->words()));
        dialog->list()->setCurrentItem(ways->child(1));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->view()->has_full_resolution(), kPatience);
        QCOMPARE(dialog->view()->picture_size(), QSize(64, 64));
        // Experts in names for people.
        QStringList below;
        for (const QLabel* const label : dialog->findChildren<QLabel*>())
            below.append(label->text());
        const auto& experts = window.session().evaluator()->panel().experts;
        for (const ExpertWords& words : words_for(experts))
            QVERIFY2(below.join(QLatin1Char('\n')).contains(QString::fromStdString(words.title)),
                     words.title.c_str());
        dialog->list()->setCurrentItem(steps->child(0));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->view()->has_full_resolution(), kPatience);
        QCOMPARE(dialog->view()->picture_size(), QSize(128, 64));
        QCOMPARE(dialog->sentence(), QString::fromStdString(seen->steps[0].sentence()));
        QVERIFY(!dialog->grab().isNull());
        window.action("seen")->trigger();  // the same picture again: nothing is computed
        QVERIFY(!dialog->running());
        QCOMPARE(dialog->seen(), seen);
    }

    void a_missing_file_is_reported_and_retried() {
        MainWindow& window = ready_window();
        const QString file = paint("one.png", Qt::red);
        drop_files(&window, {file});
        wait_until_idle(window, 1);
        QVERIFY(QFile::rename(file, file + text(".away")));
        window.action("seen")->trigger();
        auto* const dialog = window.findChild<SeenDialog*>();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->running(), kPatience);
        QVERIFY(dialog->seen() == nullptr);
        QVERIFY(!dialog->words().isEmpty());
        QVERIFY(QFile::rename(file + text(".away"), file));
        window.action("seen")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog->running(), kPatience);
        QVERIFY(dialog->seen() != nullptr);
    }

    void closing_the_input_dialog_stops_it() {
        MainWindow& window = window_with({paint("one.png", Qt::red)});
        fixture_->panels.scoring->close();
        window.action("seen")->trigger();
        auto* const dialog = window.findChild<SeenDialog*>();
        QTRY_VERIFY_WITH_TIMEOUT(dialog->seen() != nullptr, kPatience);  // before any score
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 1, kPatience);
        dialog->close();
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 0, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<SeenDialog*>() == nullptr, kPatience);
    }
};

QTEST_MAIN(SeenWindowTest)
#include "seen_window_test.moc"
