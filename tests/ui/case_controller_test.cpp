// Tests of the open case without a window: closing it on another thread, and opening it again.
#include "ui/case/case_controller.h"

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

class CaseControllerTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void closing_never_closes_a_file_on_the_ui_thread();
    void reopening_waits_for_the_closing_writer();
};

void CaseControllerTest::closing_never_closes_a_file_on_the_ui_thread() {
    const QTemporaryDir folder;
    const std::filesystem::path path =
        folder.filePath(QStringLiteral("generated.dfdcase")).toStdString();
    generate_case(path, 20);
    const auto gate = std::make_shared<Gate>();
    gate->close();
    BackgroundThreads threads(1);
    CaseController controller(threads);
    QSignalSpy listed(&controller.model(), &CaseModel::list_updated);
    controller.open(path, false);
    QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    QVERIFY(controller.review().writable());

    // During closing, wait until queued work has ended, then occupy the only thread.
    connect(
        &controller.model(), &CaseModel::rowsRemoved, &controller,
        [&] {
            while (threads.running() > 0)
                std::this_thread::yield();
            QVERIFY(threads.run([gate](const std::stop_token& ending) { gate->pass(ending); }));
        },
        Qt::SingleShotConnection);
    controller.close();
    QVERIFY(!controller.is_open());
    QVERIFY(threads.running() > 1);
    QVERIFY_THROWS_EXCEPTION(CaseBusy, CaseFile(path, CaseAccess::Write));
    gate->open();
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    const CaseFile again(path, CaseAccess::Write);
}

void CaseControllerTest::reopening_waits_for_the_closing_writer() {
    const QTemporaryDir folder;
    const std::filesystem::path path =
        folder.filePath(QStringLiteral("generated.dfdcase")).toStdString();
    generate_case(path, 20);
    BackgroundThreads threads;
    CaseController controller(threads);
    QSignalSpy opened(&controller, &CaseController::opened);
    for (int time = 1; time <= 5; ++time) {
        controller.open(path, false);
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), time, kPatience);
        QCOMPARE(controller.obstacle(), QString());
        QVERIFY(controller.review().writable());
        controller.close();
    }

    // Another writer is not waited for.
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    const CaseFile other(path, CaseAccess::Write);
    controller.open(path, false);
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 6, kPatience);
    QVERIFY(!controller.obstacle().isEmpty());
}

QTEST_GUILESS_MAIN(CaseControllerTest)
#include "case_controller_test.moc"
