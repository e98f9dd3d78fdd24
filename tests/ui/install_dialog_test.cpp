// Tests of the install dialog, both pages: errors in place, cancelling, and switching to the new
// panel.
#include "ui/window/install_dialog.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QSignalSpy>
#include <QTest>

#include "tests/ui/fits.h"
#include "tests/ui/painted_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/window/commands/installable_names.h"
#include "ui/window/expert_page.h"
#include "ui/window/manual_dialog.h"
#include "ui/window/panel_chooser.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

constexpr int kPatience = 20'000;

}  // namespace

class InstallDialogTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() {
        fixture_ = std::make_unique<WindowFixture>();
        QDir folder(fixture_->folder.path());
        weights_ = save_bytes(folder, QStringLiteral("weight.pth"), "w");
        ema_ = save_bytes(folder, QStringLiteral("ema.state"), "e");
    }
    void cleanup() { fixture_.reset(); }

    void leads_to_the_manual() {
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        button_named(&dialog, "Where to &get them")->click();
        const auto* const manual = dialog.findChild<ManualDialog*>();
        QVERIFY(manual != nullptr);
        QCOMPARE(manual->page(), QStringLiteral("panels.md"));
    }

    void finds_the_other_file_in_the_same_folder() {
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        QVERIFY(!button_named(&dialog, "Install")->isEnabled());
        dialog.offer_file(ema_);
        QVERIFY(button_named(&dialog, "Install")->isEnabled());
        QStringList texts;
        for (const auto* const edit : dialog.findChildren<QLineEdit*>())
            texts.append(edit->text());
        QVERIFY(texts.contains(weights_));
        QVERIFY(texts.contains(ema_));
        QVERIFY(is_installable_name(weights_));
        QVERIFY(!is_installable_name(QStringLiteral("photo.jpg")));
    }

    void errors_are_shown_in_the_dialog() {
        fixture_->panels.fail_install = "weight.pth is damaged: tensor 0.stem has a bad checksum.";
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        QSignalSpy installed(&dialog, &InstallDialog::installed);
        dialog.show();
        dialog.offer_file(weights_);
        QTest::mouseClick(button_named(&dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(dialog.problem(),
                                  QString::fromStdString(fixture_->panels.fail_install), kPatience);
        QVERIFY(dialog.isVisible());
        QVERIFY(!dialog.installing());
        QCOMPARE(installed.count(), 0);
        fixture_->panels.fail_install.clear();  // Downloaded again: the same dialog continues.
        QTest::mouseClick(button_named(&dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(installed.count(), 1, kPatience);
        QVERIFY(!dialog.isVisible());
    }

    void cancelling_stops_and_is_reported() {
        fixture_->panels.installing->close();
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        dialog.show();
        dialog.offer_file(weights_);
        QTest::mouseClick(button_named(&dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.installing->waiting(), 1, kPatience);
        QVERIFY(dialog.installing());
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog.installing(), kPatience);
        QVERIFY(dialog.problem().contains(QStringLiteral("cancelled")));
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(!dialog.isVisible());
    }

    void closing_the_window_while_installing() {
        fixture_->panels.installing->close();
        MainWindow& window = fixture_->open();
        window.open_paths({to_std(weights_)});  // Like a drop on the window.
        auto* const dialog = window.findChild<InstallDialog*>();
        QVERIFY(dialog != nullptr);
        QTest::mouseClick(button_named(dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.installing->waiting(), 1, kPatience);
        fixture_->window.reset();
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.installing->waiting(), 0, kPatience);
    }

    void the_new_panel_is_used() {
        MainWindow& window = fixture_->open();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().panel_state(), PanelState::Ready, kPatience);
        window.open_paths({to_std(weights_)});
        auto* const dialog = window.findChild<InstallDialog*>();
        QTest::mouseClick(button_named(dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panel_in_use(), std::string("published"), kPatience);
        QTRY_COMPARE(window.panels().currentText(), QStringLiteral("Panel published"));
    }

    // --- other people's experts

    void an_expert_is_checked_and_added() {
        ask_about_experts();
        MainWindow& window = fixture_->open();
        window.open_paths({to_std(model_)});  // Like a drop on the window.
        const QPointer<InstallDialog> dialog = window.findChild<InstallDialog*>();
        QVERIFY(dialog != nullptr);
        ExpertPage& page = dialog->experts();
        QTRY_VERIFY_WITH_TIMEOUT(page.report().contains(QStringLiteral("A red detector")),
                                 kPatience);
        QVERIFY(page.isVisible());
        // What it wants to read is said before anything is started.
        QVERIFY(page.report().contains(QStringLiteral("reads     /opt/models of this machine")));
        QVERIFY(!button_named(&page, "&Add")->isEnabled());
        QTest::mouseClick(button_named(&page, "&Check"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(page.report().contains(QStringLiteral("The expert can be added")),
                                 kPatience);
        QVERIFY(page.report().contains(QStringLiteral("pass  one.png: 0.9000, expected 0.9000")));
        QCOMPARE(checked_, 1);
        // The bundled panel is not offered; a new one is.
        auto* const panels = page.findChild<QComboBox*>();
        QCOMPARE(panels->count(), 1);
        QTRY_VERIFY(button_named(&page, "&Add")->hasFocus());
        QTest::keyClick(button_named(&page, "&Add"), Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panel_in_use(), std::string("mine"), kPatience);
        QVERIFY(dialog == nullptr || !dialog->isVisible());  // it may be gone already
    }

    void what_is_wrong_with_an_expert_is_said_in_place() {
        ask_about_experts();
        wrong_ = "The expert is not what its manifest says: 1 of 4 canaries failed.";
        InstallDialog dialog(backend_, *fixture_->threads);
        dialog.show();
        dialog.offer_file(model_);
        ExpertPage& page = dialog.experts();
        QTRY_VERIFY_WITH_TIMEOUT(button_named(&page, "&Check")->isEnabled(), kPatience);
        QTest::mouseClick(button_named(&page, "&Check"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(page.problem(), QString::fromStdString(wrong_), kPatience);
        QVERIFY(!button_named(&page, "&Add")->isEnabled());
        // Another manifest clears it; one that cannot be read is refused.
        unreadable_ = "\"manifest.json\" cannot be used: it is not valid JSON.";
        page.offer_file(
            save_bytes(QDir(fixture_->folder.path()), QStringLiteral("other.json"), "x"));
        QTRY_COMPARE_WITH_TIMEOUT(page.problem(), QString::fromStdString(unreadable_), kPatience);
        QVERIFY(!button_named(&page, "&Check")->isEnabled());
    }

    void an_expert_that_does_not_fit_the_question_has_a_sentence() {
        ask_about_experts();
        backend_.list_panels = [folder = to_std(fixture_->folder.path())] {
            ListedPanel theirs;
            theirs.record = fake_panel_of_questions("theirs", false);
            theirs.record.questions[0].id = "generated";
            theirs.record.questions[1].id = "edited";
            theirs.record.folder = folder / "theirs";
            return std::vector{theirs};
        };
        ExpertPage page(backend_, *fixture_->threads);
        page.show();
        page.offer_file(model_);
        QTRY_VERIFY_WITH_TIMEOUT(button_named(&page, "&Check")->isEnabled(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(page.findChild<QComboBox*>()->count(), 2, kPatience);
        QComboBox* question = nullptr;
        for (auto* const box : page.findChildren<QComboBox*>())
            if (box->findData(QStringLiteral("edited")) >= 0)
                question = box;
        QVERIFY(question != nullptr);
        QCOMPARE(page.misfit(), QString());
        question->setCurrentIndex(1);
        QVERIFY(page.misfit().contains(QStringLiteral("Two?")));
        question->setCurrentIndex(0);
        QCOMPARE(page.misfit(), QString());
    }

    void a_check_is_stopped() {
        ask_about_experts();
        fixture_->panels.installing->close();
        InstallDialog dialog(backend_, *fixture_->threads);
        dialog.show();
        dialog.offer_file(model_);
        ExpertPage& page = dialog.experts();
        QTRY_VERIFY_WITH_TIMEOUT(button_named(&page, "&Check")->isEnabled(), kPatience);
        QTest::mouseClick(button_named(&page, "&Check"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.installing->waiting(), 1, kPatience);
        QVERIFY(button_named(&page, "S&top")->isVisible());
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!page.working(), kPatience);
        QVERIFY(page.problem().contains(QStringLiteral("Stopped")));
        QVERIFY(dialog.isVisible());
        QVERIFY(button_named(&page, "&Check")->isEnabled());
    }

    void every_control_of_the_page_has_a_name_and_is_read_whole() {
        ask_about_experts();
        InstallDialog dialog(backend_, *fixture_->threads);
        dialog.show();
        dialog.offer_file(model_);
        ExpertPage& page = dialog.experts();
        QTRY_VERIFY_WITH_TIMEOUT(button_named(&page, "&Check")->isEnabled(), kPatience);
        QTest::mouseClick(button_named(&page, "&Check"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(button_named(&page, "&Add")->isEnabled(), kPatience);
        QCOMPARE(nameless_controls(dialog), QStringList());
        QTRY_COMPARE(cut_texts(dialog), QStringList());
        QVERIFY(dialog.minimumSizeHint().height() <= 680);
        if (const auto folder = qEnvironmentVariable("DFD_VIEWS"); !folder.isEmpty())
            QVERIFY(dialog.grab().save(folder + QStringLiteral("/install-expert.png")));
    }

    void a_new_panel_stays_chosen_when_the_list_comes_late() {
        ask_about_experts();
        const auto listing = fixture_->panels.installing;
        listing->close();
        backend_.list_panels = [listing, folder = to_std(fixture_->folder.path())] {
            listing->pass({});
            ListedPanel theirs;
            theirs.record = fake_panel("theirs", 1, false);
            theirs.record.folder = folder / "theirs";
            return std::vector{theirs};
        };
        ExpertPage touched(backend_, *fixture_->threads);
        ExpertPage untouched(backend_, *fixture_->threads);
        touched.show();
        untouched.show();
        QLineEdit* name = nullptr;
        for (auto* const edit : touched.findChildren<QLineEdit*>())
            if (edit->accessibleName() == QStringLiteral("New panel's name"))
                name = edit;
        QVERIFY(name != nullptr);
        QVERIFY(name->isVisible());
        QTest::keyClicks(name, QStringLiteral("2"));
        listing->open();
        for (const ExpertPage* const page : {&touched, &untouched})
            QTRY_COMPARE_WITH_TIMEOUT(page->findChild<QComboBox*>()->count(), 2, kPatience);
        QCOMPARE(touched.findChild<QComboBox*>()->currentText(), QStringLiteral("A new panel"));
        QCOMPARE(name->text(), QStringLiteral("mine2"));
        QVERIFY(name->isVisible());
        QCOMPARE(untouched.findChild<QComboBox*>()->currentIndex(), 0);
    }

  private:
    /// A backend that answers about one ONNX model.
    void ask_about_experts() {
        const QDir folder(fixture_->folder.path());
        model_ = save_bytes(folder, QStringLiteral("model.onnx"), "m");
        static_cast<void>(save_bytes(folder, QStringLiteral("manifest.json"), "{}"));
        checked_ = 0;
        wrong_.clear();
        unreadable_.clear();
        ForeignManifest manifest;
        manifest.name = "red";
        manifest.title = "A red detector";
        manifest.origin = "a test";
        manifest.licence = "MIT";
        manifest.made_for = {"generated"};
        manifest.run.reads = {"/opt/models"};
        auto& panels = fixture_->panels;
        panels.read_manifest = [this, manifest](const std::filesystem::path&) {
            if (!unreadable_.empty())
                throw PanelError(unreadable_);
            return manifest;
        };
        panels.check_expert = [this, manifest](const ForeignFiles&, const Progress& progress,
                                               std::stop_token stop) {
            progress(0.3, 1, "Asking about the canaries");
            fixture_->panels.installing->pass(stop);
            ++checked_;
            return ExpertCheck{manifest, {{"one.png", 0.9, 0.9, wrong_}}, wrong_};
        };
        panels.add_expert = [this](const AddExpertRequest& request, const Progress&,
                                   std::stop_token) {
            PanelRecord panel = fake_panel(request.new_panel, 1, false);
            fixture_->panels.add(panel);
            return panel;
        };
        backend_ = panels.backend();
    }

    static std::filesystem::path to_std(const QString& path) { return path.toStdString(); }

    std::unique_ptr<WindowFixture> fixture_;
    QString weights_;
    QString ema_;
    QString model_;
    Backend backend_;
    int checked_ = 0;
    std::string wrong_, unreadable_;
};

QTEST_MAIN(InstallDialogTest)
#include "install_dialog_test.moc"
