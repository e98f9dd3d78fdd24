// Tests of CaseModel: its lists against brute force, and that views keep selection and position.
#include "ui/case/case_model.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <array>
#include <map>

#include "core/casework/exhibits/review.h"
#include "tests/ui/generated_case.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

constexpr int kPatience = 20'000;  ///< milliseconds; only a failing test waits that long
constexpr int kCount = 600;

const GeneratedRow& row_of(const std::vector<GeneratedRow>& rows, ExhibitId id) {
    return rows[static_cast<std::size_t>(id - 1)];
}

}  // namespace

class CaseModelTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void orders();
    void filters();
    void filters_data();
    void rows_and_thumbnails_load_on_demand();
    void a_mark_changes_one_row();
    void a_chosen_question_has_its_own_order_and_words();
    void the_current_row_survives_list_changes();
    void newest_view_wins();
    void closing_is_immediate();

  private:
    void list(const CaseView& view) {
        QSignalSpy listed(model_.get(), &CaseModel::list_updated);
        model_->set_view(view);
        QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), kPatience);
    }
    [[nodiscard]] std::shared_ptr<const CaseFile> reader() const {
        return std::make_shared<const CaseFile>(path_, CaseAccess::Read);
    }

    QTemporaryDir folder_;
    std::filesystem::path path_;
    std::vector<GeneratedRow> rows_;
    std::unique_ptr<BackgroundThreads> threads_;
    std::unique_ptr<CaseModel> model_;
    std::unique_ptr<QSignalSpy> resets_;
};

void CaseModelTest::initTestCase() {
    path_ = folder_.filePath(QStringLiteral("generated.dfdcase")).toStdString();
    rows_ = generate_case(path_, kCount);
    CaseFile file(path_, CaseAccess::Write, "ana");
    for (ExhibitId id = 1; id <= kCount; ++id) {
        if (id % 5 == 0)
            static_cast<void>(
                mark_exhibits(file, {&id, 1}, id % 2 == 0 ? Mark::Suspicious : Mark::ToCheck));
        if (id % 9 == 0)
            static_cast<void>(tag_exhibits(file, {&id, 1}, "court"));
    }
}

void CaseModelTest::init() {
    threads_ = std::make_unique<BackgroundThreads>();
    model_ = std::make_unique<CaseModel>(*threads_);
    new QAbstractItemModelTester(
        model_.get(), QAbstractItemModelTester::FailureReportingMode::QtTest, model_.get());
    resets_ = std::make_unique<QSignalSpy>(model_.get(), &QAbstractItemModel::modelReset);
    model_->open(reader(), reader());
    list({});
}

void CaseModelTest::cleanup() {
    QCOMPARE(resets_->count(), 0);  // Views never lost their state.
    resets_.reset();
    model_.reset();
    threads_.reset();
}

void CaseModelTest::orders() {
    using Order = ExhibitOrder;
    const auto value = [this](Order order, ExhibitId id) {
        const GeneratedRow& row = row_of(rows_, id);
        switch (order) {
            case Order::Score:
                return row.score;
            case Order::Spread:
                return row.spread;
            case Order::Modified:
                return static_cast<double>(row.modified);
            case Order::Size:
                return static_cast<double>(row.bytes);
            default:
                return static_cast<double>(id);
        }
    };
    for (const Order order :
         {Order::Score, Order::Spread, Order::Added, Order::Modified, Order::Size, Order::Name})
        for (const bool descending : {false, true}) {
            CaseView view;
            view.order = order;
            view.descending = descending;
            list(view);
            QCOMPARE(model_->rowCount(), kCount);
            ExhibitIds sorted = model_->ids();
            std::sort(sorted.begin(), sorted.end());
            QCOMPARE(std::unique(sorted.begin(), sorted.end()), sorted.end());
            bool failed_before = false;
            for (int row = 1; row < kCount; ++row) {
                const ExhibitId a = model_->ids()[static_cast<std::size_t>(row) - 1];
                const ExhibitId b = model_->ids()[static_cast<std::size_t>(row)];
                if (order == Order::Name) {
                    // Folder by folder, in natural order (9 before 10).
                    if (row_of(rows_, a).path.substr(0, 19) == row_of(rows_, b).path.substr(0, 19))
                        QVERIFY(descending ? a > b : a < b);
                    continue;
                }
                failed_before = failed_before || row_of(rows_, a).failed;
                if (order == Order::Score || order == Order::Spread) {
                    if (failed_before)
                        QVERIFY(row_of(rows_, b).failed);  // Exhibits without a score come last.
                    if (row_of(rows_, b).failed)
                        continue;
                }
                QVERIFY(descending ? value(order, a) >= value(order, b)
                                   : value(order, a) <= value(order, b));
            }
        }
}

