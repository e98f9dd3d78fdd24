// Tests of replaying a record in the window.
#include <QAction>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <functional>

#include "core/engine/replay/replay_record.h"
#include "core/picture/picture.h"
#include "tests/ui/window_driving.h"
#include "ui/case/case_work_dialog.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"
#include "ui/window/commands/replay_commands.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class ReplayWindowTest : public WindowTest {
    Q_OBJECT

  private:
    /// The experts' weights have digests, as a record needs them.
    static PanelRecord panel(const char* name, int experts) {
        PanelRecord panel = fake_panel(name, experts, false);
        for (auto& expert : panel.experts)
            expert.sha256 = std::string(64, 'a');
        return panel;
    }
    /// A window that has scored a.png.
    MainWindow& window_with_a_picture() {
        fixture_->panels.panels.clear();
        fixture_->panels.default_folder.clear();
        fixture_->panels.add(panel("first", 3));
        return window_with({paint("a.png", Qt::red)});
    }
    [[nodiscard]] std::filesystem::path file(const char* name) const {
        return to_path(fixture_->folder.filePath(text(name)));
    }
    /// The record of a.png.
    std::filesystem::path written(MainWindow& window,
                                  const std::function<void(ReplayRecord&)>& change = {}) {
        ReplayRecord record =
            make_replay_record(*exhibit(window, "a.png").examination, read_picture(file("a.png")),
                               *window.session().evaluator());
        if (change)
            change(record);
        save_bytes(QDir(fixture_->folder.path()), text("record.json"),
                   QByteArray::fromStdString(replay_record_json(record)));
        return file("record.json");
    }
    CaseWorkDialog* open(MainWindow& window, const std::filesystem::path& record) {
        window.files().replaying().open(record);
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT(window.files().replaying().dialog() != nullptr, kPatience);
        }();
        return window.files().replaying().dialog();
    }
    static void run(CaseWorkDialog& dialog) {
        QSignalSpy ended(&dialog, &CaseWorkDialog::ended);
        dialog.start_button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
    }

  private Q_SLOTS:
    void the_recorded_picture_agrees() {
        MainWindow& window = window_with_a_picture();
        QVERIFY(window.action("replay")->isEnabled());
        CaseWorkDialog* const dialog = open(window, written(window));
        // It knows where the picture was.
        QCOMPARE(to_path(dialog->findChild<QLineEdit*>()->text()), file("a.png"));
        run(*dialog);
        QVERIFY2(dialog->heading().startsWith(text("The replay matches the record.")),
                 qPrintable(dialog->heading() + dialog->details()));
        QVERIFY(dialog->heading().contains(text("Largest score difference")));
        QCOMPARE(dialog->details().count(text(" – same: ")), 6);
    }

    void what_differs_is_told() {
        MainWindow& window = window_with_a_picture();
        const auto record = written(window, [](ReplayRecord& each) { each.score -= 0.25; });
        paint("a.png", Qt::blue);
        CaseWorkDialog* const dialog = open(window, record);
        run(*dialog);
        QVERIFY2(dialog->heading().contains(text("does not match")), qPrintable(dialog->heading()));
        for (const char* const part : {"bytes – differs", "pixels – differs", "panel – same",
                                       "precision – same", "scores – differs"})
            QVERIFY2(dialog->details().contains(text(part)), qPrintable(dialog->details()));
    }

    void a_picture_that_went_elsewhere_is_asked_for() {
        MainWindow& window = window_with_a_picture();
        CaseWorkDialog* const dialog = open(
            window, written(window, [](ReplayRecord& record) { record.path = "/gone/b.png"; }));
        auto* const path = dialog->findChild<QLineEdit*>();
        QVERIFY(path->text().isEmpty());
        QVERIFY(!dialog->start_button()->isEnabled());
        path->setText(path_text(file("a.png")));
        run(*dialog);
        QVERIFY(dialog->heading().contains(text("matches")));
    }

    void the_panel_of_the_record_is_opened() {
        MainWindow& window = window_with_a_picture();
        // The first panel's digest belongs to no panel any more; another one has its name.
        const auto record =
            written(window, [](ReplayRecord& each) { each.panel_digest = std::string(64, 'b'); });
        CaseWorkDialog* const dialog = open(window, record);
        run(*dialog);
        QVERIFY2(dialog->details().contains(text("panel – differs")),
                 qPrintable(dialog->details()));
        fixture_->panels.panels.clear();
        run(*dialog);
        QCOMPARE(dialog->heading(), text("There is no panel first; choose another one."));
    }

    void a_replay_can_be_stopped() {
        MainWindow& window = window_with_a_picture();
        CaseWorkDialog* const dialog = open(window, written(window));
        fixture_->panels.scoring->close();
        QSignalSpy ended(dialog, &CaseWorkDialog::ended);
        dialog->start_button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 1, kPatience);
        button_named(dialog, "Stop")->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
        QCOMPARE(dialog->heading(), text("Stopped."));
    }

    void another_file_is_no_record() {
        MainWindow& window = window_with_a_picture();
        window.files().replaying().open(file("a.png"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.banners().messages().filter(text("a.png")).isEmpty(),
                                 kPatience);
        QVERIFY(window.files().replaying().dialog() == nullptr);
    }
};

QTEST_MAIN(ReplayWindowTest)
#include "replay_window_test.moc"
