// Tests of stability, expert agreement and the presentation in the window.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QTreeWidget>
#include <algorithm>

#include "core/casework/store/audit_log.h"
#include "core/opinion/expert_words.h"
#include "tests/ui/case_driving.h"
#include "ui/look/wording.h"
#include "ui/studies/agreement/agreement_dialog.h"
#include "ui/studies/presentation/presentation.h"
#include "ui/studies/presentation/presentation_study.h"
#include "ui/studies/stability/stability_chart.h"
#include "ui/studies/stability/stability_panel.h"
#include "ui/studies/stability/stability_run.h"
#include "ui/studies/stability/stability_study.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class FirmnessWindowTest : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:
    void all_versions_give_an_interval_on_card_and_tab() {
        MainWindow& window = ready_window();
        QVERIFY(!window.action("stability")->isEnabled());
        drop_files(&window, {paint("one.png", QColor(140, 120, 110))});
        wait_until_idle(window, 1);
        QVERIFY(window.action("stability")->isEnabled());
        QVERIFY(window.verdict().card()->firmness().isEmpty());
        const StabilityPanel* const panel = window.study<StabilityStudy>().panel();
        const double seconds = exhibit(window, "one.png").examination->seconds;
        std::size_t versions = 0;
        for (const StabilityOperation& operation : stability_operations())
            versions += operation.variants.size();
        QVERIFY2(panel->state().contains(text("versions take ") +
                                         duration_text(static_cast<double>(versions) * seconds)),
                 qPrintable(panel->state()));
        QStringList told;
        connect(&window.study<StabilityStudy>().run(), &StabilityRun::changed, panel,
                [&told, panel] { told.append(panel->state()); });
        window.action("stability")->trigger();
        QVERIFY(window.study<StabilityStudy>().run().running());
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        const Stability* const known = window.study<StabilityStudy>().run().known();
        QVERIFY(known != nullptr && known->complete);
        QCOMPARE(known->points.size(), known->planned());
        QVERIFY2(!told.filter(text(" left")).isEmpty(), qPrintable(told.join(QLatin1Char('\n'))));
        const QString interval = window.study<StabilityStudy>().panel()->interval();
        QVERIFY2(interval.endsWith(text("over ordinary re-sharing")), qPrintable(interval));
        QCOMPARE(window.verdict().card()->firmness(), interval);
        QCOMPARE(interval, QString::fromStdString(interval_words(firmness_of(*known))));
        // One chart for all operations without a scale, and one per operation with a scale.
        const auto charts = window.study<StabilityStudy>().panel()->charts();
        const auto ordered = std::ranges::count_if(stability_operations(),
                                                   [](const auto& each) { return each.ordered; });
        QCOMPARE(charts.size(), static_cast<std::size_t>(ordered + 1));
        for (const StabilityChart* const chart : charts) {
            QVERIFY(!chart->accessibleName().isEmpty());
            QVERIFY(!chart->accessibleDescription().isEmpty());
        }
    }

    void the_story_includes_stability_once_complete() {
        MainWindow& window = window_with({paint("one.png", QColor(140, 120, 110))});
        const QString before = window.verdict().card()->story();
        window.study<StabilityStudy>().run().start({"blur", "print-scan"});
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        const auto story =
            firmness_story(firmness_of(*window.study<StabilityStudy>().run().known()));
        QCOMPARE(story.size(), 3u);
        const QString after = window.verdict().card()->story();
        for (const std::string& sentence : story) {
            QVERIFY(!before.contains(QString::fromStdString(sentence)));
            QVERIFY2(after.contains(QString::fromStdString(sentence)), qPrintable(after));
        }
        QVERIFY(after.contains(text("After printing and scanning")));
        QVERIFY(window.verdict().card()->accessibleDescription().contains(after));
        // The copied text has it, too.
        window.action("copy")->trigger();
        QVERIFY(QApplication::clipboard()->text().contains(text("After printing and scanning")));
    }

    void a_hard_preset_alone_gives_no_interval() {
        MainWindow& window = window_with({paint("one.png", Qt::red)});
        window.study<StabilityStudy>().run().start({"print-scan"});
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        QVERIFY(window.verdict().card()->firmness().isEmpty());
        QVERIFY(window.study<StabilityStudy>().panel()->interval().isEmpty());
        QVERIFY(window.verdict().card()->story().contains(text("After printing and scanning")));
    }

    void results_are_stored_in_the_case() {
        const QDir folder(fixture_->folder.path());
        folder.mkpath(text("pictures"));
        const QDir pictures(folder.filePath(text("pictures")));
        save_picture(pictures, text("red.png"), plain_picture(Qt::red));
        save_picture(pictures, text("blue.png"), plain_picture(Qt::blue));
        const auto path = to_path(folder.filePath(text("kept.dfdcase")));
        MainWindow& window = ready_window();
        open_case(window, path, true);
        drop_files(&window, {pictures.path()});
        wait_for_exhibits(window, 2);
        show_record(window, "red.png");
        QTRY_VERIFY_WITH_TIMEOUT(window.action("stability")->isEnabled(), kPatience);
        window.study<StabilityStudy>().run().start({"blur", "messaging"});
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        const auto kept = [&] {
            const CaseFile file(path, CaseAccess::Read);
            return read_exhibit(file, record_id(window, "red.png"), false).stability;
        };
        QTRY_VERIFY_WITH_TIMEOUT(kept().has_value(), kPatience);
        QCOMPARE(kept()->firmness.versions, 6);
        QCOMPARE(last_entry(CaseFile(path, CaseAccess::Read)).action, std::string("stability"));
        const QString interval = window.verdict().card()->firmness();
        QVERIFY(interval.endsWith(text("over ordinary re-sharing")));
        show_record(window, "blue.png");
        QVERIFY(window.verdict().card()->firmness().isEmpty());

        // Reopened, the result is shown at once and not computed again.
        QSignalSpy closed(&window.case_controller(), &CaseController::closed);
        window.action("close_case")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, kPatience);
        open_case(window, path, false);
        wait_for_exhibits(window, 2);
        show_record(window, "red.png");
        QTRY_COMPARE_WITH_TIMEOUT(window.verdict().card()->firmness(), interval, kPatience);
        QVERIFY(window.verdict().card()->story().contains(text("Firm: ")));
        QCOMPARE(window.study<StabilityStudy>().panel()->charts().size(), 2u);
        window.study<StabilityStudy>().run().start({"blur", "flip"});
        QCOMPARE(window.study<StabilityStudy>().run().planned(), 2u);
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(kept()->firmness.versions, 8, kPatience);
    }

    void points_arrive_one_by_one_and_another_picture_stops_the_run() {
        MainWindow& window = window_with({paint("one.png", Qt::red), paint("two.png", Qt::blue)});
        window.exhibits().make_current(exhibit(window, "one.png").id);
        fixture_->panels.scoring->close();
        window.study<StabilityStudy>().run().start({"blur"});
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 1, kPatience);
        QVERIFY(window.study<StabilityStudy>().run().running());
        QCOMPARE(window.study<StabilityStudy>().run().planned(), 5u);
        window.exhibits().make_current(exhibit(window, "two.png").id);
        QVERIFY(!window.study<StabilityStudy>().run().running());
        QVERIFY(window.study<StabilityStudy>().run().known() == nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(fixture_->panels.scoring->waiting(), 0, kPatience);
        fixture_->panels.scoring->open();
        window.study<StabilityStudy>().run().start({"blur"});
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        QCOMPARE(window.study<StabilityStudy>().run().known()->points.size(), 5u);
        window.exhibits().make_current(exhibit(window, "one.png").id);
        QVERIFY(window.study<StabilityStudy>().run().known() ==
                nullptr);  // partly finished: dropped
        window.exhibits().make_current(exhibit(window, "two.png").id);
        QVERIFY(window.study<StabilityStudy>().run().known() !=
                nullptr);  // finished results are kept
    }

    void a_preset_button_runs_its_preset_once() {
        MainWindow& window = window_with({paint("one.png", Qt::red)});
        auto* const button =
            window.study<StabilityStudy>().panel()->findChild<QPushButton*>(text("messaging"));
        QVERIFY(button != nullptr && button->isEnabled());
        QVERIFY(button->toolTip().contains(text("JPEG 75")));
        button->click();
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        QCOMPARE(window.study<StabilityStudy>().run().known()->points.size(), 1u);
        window.study<StabilityStudy>().run().start({"messaging", "screenshot"});
        QCOMPARE(window.study<StabilityStudy>().run().planned(), 1u);
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        QCOMPARE(window.study<StabilityStudy>().run().known()->points.size(), 2u);
    }

    void weights_affect_the_interval() {
        MainWindow& window = window_with({paint("one.png", QColor(120, 120, 120))});
        window.study<StabilityStudy>().run().start({"flip"});
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        const double reference = firmness_of(*window.study<StabilityStudy>().run().known()).score;
        window.session().set_weights({0, 0, 1});
        QVERIFY(firmness_of(*window.study<StabilityStudy>().run().known()).score <
                reference - 0.05);
        window.session().set_weights({});
        QCOMPARE(firmness_of(*window.study<StabilityStudy>().run().known()).score, reference);
    }

    void a_changed_file_is_not_scored() {
        MainWindow& window = window_with({paint("one.png", Qt::red)});
        paint("one.png", Qt::blue);
        window.study<StabilityStudy>().run().start({"flip"});
        QTRY_VERIFY_WITH_TIMEOUT(!window.study<StabilityStudy>().run().running(), kPatience);
        QVERIFY2(window.study<StabilityStudy>().run().problem().contains(text("has changed")),
                 qPrintable(window.study<StabilityStudy>().run().problem()));
        QVERIFY(window.study<StabilityStudy>().run().known() == nullptr);
    }

    void a_cell_selects_the_pictures_behind_it() {
        MainWindow& window = ready_window();
        // On grey, only the fake panel's third expert says real.
        drop_files(&window,
                   {paint("red.png", Qt::red), paint("grey.png", QColor(90, 90, 90)),
                    paint("blue.png", Qt::blue), paint("pale.png", QColor(200, 200, 200))});
        wait_until_idle(window, 4);
        window.action("disagreement")->trigger();
        auto* const dialog = window.findChild<AgreementDialog*>();
        QVERIFY(dialog != nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(dialog->model().rowCount(), 3, kPatience);
        QCOMPARE(dialog->pictures()->topLevelItemCount(), 4);
        // The list is of all, so no cell looks chosen.
        QVERIFY(!dialog->findChild<QTableView*>()->selectionModel()->hasSelection());
        const auto& view = *dialog->model().view();
        QCOMPARE(view.matrix.flips[0][2], 0.5);
        QCOMPARE(view.matrix.flips[0][1], 0.0);
        // The share of flips first; experts in names for people, and who is alone how often.
        QCOMPARE(dialog->findChild<QComboBox*>()->currentText(), text("On different sides"));
        QCOMPARE(dialog->pictures()->headerItem()->text(2), text("Disagreement"));
        QCOMPARE(dialog->model().index(0, 2).data().toString(), text("0.50"));
        const QString third =
            dialog->model().headerData(2, Qt::Vertical, Qt::AccessibleTextRole).toString();
        QVERIFY2(dialog->words().contains(
                     text("Alone against the others: %1 in 2 of 4 pictures.").arg(third)),
                 qPrintable(dialog->words()));
        // Other measures are details.
        auto* const measure = dialog->findChild<QComboBox*>();
        auto* const details = dialog->findChild<QToolButton*>(text("agreement_details"));
        QVERIFY(!measure->isVisibleTo(dialog));
        details->click();
        QVERIFY(measure->isVisibleTo(dialog));
        measure->setCurrentIndex(1);
        QVERIFY(dialog->model().index(0, 2).data().toString() != text("0.50"));
        details->click();
        QCOMPARE(dialog->model().index(0, 2).data().toString(), text("0.50"));
        const auto& experts = window.session().evaluator()->panel().experts;
        QCOMPARE(third.toStdString(), words_for(experts)[2].title);
        const QModelIndex cell = dialog->model().index(0, 2);
        QVERIFY(cell.data(Qt::AccessibleTextRole).toString().contains(text("2 of 4 pictures")));
        QTest::keyClick(dialog->matrix_view(),
                        Qt::Key_Right);  // from the second column to the third
        QCOMPARE(dialog->matrix_view()->currentIndex(), cell);
        QTest::keyClick(dialog->matrix_view(), Qt::Key_Return);
        QCOMPARE(dialog->pictures()->topLevelItemCount(), 2);
        std::vector<ui::ListedId> expected{exhibit(window, "grey.png").id,
                                           exhibit(window, "pale.png").id};
        auto selected = window.exhibits().selected();
        std::ranges::sort(selected);
        QCOMPARE(selected, expected);
        dialog->pictures()->setCurrentItem(dialog->pictures()->topLevelItem(1));
        QCOMPARE(window.exhibits().current(),
                 std::optional(static_cast<ui::ListedId>(
                     dialog->pictures()->topLevelItem(1)->data(0, Qt::UserRole + 1).toLongLong())));
        // The diagonal has no figure, so it lists nothing.
        Q_EMIT dialog->matrix_view()->clicked(dialog->model().index(1, 1));
        QCOMPARE(dialog->pictures()->topLevelItemCount(), 2);
    }

    void a_list_without_scores_is_reported() {
        MainWindow& window = ready_window();
        window.action("disagreement")->trigger();
        auto* const dialog = window.findChild<AgreementDialog*>();
        QTRY_VERIFY_WITH_TIMEOUT(dialog->words().contains(text("No picture")), kPatience);
        QCOMPARE(dialog->pictures()->topLevelItemCount(), 0);
    }

    void agreement_colours_are_distinguishable_without_red_and_green() {
        for (const auto figure : {AgreementMeasure::RankCorrelation, AgreementMeasure::Flips}) {
            const bool rank = figure == AgreementMeasure::RankCorrelation;
            const QColor agreed = agreement_colour(figure, rank ? 1 : 0);
            const QColor opposed = agreement_colour(figure, rank ? -1 : 0.5);
            QVERIFY(agreed.blue() > agreed.red());
            QVERIFY(opposed.red() > opposed.blue());
            QCOMPARE(agreement_colour(figure, rank ? 0 : 0.25), look().field);
        }
    }

    void experts_vote_in_turn_and_a_remote_advances() {
        MainWindow& window = window_with({paint("one.png", Qt::red), paint("two.png", Qt::blue)});
        window.exhibits().make_current(exhibit(window, "one.png").id);
        window.action("present")->trigger();
        Presentation* const stage = window.study<PresentationStudy>().stage();
        QVERIFY(stage != nullptr && stage->isFullScreen());
        stage->set_animated(true);
        QVERIFY(stage->accessible_text().contains(text("one.png")));
        QVERIFY(stage->accessible_text().contains(text("3 experts have not voted")));
        QTest::keyClick(stage, Qt::Key_PageDown);
        QCOMPARE(stage->voted(), 1);
        QVERIFY(!stage->verdict_shown());
        QVERIFY(stage->accessible_text().contains(text("looks fake")));
        QTest::keyClick(stage, Qt::Key_A);  // the others vote by themselves
        QTRY_VERIFY_WITH_TIMEOUT(stage->verdict_shown(), kPatience);
        QCOMPARE(stage->voted(), 3);
        QVERIFY2(stage->accessible_text().contains(text("The panel says")),
                 qPrintable(stage->accessible_text()));
        QCOMPARE(stage->accessibleDescription(), stage->accessible_text());
        while (stage->page() + 1 < stage->pages())
            QTest::keyClick(stage, Qt::Key_PageDown);
        QVERIFY(stage->accessible_text().contains(text("one.png")));
        QTest::keyClick(stage, Qt::Key_PageDown);
        QVERIFY(stage->accessible_text().contains(text("two.png")));
        QCOMPARE(stage->voted(), 0);
        QCOMPARE(window.exhibits().current(), std::optional(exhibit(window, "two.png").id));
        QTest::keyClick(stage, Qt::Key_PageUp);
        QVERIFY(stage->accessible_text().contains(text("one.png")));
        QTest::keyClick(stage, Qt::Key_Up);  // already at the first
        QVERIFY(stage->accessible_text().contains(text("one.png")));
        QTest::keyClick(stage, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(window.study<PresentationStudy>().stage() == nullptr, kPatience);
    }

    void without_animation_all_vote_at_once() {
        MainWindow& window = window_with({paint("one.png", Qt::red)});
        window.action("present")->trigger();
        Presentation* const stage = window.study<PresentationStudy>().stage();
        stage->set_animated(false);
        QTest::keyClick(stage, Qt::Key_A);
        QVERIFY(stage->verdict_shown());
        QVERIFY(!stage->grab().isNull());
        QTest::keyClick(stage, Qt::Key_Home);
        QCOMPARE(stage->voted(), 0);
        stage->close();
    }
};

QTEST_MAIN(FirmnessWindowTest)
#include "firmness_window_test.moc"
