// Tests of the forms of a list: rows, grid and table, for the examined pictures and for a case.
#include <QListView>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>
#include <algorithm>
#include <functional>

#include "tests/ui/case_driving.h"
#include "ui/case/case_filter_bar.h"
#include "ui/charts/score_histogram.h"
#include "ui/list/list_form.h"
#include "ui/list/question_choice.h"
#include "ui/look/wording.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

class ListFormsTest : public WindowTest {
    Q_OBJECT

  private:
    MainWindow& window_with_three() {
        return window_with(
            {paint("a.png", Qt::red), paint("b.png", Qt::blue), paint("c.png", Qt::gray)});
    }
    void ask_two_questions() {
        fixture_->panels.panels.clear();
        fixture_->panels.default_folder.clear();
        fixture_->panels.add(fake_panel_of_questions("two", true));
    }
    static QRect place(const QListView& list, int row) {
        return list.visualRect(list.model()->index(row, 0));
    }
    static QStringList names(MainWindow& window) {
        QStringList found;
        for (const ListedId id : window.exhibits().shown())
            found.append(window.session().exhibits().find(id)->name);
        return found;
    }

  private Q_SLOTS:
    void columns_that_do_not_fit_are_left_out() {
        const TableColumns wide = table_columns(QRectF(0, 0, 600, 28));
        QVERIFY(wide.spread && wide.word);
        QCOMPARE(wide.scores.size(), std::size_t{1});
        QVERIFY(wide.name.right() <= wide.scores.front().left());
        QVERIFY(wide.scores.front().right() <= wide.spread->left());
        QVERIFY(wide.spread->right() <= wide.word->left());
        QVERIFY(!table_columns(QRectF(0, 0, 320, 28)).word);
        const TableColumns narrow = table_columns(QRectF(0, 0, 230, 28));
        QVERIFY(!narrow.word && !narrow.spread);
        QVERIFY(narrow.name.width() > 100);
        QVERIFY(!wide.mark && !wide.tags);
        const TableColumns reviewed = table_columns(QRectF(0, 0, 700, 28), {.reviewed = true});
        QVERIFY(reviewed.mark && reviewed.tags);
        QVERIFY(reviewed.word->right() <= reviewed.mark->left());
        QVERIFY(reviewed.mark->right() <= reviewed.tags->left());
        QVERIFY(!table_columns(QRectF(0, 0, 520, 28), {.reviewed = true}).tags);
    }

    void each_question_has_a_column() {
        const TableColumns wide = table_columns(QRectF(0, 0, 600, 28), {.questions = 2});
        QCOMPARE(wide.scores.size(), std::size_t{2});
        QVERIFY(wide.name.right() <= wide.scores[0].left());
        QVERIFY(wide.scores[0].right() <= wide.scores[1].left());
        QVERIFY(wide.scores[1].right() <= wide.spread->left());
        QCOMPARE(table_columns(QRectF(0, 0, 230, 28), {.questions = 2}).scores.size(),
                 std::size_t{1});

        QVERIFY(!window_with_three().exhibits().question()->isVisible());  // it asks one
        fixture_.reset();
        fixture_ = std::make_unique<WindowFixture>();
        ask_two_questions();
        {
            MainWindow& window = window_with_three();
            window.resize(1440, 800);
            window.findChild<QSplitter*>()->setSizes({720, 400, 320});
            QuestionChoice& choice = *window.exhibits().question();
            QVERIFY(choice.isVisible());
            QVERIFY(!choice.accessibleName().isEmpty());
            QCOMPARE(choice.count(), 3);
            QVERIFY(!choice.chosen());
            window.exhibits().forms()->set_form(ListForm::Table);
            TableHead* const head = window.exhibits().forms()->head();
            const auto scores = [&](std::size_t question) {
                std::vector<double> found;
                for (const ListedId id : window.exhibits().shown())
                    found.push_back(window.session()
                                        .exhibits()
                                        .find(id)
                                        ->opinion()
                                        ->answers.at(question)
                                        .score);
                return found;
            };
            button_named(head, "Q")->click();
            QCOMPARE(choice.chosen(), std::optional<std::size_t>(1));
            QVERIFY(std::ranges::is_sorted(scores(1), std::ranges::greater()));
            button_named(head, "Q")->click();
            QVERIFY(std::ranges::is_sorted(scores(1)));
            choice.setFocus();
            QTest::keyClick(&choice, Qt::Key_Up);
            QCOMPARE(choice.chosen(), std::optional<std::size_t>(0));
            QVERIFY(std::ranges::is_sorted(scores(0)));
            window.close();
        }
        MainWindow& again = ready_window();
        QTRY_COMPARE(again.exhibits().question()->chosen(), std::optional<std::size_t>(0));
    }

