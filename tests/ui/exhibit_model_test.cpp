// Tests of ExhibitModel and ExhibitProxyModel, with Qt's model tester.
#include "ui/list/exhibit_model.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "tests/panel/opinions.h"
#include "tests/ui/fake_evaluator.h"
#include "ui/list/exhibit_proxy_model.h"

using namespace dfd;
using namespace dfd::ui;

namespace {

Source file(const std::string& path) {
    return {path, nullptr, {}};
}

ExaminationPtr with_opinion(const PanelOpinion& opinion) {
    auto step = std::make_shared<Examination>();
    step->state = ExaminationState::Explained;
    step->opinion = opinion;
    return step;
}

ExaminationPtr scored(double score, double spread) {
    PanelOpinion opinion;
    opinion.score = score;
    opinion.spread = spread;
    return with_opinion(opinion);
}

ExaminationPtr failed(const std::string& sentence) {
    auto step = std::make_shared<Examination>();
    step->state = ExaminationState::Failed;
    step->failure = {failure_codes::kDamaged, sentence};
    return step;
}

QStringList names(const QAbstractItemModel& model) {
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.index(row, 0).data().toString());
    return all;
}

/// Splits "a b" into a list of two.
QStringList words(const char* text) {
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

}  // namespace

class ExhibitModelTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void one_step_changes_one_row();
    void removing_keeps_the_others();
    void order_by_each_key();
    void filter_needs_every_word();
    void a_chosen_question_has_its_own_order_and_words();
    void names_that_are_not_utf8();
    void tens_of_thousands_of_rows();
};

void ExhibitModelTest::one_step_changes_one_row() {
    ExhibitModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto ids = model.append({file("/a/1.jpg"), file("/a/2.jpg"), file("/a/3.jpg")});
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.apply(ids[1], scored(0.75, 0.1), {});
    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes[0][0].toModelIndex().row(), 1);
    QCOMPARE(changes[0][1].toModelIndex().row(), 1);
    QCOMPARE(resets.count(), 0);
    QCOMPARE(model.index(1).data(RowRole::Score).toDouble(), 0.75);
    QVERIFY(!model.index(0).data(RowRole::Score).isValid());
    QCOMPARE(model.find(ids[1])->history.size(), std::size_t{2});
    model.apply(ids[1], scored(0.75, 0.1), {});  // told again
    QCOMPARE(model.find(ids[1])->history.size(), std::size_t{2});
    model.apply(ids[1], scored(0.75, 0.1), {}, QStringLiteral("another note"));
    QCOMPARE(model.find(ids[1])->history.size(), std::size_t{3});
    model.set_state(ids[1], ExaminationState::Queued, QStringLiteral("again"));
    QVERIFY(!model.index(1).data(RowRole::Score).isValid());
}

void ExhibitModelTest::removing_keeps_the_others() {
    ExhibitModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::vector<Source> sources;
    for (int i = 0; i < 10; ++i)
        sources.push_back(file("/a/" + std::to_string(i) + ".png"));
    const auto ids = model.append(sources);
    model.remove({ids[7], ids[2], ids[3], ids[9], 4711});
    QCOMPARE(names(model), words("0.png 1.png 4.png 5.png 6.png 8.png"));
    QCOMPARE(model.row_of(ids[8]), 5);
    QCOMPARE(model.row_of(ids[7]), -1);
    QVERIFY(model.find(ids[3]) == nullptr);
    QVERIFY(!model.find_path("/a/3.png"));
    QVERIFY(model.find_path("/a/8.png") == ids[8]);
    model.apply(ids[3], scored(0.5, 0), {});  // A late result for a removed row is ignored.
    QVERIFY(model.append({file("/a/3.png")}).front() > ids.back());
}

