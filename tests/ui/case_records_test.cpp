// Tests of what a case says of itself in the window: properties, log, verification, merging, and
// scans that were killed.
#include "ui/case/case_records.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTreeWidget>

#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/store/audit_log.h"
#include "tests/ui/case_driving.h"
#include "ui/case/case_log_dialog.h"
#include "ui/case/case_work_dialog.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class CaseRecordsTest : public WindowTest {
    Q_OBJECT

  private:
    [[nodiscard]] std::filesystem::path case_path(const char* name = "case.dfd") const {
        return to_path(fixture_->folder.filePath(text(name)));
    }
    [[nodiscard]] QString pictures() const { return fixture_->folder.filePath(text("pictures")); }
    void paint_pictures() {
        const QDir folder(pictures());
        folder.mkpath(text("."));
        save_picture(folder, text("red.png"), plain_picture(Qt::red));
        save_picture(folder, text("blue.png"), plain_picture(Qt::blue));
    }
    MainWindow& window_with_case() {
        paint_pictures();
        MainWindow& window = ready_window();
        [&] {
            open_case(window, case_path(), true);
            drop_files(&window, {pictures()});
            wait_for_exhibits(window, 2);
        }();
        return window;
    }
    /// Starts the dialog's work and waits for its end.
    static void run(CaseWorkDialog& dialog) {
        QSignalSpy ended(&dialog, &CaseWorkDialog::ended);
        dialog.start_button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    }
    static std::string head_of(const std::filesystem::path& path) {
        return last_entry(CaseFile(path, CaseAccess::Read)).digest;
    }

  private Q_SLOTS:
    void a_list_has_no_records() {
        MainWindow& window = window_with({paint("red.png", Qt::red)});
        for (const char* const name : {"case_properties", "case_verify", "case_log", "case_merge"})
            QVERIFY(!window.action(name)->isEnabled());
    }

    void properties_tell_the_head() {
        MainWindow& window = window_with_case();
        window.action("case_properties")->trigger();
        const auto dialog = [&] { return window.findChild<QDialog*>(text("case_properties")); };
        QTRY_VERIFY_WITH_TIMEOUT(dialog() != nullptr, kPatience);
        QStringList said;
        for (const QLabel* const label : dialog()->findChildren<QLabel*>())
            said.append(label->text());
        QVERIFY2(said.join(QLatin1Char('\n')).contains(text("2 in 2 files")),
                 qPrintable(said.join(QLatin1Char('\n'))));
        QVERIFY(said.contains(text("Verdicts")));
        // Digests are in groups, which wrap.
        const QString head = QString::fromStdString(head_of(case_path()));
        const QString log = said.filter(text("entries, head")).value(0);
        QVERIFY2(log.endsWith(head.right(8)) && !log.contains(head), qPrintable(log));
        for (QPushButton* const button : dialog()->findChildren<QPushButton*>())
            if (button->text().contains(text("head")))
                button->click();
        QCOMPARE(QApplication::clipboard()->text().toStdString(), head_of(case_path()));
        window.case_controller().close();
        QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, kPatience);
    }

    void the_log_lists_who_did_what() {
        MainWindow& window = window_with_case();
        const auto dialog = window.cases().records().show_log();
        QTRY_VERIFY_WITH_TIMEOUT(dialog->entries()->topLevelItemCount() > 0, kPatience);
        const QTreeWidget& entries = *dialog->entries();
        QCOMPARE(entries.topLevelItem(entries.topLevelItemCount() - 1)->text(3),
                 text("The case was created."));
        QCOMPARE(entries.topLevelItem(0)->text(4).toStdString(), head_of(case_path()));
        // Sentences; the entry as it was recorded is behind a button.
        for (int row = 0; row < entries.topLevelItemCount(); ++row)
            QVERIFY2(!entries.topLevelItem(row)->text(3).contains(QLatin1Char('{')),
                     qPrintable(entries.topLevelItem(row)->text(3)));
        QVERIFY(!dialog->details()->isVisibleTo(dialog));
        dialog->details_button()->click();
        QVERIFY(dialog->details()->isVisibleTo(dialog));
        QVERIFY(dialog->details()->toPlainText().contains(
            QString::fromStdString(head_of(case_path()))));
        const auto shown = [&entries] {
            int count = 0;
            for (int row = 0; row < entries.topLevelItemCount(); ++row)
                count += entries.topLevelItem(row)->isHidden() ? 0 : 1;
            return count;
        };
        QTest::keyClicks(dialog->filter_box(), text("scan ended"));
        QCOMPARE(shown(), 1);
        // The details are of an entry that is shown, and their names are no words of it.
        dialog->filter_box()->setText(text("was created"));
        QCOMPARE(shown(), 1);
        QVERIFY(dialog->details()->toPlainText().contains(text("\"created\"")));
        dialog->filter_box()->setText(text("\"rows\""));
        QCOMPARE(shown(), 0);
        QVERIFY(dialog->details()->toPlainText().isEmpty());
    }

    void an_intact_case_is_verified_and_a_changed_picture_is_found() {
        MainWindow& window = window_with_case();
        const auto dialog = window.cases().records().show_verify();
        run(*dialog);
        QVERIFY2(dialog->heading().contains(text("is intact")), qPrintable(dialog->details()));
        QVERIFY(dialog->details().contains(text("Picture files as recorded: 2")));
        QVERIFY(dialog->details().contains(QString::fromStdString(head_of(case_path()))));
        save_picture(QDir(pictures()), text("red.png"), plain_picture(Qt::green));
        run(*dialog);
        QVERIFY2(dialog->heading().contains(text("not intact")), qPrintable(dialog->heading()));
        QVERIFY2(dialog->details().contains(text("red.png")), qPrintable(dialog->details()));
        // A head that is not in the chain.
        dialog->findChild<QLineEdit*>()->setText(text("0123456789abcdef"));
        run(*dialog);
        QVERIFY(dialog->details().contains(text("0123456789abcdef")));
        // The case can still be written: its locks were kept.
        show_record(window, "blue.png");
        window.action("mark_cleared")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().summary().counts.cleared, 1, kPatience);
    }

    void another_case_is_merged() {
        MainWindow& window = window_with_case();
        const QString other = fixture_->folder.filePath(text("other"));
        QDir(other).mkpath(text("."));
        save_picture(QDir(other), text("grey.png"), plain_picture(QColor(128, 128, 128)));
        open_case(window, case_path("other.dfd"), true);
        drop_files(&window, {other});
        wait_for_exhibits(window, 1);
        open_case(window, case_path(), false);
        wait_for_exhibits(window, 2);
        const auto dialog = window.cases().records().show_merge({case_path("other.dfd")});
        run(*dialog);
        QVERIFY2(dialog->heading().contains(text("New exhibits: 1")),
                 qPrintable(dialog->heading()));
        wait_for_exhibits(window, 3);
        run(*dialog);
        QVERIFY(dialog->heading().contains(text("New exhibits: 0")));
        // A file that is no case.
        const auto bad =
            window.cases().records().show_merge({to_path(QDir(other).filePath(text("grey.png")))});
        run(*bad);
        QVERIFY2(bad->heading().contains(text("grey.png")), qPrintable(bad->heading()));
    }

    void a_killed_scan_is_announced_and_goes_on() {
        paint_pictures();
        {
            MainWindow& window = window_with_case();
            window.close();
        }
        fixture_->window.reset();
        fixture_->threads = std::make_unique<BackgroundThreads>();
        {
            // Without its last entry, as when the process was killed.
            CaseFile file(case_path(), CaseAccess::Write);
            Database& database = file.database();
            database.run("DROP TRIGGER log_kept; DROP TRIGGER log_fixed");
            database.run("DELETE FROM log WHERE action = 'scan ended'");
            database.run(
                "UPDATE log SET details = json_set(details, '$.found', 9) "
                "WHERE action = 'results'");
        }
        save_picture(QDir(pictures()), text("late.png"), plain_picture(Qt::yellow));
        MainWindow& window = ready_window();
        open_case(window, case_path(), false);
        const auto told = [&] {
            return !window.banners().messages().filter(text("not looked at")).isEmpty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(told(), kPatience);
        button_named(&window.banners(), "Go on")->click();
        wait_for_exhibits(window, 3);
        QVERIFY(!told());
    }
};

QTEST_MAIN(CaseRecordsTest)
#include "case_records_test.moc"
