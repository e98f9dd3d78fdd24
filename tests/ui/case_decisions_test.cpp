// Tests of deciding about exhibits in the window: marks, tags and notes, by keyboard, with undo, by
// whom.
#include <QAbstractSpinBox>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QInputDialog>
#include <QLineEdit>
#include <QListView>
#include <QSpinBox>

#include "tests/ui/case_driving.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/review_panel.h"
#include "ui/verdict/verdict_pane.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

class CaseDecisionsTest : public CaseTest {
    Q_OBJECT

  private Q_SLOTS:
    void marks_by_keyboard_with_undo();
    void typing_into_fields_triggers_no_shortcuts();
    void decisions_carry_the_reviewers_name();
    void tags_and_notes();
};

void CaseDecisionsTest::marks_by_keyboard_with_undo() {
    MainWindow& window = window_with_case();
    QListView* const list = window.case_pane().list();
    list->setFocus();
    show(window, "red.png");
    const ExhibitId red = id_of(window, "red.png");
    QTest::keyClick(list, Qt::Key_S);
    QTRY_COMPARE_WITH_TIMEOUT(record(window, red).marks.size(), std::size_t{1}, kPatience);
    const MarkEvent mark = record(window, red).marks.back();
    QCOMPARE(mark.mark, Mark::Suspicious);
    QVERIFY(!mark.by.empty());
    QVERIFY(std::abs(mark.at - case_time_now()) < 60'000);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.verdict().review()->mark_line().contains(QString::fromStdString(mark.by)),
        kPatience);
    QCOMPARE(list->currentIndex().data(RowRole::Mark).toInt(), static_cast<int>(Mark::Suspicious));

    // Next and previous; typed letters never start Qt's search by name.
    QTest::keyClick(list, Qt::Key_N);
    QCOMPARE(list->currentIndex().row(), 1);
    QTest::keyClick(list, Qt::Key_K);
    const ExhibitId second = *window.case_pane().current();
    QTRY_COMPARE_WITH_TIMEOUT(record(window, second).row.mark, Mark::ToCheck, kPatience);
    QTest::keyClick(list, Qt::Key_P);
    QCOMPARE(list->currentIndex().row(), 0);

    // With a filter for unmarked exhibits, the next one becomes current after a mark.
    ExhibitFilter unmarked;
    unmarked.mark = Mark::None;
    window.case_pane().filter_bar()->set_filter(unmarked);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 2, kPatience);
    const ExhibitId third = *window.case_pane().current();
    QTest::keyClick(list, Qt::Key_S);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 1, kPatience);
    QVERIFY(*window.case_pane().current() != third);
    QCOMPARE(window.case_pane().selected(), ExhibitIds{*window.case_pane().current()});
    QTest::keyClick(list, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 2, kPatience);
    window.case_pane().filter_bar()->clear();
    list->setFocus();
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);

    // Mark all at once, with a single undo.
    QTest::keyClick(list, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(window.case_pane().selected().size(), std::size_t{4});
    QTest::keyClick(list, Qt::Key_C);
    QVERIFY(says(window, "4 exhibits"));
    QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(window.case_controller().summary().counts.cleared),
                              4, kPatience);
    QTest::keyClick(list, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(window.case_controller().summary().counts.cleared),
                              0, kPatience);
    QCOMPARE(record(window, red).row.mark, Mark::Suspicious);
    QCOMPARE(record(window, second).row.mark, Mark::ToCheck);
    QTest::keyClick(list, Qt::Key_Z, Qt::ControlModifier);
    QTest::keyClick(list, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(record(window, red).row.mark, Mark::None, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!window.action("undo")->isEnabled(), kPatience);
    // Tool tips mention the keys.
    QVERIFY(window.action("mark_suspicious")->toolTip().contains(text("(S)")));
    // In a text field, letters are input.
    QLineEdit* const words = window.case_pane().filter_bar()->words();
    words->setFocus();
    QTest::keyClicks(words, text("sck"));
    QCOMPARE(words->text(), text("sck"));
    QCOMPARE(record(window, red).row.mark, Mark::None);
}