void ExhibitModelTest::order_by_each_key() {
    ExhibitModel model;
    ExhibitProxyModel order;
    order.setSourceModel(&model);
    const QAbstractItemModelTester tester(&order,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto ids =
        model.append({file("/x/b10.png"), file("/x/a.png"), file("/x/b9.png"), file("/x/c.png")});
    model.apply(ids[0], scored(0.2, 0.30), {});
    model.apply(ids[1], scored(0.9, 0.10), {});
    model.apply(ids[2], scored(0.5, 0.20), {});
    order.order_by(OrderBy::Name, Qt::AscendingOrder);
    QCOMPARE(names(order), words("a.png b9.png b10.png c.png"));
    order.order_by(OrderBy::Score, Qt::DescendingOrder);
    QCOMPARE(names(order), words("a.png b9.png b10.png c.png"));
    order.order_by(OrderBy::Score, Qt::AscendingOrder);
    QCOMPARE(names(order), words("b10.png b9.png a.png c.png"));
    order.order_by(OrderBy::Disagreement, Qt::DescendingOrder);
    QCOMPARE(names(order), words("b10.png b9.png a.png c.png"));
    model.apply(ids[3], scored(0.4, 0.25), {});  // A result moves its row to the sorted position.
    QCOMPARE(names(order), words("b10.png c.png b9.png a.png"));
    order.order_by(OrderBy::Added, Qt::AscendingOrder);
    QCOMPARE(names(order), words("b10.png a.png b9.png c.png"));
}

void ExhibitModelTest::filter_needs_every_word() {
    ExhibitModel model;
    ExhibitProxyModel order;
    order.setSourceModel(&model);
    const QAbstractItemModelTester tester(&order,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto ids = model.append(
        {file("/holiday/sea.png"), file("/holiday/hill.png"), file("/office/sea.png")});
    model.apply(ids[1], failed("The file is damaged."), {});
    order.set_filter(QStringLiteral("SEA holiday"));
    QCOMPARE(order.rowCount(), 1);
    order.set_filter(QStringLiteral("failed"));
    QCOMPARE(names(order), words("hill.png"));
    order.set_filter(QStringLiteral("sea failed"));
    QCOMPARE(order.rowCount(), 0);
    order.set_filter({});
    QCOMPARE(order.rowCount(), 3);
}

void ExhibitModelTest::a_chosen_question_has_its_own_order_and_words() {
    ExhibitModel model;
    ExhibitProxyModel order;
    order.setSourceModel(&model);
    const QAbstractItemModelTester tester(&order,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto ids =
        model.append({file("/x/a.png"), file("/x/b.png"), file("/x/c.png"), file("/x/muted.png")});
    model.apply(ids[0], with_opinion(of_answers({{0.6}, {0.3}})), {});
    model.apply(ids[1], with_opinion(of_answers({{0.2}, {0.9}})), {});
    model.apply(ids[2], with_opinion(of_answers({{0.4}, {0.5}})), {});
    PanelOpinion muted = of_answers({{0.1}, {0.99}});
    combine(muted, std::vector<double>{1, 0});
    model.apply(ids[3], with_opinion(muted), {});
    const auto content = [&](int row) {
        return model.index(row).data(RowRole::Content).value<RowContent>();
    };
    order.order_by(OrderBy::Score, Qt::DescendingOrder);
    QCOMPARE(names(order), words("b.png a.png c.png muted.png"));
    QCOMPARE(content(0).subtitle(), QStringLiteral("not calibrated · P"));
    QCOMPARE(content(1).subtitle(), QStringLiteral("not calibrated · Q"));
    QCOMPARE(content(0).spoken(),
             QStringLiteral("a.png, P, not calibrated, score 0.60, spread 0.00, Q 0.30"));
    QVERIFY(content(0).tool_tip().contains(QStringLiteral("One? 0.60 · Two? 0.30")));

    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    model.set_question(0);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(names(order), words("a.png c.png b.png muted.png"));
    model.set_question(1);
    QCOMPARE(names(order), words("b.png c.png a.png muted.png"));
    QCOMPARE(content(0).subtitle(), QStringLiteral("not calibrated, spread 0.00"));
    QCOMPARE(content(0).spoken(),
             QStringLiteral("a.png, Q, not calibrated, score 0.30, spread 0.00, P 0.60"));
    // The question that nobody is asked has no score; its row stays last either way.
    QCOMPARE(content(3).word(), QStringLiteral("not answered"));
    QVERIFY(!model.index(3).data(RowRole::Score).isValid());
    order.order_by(OrderBy::Score, Qt::AscendingOrder);
    QCOMPARE(names(order), words("a.png c.png b.png muted.png"));
}

void ExhibitModelTest::names_that_are_not_utf8() {
    ExhibitModel model;
    const std::string raw = "/a/\xff\xfe.jpg";
    const auto ids = model.append({file(raw)});
    QCOMPARE(model.find(ids[0])->source.path.native(), raw);
    QVERIFY(model.index(0).data().toString().endsWith(QLatin1String(".jpg")));
    QVERIFY(model.find_path(raw) == ids[0]);
}

void ExhibitModelTest::tens_of_thousands_of_rows() {
    ExhibitModel model;
    ExhibitProxyModel order;
    order.setSourceModel(&model);
    order.order_by(OrderBy::Score, Qt::DescendingOrder);
    std::vector<Source> sources;
    for (int i = 0; i < 50'000; ++i)
        sources.push_back(file("/many/" + std::to_string(i) + ".jpg"));
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const auto ids = model.append(std::move(sources));
    QCOMPARE(inserted.count(), 1);
    QElapsedTimer timer;
    timer.start();
    for (std::size_t i = 0; i < 500; ++i)
        model.apply(ids[i * 97], scored(static_cast<double>(i % 101) / 100.0, 0.1), {});
    QCOMPARE(order.index(0, 0).data(RowRole::Score).toDouble(), 1.0);
    // Rows are inserted one by one, without sorting the whole list again: far below a second; slow
    // machines get ten.
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    model.remove(ids);
    QCOMPARE(order.rowCount(), 0);
}

QTEST_MAIN(ExhibitModelTest)
#include "exhibit_model_test.moc"