    void a_case_follows_the_chosen_question() {
        ask_two_questions();
        MainWindow& window = ready_window();
        open_case(window, to_path(fixture_->folder.filePath(text("case.dfd"))), true);
        drop_files(&window,
                   {paint("a.png", Qt::red), paint("b.png", Qt::blue), paint("c.png", Qt::gray)});
        wait_for_exhibits(window, 3);
        CasePane& pane = window.case_pane();
        QTRY_VERIFY_WITH_TIMEOUT(pane.question()->isVisible(), kPatience);
        const auto& points = [&]() -> const std::vector<ScorePoint>& {
            return *window.case_controller().points();
        };
        QTRY_COMPARE_WITH_TIMEOUT(points().size(), std::size_t{3}, kPatience);
        QVERIFY(pane.histogram()->corner_text().startsWith(text("Leading answers, up to")));
        const CaseFile file(window.case_controller().path(), CaseAccess::Read);
        for (std::size_t question = 0; question < 2; ++question) {
            pane.question()->choose(question);
            QCOMPARE(window.case_controller().model().view().filter.question,
                     std::optional(question));
            QTRY_VERIFY_WITH_TIMEOUT(
                std::ranges::all_of(points(),
                                    [&](const ScorePoint& point) {
                                        const auto row = exhibit_rows(file, {&point.id, 1});
                                        return point.question == question &&
                                               point.score == row.at(0).answers.at(question).score;
                                    }),
                kPatience);
            QVERIFY(pane.histogram()->corner_text().startsWith(question == 0 ? text("P, up to")
                                                                             : text("Q, up to")));
            QVERIFY(pane.histogram()->accessibleDescription().startsWith(
                question == 0 ? text("P. ") : text("Q. ")));
            const CaseCounts counts = count_exhibits(file, {.question = question});
            const auto& shown = [&]() -> const CaseCounts& {
                return window.case_controller().summary().counts;
            };
            QTRY_VERIFY_WITH_TIMEOUT(shown().looks_fake == counts.looks_fake &&
                                         shown().undecided == counts.undecided &&
                                         shown().looks_real == counts.looks_real,
                                     kPatience);
        }
        pane.forms()->set_form(ListForm::Table);
        button_named(pane.forms()->head(), "P")->click();
        QCOMPARE(pane.question()->chosen(), std::optional<std::size_t>(0));
        QCOMPARE(pane.question()->kept(), text("p"));
        QCOMPARE(pane.order(), ExhibitOrder::Score);
        QVERIFY(pane.descending());
        // A saved filter brings its question along.
        Q_EMIT pane.filter_bar()->saved_chosen(ExhibitFilter{.question = 1});
        QCOMPARE(pane.question()->chosen(), std::optional<std::size_t>(1));
    }

