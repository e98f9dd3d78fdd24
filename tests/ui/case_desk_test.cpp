// Tests of the open case without a window: closing it on another thread, and opening it again.
#include "ui/case/case_desk.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

#include "tests/ui/generated_case.h"

using namespace dfd;
using namespace dfd::ui;
using namespace dfd::test;

namespace {

constexpr int kPatience = 20'000;  ///< milliseconds; only a failing test waits that long

}  // namespace

class CaseDeskTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void closing_never_closes_a_file_on_the_ui_thread();
    void opening_it_again_at_once_waits_for_its_own_writer();
};

void CaseDeskTest::closing_never_closes_a_file_on_the_ui_thread() {
    const QTemporaryDir folder;
    const std::filesystem::path path =
        folder.filePath(QStringLiteral("generated.dfdcase")).toStdString();
    generate_case(path, 20);
    const auto gate = std::make_shared<Gate>();
    gate->close();
    BackgroundThreads threads(1);
    CaseDesk desk(threads);
    QSignalSpy listed(&desk.model(), &CaseModel::listed);
    desk.open(path, false);
    QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    QVERIFY(desk.review().writable());

    // During closing, wait until queued work has ended, then occupy the only thread.
    connect(
        &desk.model(), &CaseModel::rowsRemoved, &desk,
        [&] {
            while (threads.running() > 0)
                std::this_thread::yield();
            QVERIFY(threads.run([gate](const std::stop_token& ending) { gate->pass(ending); }));
        },
        Qt::SingleShotConnection);
    desk.close();
    QVERIFY(!desk.is_open());
    QVERIFY(threads.running() > 1);
    QVERIFY_THROWS_EXCEPTION(CaseBusy, CaseFile(path, CaseAccess::Write));
    gate->open();
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    const CaseFile again(path, CaseAccess::Write);
}

void CaseDeskTest::opening_it_again_at_once_waits_for_its_own_writer() {
    const QTemporaryDir folder;
    const std::filesystem::path path =
        folder.filePath(QStringLiteral("generated.dfdcase")).toStdString();
    generate_case(path, 20);
    BackgroundThreads threads;
    CaseDesk desk(threads);
    QSignalSpy opened(&desk, &CaseDesk::opened);
    for (int time = 1; time <= 5; ++time) {
        desk.open(path, false);
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), time, kPatience);
        QCOMPARE(desk.obstacle(), QString());
        QVERIFY(desk.review().writable());
        desk.close();
    }

    // Another writer is not waited for.
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    const CaseFile other(path, CaseAccess::Write);
    desk.open(path, false);
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 6, kPatience);
    QVERIFY(!desk.obstacle().isEmpty());
}

QTEST_GUILESS_MAIN(CaseDeskTest)
#include "case_desk_test.moc"