void CaseModelTest::filters_data() {
    QTest::addColumn<QString>("which");
    for (const char* const which :
         {"nothing", "text", "score", "spread", "verdict", "failed", "mark", "unmarked", "tag",
          "warned", "folder", "among", "several"})
        QTest::newRow(which) << QString::fromLatin1(which);
}

void CaseModelTest::filters() {
    QFETCH(QString, which);
    CaseView view;
    ExhibitFilter& filter = view.filter;
    std::function<bool(ExhibitId, const GeneratedRow&)> passes;
    if (which == QLatin1String("nothing")) {
        passes = [](ExhibitId, const GeneratedRow&) { return true; };
    } else if (which == QLatin1String("text")) {
        filter.text = "PICTURE-12";
        passes = [](ExhibitId, const GeneratedRow& row) {
            return row.path.find("picture-12") != std::string::npos;
        };
    } else if (which == QLatin1String("score")) {
        filter.score_from = 0.3;
        filter.score_to = 0.8;
        passes = [](ExhibitId, const GeneratedRow& row) {
            return !row.failed && row.score >= 0.3 && row.score <= 0.8;
        };
    } else if (which == QLatin1String("spread")) {
        filter.spread_from = 0.15;
        passes = [](ExhibitId, const GeneratedRow& row) {
            return !row.failed && row.spread >= 0.15;
        };
    } else if (which == QLatin1String("verdict")) {
        filter.word = Band::LooksFake;
        passes = [](ExhibitId, const GeneratedRow& row) {
            return !row.failed && band_of(row.score) == Band::LooksFake;
        };
    } else if (which == QLatin1String("failed")) {
        filter.state = ExhibitState::Failed;
        passes = [](ExhibitId, const GeneratedRow& row) { return row.failed; };
    } else if (which == QLatin1String("mark")) {
        filter.mark = Mark::ToCheck;
        passes = [](ExhibitId id, const GeneratedRow&) { return id % 5 == 0 && id % 2 == 1; };
    } else if (which == QLatin1String("unmarked")) {
        filter.mark = Mark::None;
        passes = [](ExhibitId id, const GeneratedRow&) { return id % 5 != 0; };
    } else if (which == QLatin1String("tag")) {
        filter.tag = "court";
        passes = [](ExhibitId id, const GeneratedRow&) { return id % 9 == 0; };
    } else if (which == QLatin1String("warned")) {
        filter.warned = true;
        passes = [](ExhibitId, const GeneratedRow& row) { return row.warned; };
    } else if (which == QLatin1String("folder")) {
        filter.folder = "/generated/folder-3";
        passes = [](ExhibitId, const GeneratedRow& row) {
            return row.path.starts_with("/generated/folder-3/");
        };
    } else if (which == QLatin1String("among")) {
        view.among = std::make_shared<const ExhibitIds>(ExhibitIds{3, 8, 200, 100'000});
        passes = [](ExhibitId id, const GeneratedRow&) { return id == 3 || id == 8 || id == 200; };
    } else {
        filter.text = "jpg";
        filter.score_to = 0.5;
        filter.warned = false;
        passes = [](ExhibitId, const GeneratedRow& row) {
            return !row.failed && !row.warned && row.score <= 0.5 && row.path.ends_with("jpg");
        };
    }
    ExhibitIds expected;
    for (ExhibitId id = 1; id <= kCount; ++id)
        if (passes(id, row_of(rows_, id)))
            expected.push_back(id);
    view.order = ExhibitOrder::Added;
    list(view);
    QVERIFY(!expected.empty());
    QVERIFY(which == QLatin1String("nothing") || expected.size() < kCount);
    QCOMPARE(model_->ids(), expected);
    list({});  // And back: many rows are inserted in many places.
    QCOMPARE(model_->rowCount(), kCount);
}

void CaseModelTest::rows_and_thumbnails_load_on_demand() {
    CaseView view;
    view.order = ExhibitOrder::Added;
    list(view);
    QVERIFY(model_->row_at(300) == nullptr);
    QVERIFY(!model_->index(300).data(RowRole::Score).isValid());
    QTRY_VERIFY_WITH_TIMEOUT(model_->row_at(300) != nullptr, kPatience);
    const GeneratedRow& expected = row_of(rows_, 301);
    QCOMPARE(model_->row_at(300)->path.string(), expected.path);
    QCOMPARE(model_->index(300).data(RowRole::Score).toDouble(), expected.score);
    QCOMPARE(model_->index(300).data(RowRole::Spread).toDouble(), expected.spread);
    QVERIFY(model_->index(300)
                .data(Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("picture-300")));
    // Only the rows of its page were read.
    QVERIFY(model_->row_at(300 / CaseModel::kPage * CaseModel::kPage) != nullptr);
    QVERIFY(model_->row_at(300 / CaseModel::kPage * CaseModel::kPage - 1) == nullptr);

    QVERIFY(model_->thumbnail(300).isNull());
    QTRY_VERIFY_WITH_TIMEOUT(!model_->thumbnail(300).isNull(), kPatience);
    QVERIFY(model_->thumbnail(300).width() <= 2 * 96);
    // A failed exhibit has no thumbnail and is not requested again and again.
    QTRY_VERIFY_WITH_TIMEOUT(
        !model_->index(5).data(RowRole::Content).value<RowContent>().failure.isEmpty(), kPatience);
    QVERIFY(model_->thumbnail(5).isNull());
    QVERIFY(model_->index(5).data(Qt::ToolTipRole).toString().contains(QStringLiteral("damaged")));
}

void CaseModelTest::a_mark_changes_one_row() {
    CaseView view;
    view.order = ExhibitOrder::Added;
    list(view);
    QTRY_VERIFY_WITH_TIMEOUT(model_->row_at(10) != nullptr, kPatience);
    QSignalSpy changed(model_.get(), &QAbstractItemModel::dataChanged);
    QSignalSpy layouts(model_.get(), &QAbstractItemModel::layoutChanged);
    const ExhibitId id = 11;
    model_->show_mark({&id, 1}, Mark::Cleared);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toModelIndex().row(), 10);
    QCOMPARE(changed[0][1].toModelIndex().row(), 10);
    QCOMPARE(model_->index(10).data(RowRole::Mark).toInt(), static_cast<int>(Mark::Cleared));
    // The mark was only shown, never written: reading again restores the row, with one signal.
    model_->refresh_rows({&id, 1});
    QTRY_COMPARE_WITH_TIMEOUT(changed.count(), 2, kPatience);
    QCOMPARE(model_->index(10).data(RowRole::Mark).toInt(), static_cast<int>(Mark::None));
    QCOMPARE(layouts.count(), 0);
}

void CaseModelTest::a_chosen_question_has_its_own_order_and_words() {
    constexpr int kFew = 60;  // one page
    const std::filesystem::path path =
        folder_.filePath(QStringLiteral("questions.dfdcase")).toStdString();
    static_cast<void>(generate_case(path, kFew, false, generated_panel(true)));
    const auto file = std::make_shared<const CaseFile>(path, CaseAccess::Read);
    model_->open(file, std::make_shared<const CaseFile>(path, CaseAccess::Read));
    model_->set_questions(shown_questions(*file));
    model_->set_bands(active_thresholds(*file).bands);
    const auto content = [this](int row) {
        return model_->index(row).data(RowRole::Content).value<RowContent>();
    };
    const auto score = [this](int row) {
        return model_->index(row).data(RowRole::Score).toDouble();
    };
    const auto is_scored = [this](int row) {
        return model_->row_at(row)->state == ExhibitState::Scored;
    };
    CaseView view;
    view.order = ExhibitOrder::Score;
    view.descending = true;
    std::array<ExhibitIds, 2> orders;
    for (std::size_t question = 0; question < 2; ++question) {
        view.filter.question = question;
        list(view);
        QCOMPARE(model_->rowCount(), kFew);
        QTRY_VERIFY_WITH_TIMEOUT(model_->row_at(0) != nullptr, kPatience);
        orders[question] = model_->ids();
        for (int row = 0; row < kFew && is_scored(row); ++row) {
            const RowContent shown = content(row);
            QCOMPARE(shown.answers.size(), std::size_t{2});
            QCOMPARE(shown.answer()->question.name,
                     question == 0 ? QStringLiteral("P") : QStringLiteral("Q"));
            QCOMPARE(*shown.answer()->score, model_->row_at(row)->answers[question].score);
            QCOMPARE(score(row), *shown.answer()->score);
            QVERIFY(shown.subtitle().contains(QStringLiteral("spread")));  // named above the list
            QVERIFY(row == 0 || score(row - 1) >= score(row));
        }
        QVERIFY(is_scored(0));
    }
    QVERIFY(orders[0] != orders[1]);
    // The answer that leads: by word, then by score, and each row names its question.
    view.filter.question.reset();
    list(view);
    const auto place = [this](int row) {
        return std::pair(model_->index(row).data(RowRole::Word).toInt(),
                         model_->index(row).data(RowRole::Score).toDouble());
    };
    for (int row = 0; row < kFew && is_scored(row); ++row) {
        const RowContent shown = content(row);
        QCOMPARE(score(row), model_->row_at(row)->score);
        QCOMPARE(shown.subtitle(),
                 QStringLiteral("%1 · %2").arg(shown.word(), shown.answer()->question.name));
        QVERIFY(
            shown.spoken().contains(QStringLiteral(", %1, ").arg(shown.answer()->question.name)));
        QVERIFY(shown.tool_tip().contains(QStringLiteral("One? ")) &&
                shown.tool_tip().contains(QStringLiteral("Two? ")));
        QVERIFY(row == 0 || place(row - 1) >= place(row));
    }
}

void CaseModelTest::the_current_row_survives_list_changes() {
    CaseView view;
    view.order = ExhibitOrder::Added;
    list(view);
    QItemSelectionModel selection(model_.get());
    std::map<ExhibitId, QPersistentModelIndex> kept;
    for (ExhibitId id = 7; id <= kCount; id += 50) {
        kept[id] = model_->index(static_cast<int>(id) - 1);
        selection.select(kept[id], QItemSelectionModel::Select);
    }
    for (const auto order : {ExhibitOrder::Score, ExhibitOrder::Size}) {
        view.order = order;
        view.descending = !view.descending;
        list(view);
        for (const auto& [id, index] : kept) {
            QCOMPARE(index.data(RowRole::Id).toLongLong(), id);
            QVERIFY(selection.isSelected(index));
        }
    }
    // Two thirds of the rows go, from many places; the remaining ones stay selected.
    view.filter.text = ".png";
    list(view);
    for (const auto& [id, index] : kept) {
        const bool stays = row_of(rows_, id).path.ends_with(".png");
        QCOMPARE(index.isValid(), stays);
        if (stays)
            QCOMPARE(index.data(RowRole::Id).toLongLong(), id);
    }
}

void CaseModelTest::newest_view_wins() {
    CaseView old;
    old.filter.state = ExhibitState::Failed;
    CaseView wanted;
    wanted.filter.text = "folder-2";
    for (int i = 0; i < 20; ++i)
        model_->set_view(old);
    list(wanted);
    for (const ExhibitId id : model_->ids())
        QVERIFY(row_of(rows_, id).path.find("folder-2") != std::string::npos);
    QSignalSpy listed(model_.get(), &CaseModel::list_updated);
    QTest::qWait(0);
    QCOMPARE(listed.count(), 0);
}

void CaseModelTest::closing_is_immediate() {
    QVERIFY(model_->row_at(500) == nullptr);  // Requested and still being read.
    model_->close();
    QCOMPARE(model_->rowCount(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(threads_->running(), std::size_t{0}, kPatience);
    // Results of the old case must not arrive in the new one.
    model_->open(reader(), reader());
    CaseView view;
    view.filter.folder = "/generated/folder-1";
    list(view);
    QVERIFY(model_->rowCount() > 0 && model_->rowCount() < kCount);
}

QTEST_GUILESS_MAIN(CaseModelTest)
#include "case_model_test.moc"