    void marks_and_tags_have_columns_in_a_case() {
        MainWindow& window = ready_window();
        window.resize(1440, 800);
        open_case(window, to_path(fixture_->folder.filePath(text("case.dfd"))), true);
        drop_files(&window, {paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        wait_for_exhibits(window, 2);
        window.case_pane().forms()->set_form(ListForm::Table);
        window.findChild<QSplitter*>()->setSizes({720, 400, 320});
        const auto heads = [&] {
            QStringList words;
            for (const auto* const head :
                 window.case_pane().forms()->head()->findChildren<QPushButton*>())
                if (head->isVisible())
                    words.append(head->text());
            return words;
        };
        QTRY_VERIFY(heads().contains(text("Mark")) && heads().contains(text("Tags")));
        const ExhibitId a = record_id(window, "a.png");
        QListView& list = *window.case_pane().list();
        const QImage before = list.grab().toImage();
        window.case_controller().review().tag({a}, "for court", true);
        window.case_controller().review().tag({a}, "beach", true);
        const auto row = [&] {
            const CaseModel& model = window.case_controller().model();
            const CaseRow* const found = model.row_at(model.row_of(a));
            return found == nullptr ? QString() : found->tags;
        };
        QTRY_COMPARE_WITH_TIMEOUT(row(), text("beach, for court"), kPatience);
        QVERIFY(window.case_controller()
                    .model()
                    .index(window.case_controller().model().row_of(a))
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(text("tagged beach, for court")));
        QTRY_VERIFY(list.grab().toImage() != before);
    }

    void a_grid_puts_pictures_beside_each_other() {
        MainWindow& window = window_with_three();
        QListView& list = *window.exhibits().list();
        window.resize(1280, 800);
        QCOMPARE(place(list, 0).left(), place(list, 1).left());
        window.exhibits().make_current(exhibit(window, "b.png").id);
        for (QToolButton* const button : window.exhibits().findChildren<QToolButton*>())
            if (button->accessibleName().contains(text("Form of the list")))
                button->menu()->actions().at(1)->trigger();
        QCOMPARE(window.exhibits().forms()->form(), ListForm::Grid);
        QTRY_COMPARE(place(list, 0).top(), place(list, 1).top());
        QVERIFY(place(list, 1).left() >= place(list, 0).right());
        QVERIFY(place(list, 2).top() > place(list, 0).top());  // two fit into the pane
        // The selection stays, and the keys go where the eye expects.
        QCOMPARE(window.exhibits().current(), std::optional(exhibit(window, "b.png").id));
        list.setFocus();
        QTest::keyClick(&list, Qt::Key_Left);
        QCOMPARE(window.exhibits().current(), std::optional(exhibit(window, "a.png").id));
        QTest::keyClick(&list, Qt::Key_Down);
        QCOMPARE(window.exhibits().current(), std::optional(exhibit(window, "c.png").id));
    }

    void a_table_is_ordered_by_its_head() {
        MainWindow& window = window_with_three();
        window.exhibits().forms()->set_form(ListForm::Table);
        QVERIFY(window.exhibits().forms()->head()->isVisible());
        QVERIFY(place(*window.exhibits().list(), 0).height() < 32);
        TableHead* const head = window.exhibits().forms()->head();
        button_named(head, "Score")->click();
        QCOMPARE(names(window).first(), text("a.png"));  // red: the highest
        button_named(head, "Score")->click();
        QCOMPARE(names(window).first(), text("b.png"));  // blue: the lowest
        button_named(head, "Name")->click();
        QCOMPARE(names(window), (QStringList{text("a.png"), text("b.png"), text("c.png")}));
        button_named(head, "Name")->click();
        QCOMPARE(names(window).first(), text("c.png"));
    }

    void every_form_paints_scores_and_is_kept() {
        {
            MainWindow& window = window_with_three();
            window.resize(1280, 800);
            QImage before;
            for (const ListForm form : {ListForm::Rows, ListForm::Grid, ListForm::Table}) {
                window.exhibits().forms()->set_form(form);
                const QImage now = window.exhibits().list()->grab().toImage();
                QVERIFY(now != before);
                before = now;
            }
            window.close();
        }
        QCOMPARE(ready_window().exhibits().forms()->form(), ListForm::Table);
    }

    void a_case_has_them_too() {
        MainWindow& window = ready_window();
        window.resize(1280, 800);
        open_case(window, to_path(fixture_->folder.filePath(text("case.dfd"))), true);
        drop_files(&window, {paint("a.png", Qt::red), paint("b.png", Qt::blue)});
        wait_for_exhibits(window, 2);
        QListView& list = *window.case_pane().list();
        window.case_pane().forms()->set_form(ListForm::Grid);
        QTRY_COMPARE(place(list, 0).top(), place(list, 1).top());
        window.case_pane().forms()->set_form(ListForm::Table);
        button_named(window.case_pane().forms()->head(), "Score")->click();
        const bool descending = window.case_pane().descending();
        button_named(window.case_pane().forms()->head(), "Score")->click();
        QCOMPARE(window.case_pane().descending(), !descending);
        QCOMPARE(window.case_pane().order(), ExhibitOrder::Score);
    }
};

QTEST_MAIN(ListFormsTest)
#include "list_forms_test.moc"