void CaseDecisionsTest::typing_into_fields_triggers_no_shortcuts() {
    MainWindow& window = window_with_case();
    window.activateWindow();
    show(window, "red.png");
    const ExhibitId red = id_of(window, "red.png");
    int tried = 0;
    for (QWidget* const field : window.findChildren<QWidget*>()) {
        const bool takes_text = qobject_cast<QComboBox*>(field) != nullptr ||
                                qobject_cast<QAbstractSpinBox*>(field) != nullptr ||
                                qobject_cast<QLineEdit*>(field) != nullptr;
        if (!takes_text || !field->isVisible() || !field->isEnabled() ||
            field->focusPolicy() == Qt::NoFocus)
            continue;
        field->setFocus();
        if (!field->hasFocus())
            continue;
        QTest::keyClicks(field, text("sckuSn"));
        ++tried;
        // Typing may have filtered the list, and without a selection nothing can be marked.
        window.case_pane().filter_bar()->clear();
        QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), 4, kPatience);
        show(window, "red.png");
    }
    // A spin box and a combo box, even if the window has none.
    QComboBox choices(&window);
    choices.addItems({text("cividis"), text("inferno"), text("signed")});
    choices.setCurrentIndex(1);
    QSpinBox number(&window);
    for (QWidget* const field : {static_cast<QWidget*>(&choices), static_cast<QWidget*>(&number)}) {
        field->show();
        field->setFocus();
        QVERIFY(field->hasFocus());
        QTest::keyClick(field, Qt::Key_S);
        ++tried;
    }
    QCOMPARE(choices.currentText(), text("signed"));
    QVERIFY(tried >= 5);
    // Marks are written in order: an unwanted one would appear before this one.
    show(window, "red.png");
    window.case_pane().list()->setFocus();
    QTest::keyClick(window.case_pane().list(), Qt::Key_C);
    QTRY_COMPARE_WITH_TIMEOUT(record(window, red).marks.size(), std::size_t{1}, kPatience);
    QCOMPARE(record(window, red).row.mark, Mark::Cleared);
}

void CaseDecisionsTest::decisions_carry_the_reviewers_name() {
    MainWindow& window = window_with_case();
    show(window, "red.png");
    const ExhibitId red = id_of(window, "red.png");
    ReviewPanel* const panel = window.verdict().review();
    const QString login = QString::fromStdString(login_name());
    QCOMPARE(panel->reviewer_line(), text("Decisions are recorded as by ") + login);
    const auto say = [&](const QString& name) {
        window.action("reviewer")->trigger();
        auto* const dialog = window.findChild<QInputDialog*>();
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(name);
        dialog->accept();
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QInputDialog*>() == nullptr, kPatience);
    };
    window.action("mark_suspicious")->trigger();
    say(text("  Anna\nBerg "));
    QVERIFY(panel->reviewer_line().contains(text("Anna Berg")));
    window.action("mark_cleared")->trigger();
    panel->note_requested(text("seen"));
    panel->tag_requested(text("beach"), true);
    QTRY_COMPARE_WITH_TIMEOUT(record(window, red).tags.size(), std::size_t{1}, kPatience);
    // Earlier decisions keep their name.
    const ExhibitRecord decided = record(window, red);
    QCOMPARE(decided.marks.size(), std::size_t{2});
    QCOMPARE(decided.marks[0].by, login_name());
    QCOMPARE(decided.marks[1].by, std::string("Anna Berg"));
    QCOMPARE(decided.notes.at(0).by, std::string("Anna Berg"));

    // Stored for the next start; an empty name selects the login name.
    window.close();
    QCOMPARE(fixture_->settings->value(text("case/reviewer")).toString(), text("Anna Berg"));
    MainWindow& again = fixture_->open();
    QVERIFY(again.verdict().review()->reviewer_line().contains(text("Anna Berg")));
    again.action("reviewer")->trigger();
    auto* const dialog = again.findChild<QInputDialog*>();
    QCOMPARE(dialog->textValue(), text("Anna Berg"));
    dialog->setTextValue(text(" "));
    dialog->accept();
    QVERIFY(again.verdict().review()->reviewer_line().contains(login));
}

void CaseDecisionsTest::tags_and_notes() {
    MainWindow& window = window_with_case();
    QListView* const list = window.case_pane().list();
    list->setFocus();
    show(window, "red.png");
    const ExhibitId red = id_of(window, "red.png");
    QTest::keyClick(list, Qt::Key_T);
    auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(field != nullptr);
    QTest::keyClicks(field, text("for court"));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(list->hasFocus());
    QTRY_COMPARE_WITH_TIMEOUT(window.verdict().review()->tags(), QStringList{text("for court")},
                              kPatience);
    QTest::keyClick(list, Qt::Key_E);
    field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(field != nullptr);
    QTest::keyClicks(field, text("The sun is on the wrong side."));
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(record(window, red).notes.size(), std::size_t{1}, kPatience);
    QCOMPARE(record(window, red).notes[0].text, std::string("The sun is on the wrong side."));
    // Undo removes the tag; the note stays.
    QTRY_VERIFY_WITH_TIMEOUT(window.action("undo")->isEnabled(), kPatience);
    QTest::keyClick(list, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(record(window, red).tags.empty(), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(window.verdict().review()->tags(), QStringList(), kPatience);
    QCOMPARE(record(window, red).notes.size(), std::size_t{1});
}

QTEST_MAIN(CaseDecisionsTest)
#include "case_decisions_test.moc"
