// Tests of the install dialog: errors in place, cancelling, and switching to the new panel.
#include "ui/window/install_dialog.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "tests/ui/painted_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/window/panel_chooser.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

constexpr int kPatience = 20'000;

QPushButton* button(QWidget* parent, const char* label) {
    for (auto* const found : parent->findChildren<QPushButton*>())
        if (found->text() == QString::fromUtf8(label))
            return found;
    return nullptr;
}

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

    void finds_the_other_file_in_the_same_folder() {
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        QVERIFY(!button(&dialog, "Install")->isEnabled());
        dialog.offer_file(ema_);
        QVERIFY(button(&dialog, "Install")->isEnabled());
        QStringList texts;
        for (const auto* const edit : dialog.findChildren<QLineEdit*>())
            texts.append(edit->text());
        QVERIFY(texts.contains(weights_));
        QVERIFY(texts.contains(ema_));
        QVERIFY(InstallDialog::is_checkpoint_name(weights_));
        QVERIFY(!InstallDialog::is_checkpoint_name(QStringLiteral("photo.jpg")));
    }

    void errors_are_shown_in_the_dialog() {
        fixture_->panels.fail_install = "weight.pth is damaged: tensor 0.stem has a bad checksum.";
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        QSignalSpy installed(&dialog, &InstallDialog::installed);
        dialog.show();
        dialog.offer_file(weights_);
        QTest::mouseClick(button(&dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(dialog.problem(),
                                  QString::fromStdString(fixture_->panels.fail_install), kPatience);
        QVERIFY(dialog.isVisible());
        QVERIFY(!dialog.installing());
        QCOMPARE(installed.count(), 0);
        fixture_->panels.fail_install.clear();  // Downloaded again: the same dialog continues.
        QTest::mouseClick(button(&dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(installed.count(), 1, kPatience);
        QVERIFY(!dialog.isVisible());
    }

    void cancelling_stops_and_is_reported() {
        fixture_->panels.installing->close();
        InstallDialog dialog(fixture_->panels.backend(), *fixture_->threads);
        dialog.show();
        dialog.offer_file(weights_);
        QTest::mouseClick(button(&dialog, "Install"), Qt::LeftButton);
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
        QTest::mouseClick(button(dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.installing->waiting(), 1, kPatience);
        fixture_->window.reset();
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.installing->waiting(), 0, kPatience);
    }

    void the_new_panel_is_used() {
        MainWindow& window = fixture_->open();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().panel_state(), PanelState::Ready, kPatience);
        window.open_paths({to_std(weights_)});
        auto* const dialog = window.findChild<InstallDialog*>();
        QTest::mouseClick(button(dialog, "Install"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(window.session().evaluator()->panel().name,
                                  std::string("published"), kPatience);
        QTRY_COMPARE(window.panels().currentText(), QStringLiteral("Panel published"));
    }

  private:
    static std::filesystem::path to_std(const QString& path) { return path.toStdString(); }

    std::unique_ptr<WindowFixture> fixture_;
    QString weights_;
    QString ema_;
};

QTEST_MAIN(InstallDialogTest)
#include "install_dialog_test.moc"
