// Tests of SingleInstance: which process takes the files of a later start.
#include "ui/window/single_instance.h"

#include <sys/wait.h>
#include <unistd.h>

#include <QEventLoop>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "ui/window/launch.h"

using namespace dfd::ui;
using Role = SingleInstance::Role;

class SingleInstanceTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init();
    void the_first_instance_receives_later_requests();
    void paths_are_passed_as_bytes();
    void a_later_start_without_files_only_raises_the_window();
    void many_at_once_leave_one_window();
    void a_declined_request_opens_its_own_window();
    void a_stale_socket_is_replaced();
    void an_unresponsive_instance_is_left_alone();
    void a_window_opens_without_a_runtime_folder();
    void malformed_requests_are_refused_data();
    void malformed_requests_are_refused();
    void options_that_need_a_new_window();
    void an_empty_path_is_refused();

  private:
    /// Claims on another thread, while this thread processes events.
    Role claim_elsewhere(const OpenRequest& request, int patience = 10000) const {
        std::atomic<bool> done = false;
        Role role = Role::Alone;
        std::thread other([&] {
            SingleInstance later(socket_);
            role = later.claim(request, patience);
            done = true;
        });
        while (!done)
            QTest::qWait(2);
        other.join();
        return role;
    }

    std::optional<QTemporaryDir> folder_;
    QString socket_;
};

void SingleInstanceTest::init() {
    folder_.emplace();
    QVERIFY(folder_->isValid());
    socket_ = folder_->filePath(QStringLiteral("first"));
}

void SingleInstanceTest::the_first_instance_receives_later_requests() {
    SingleInstance first(socket_);
    std::vector<OpenRequest> taken;
    connect(&first, &SingleInstance::requested, this,
            [&](const OpenRequest& request) { taken.push_back(request); });
    QCOMPARE(first.claim({}), Role::First);
    QCOMPARE(claim_elsewhere({{"/a/one.jpg", "/b"}, false, "token"}), Role::Delivered);
    QTRY_COMPARE(taken.size(), std::size_t{1});
    QCOMPARE(taken[0].paths, (std::vector<std::filesystem::path>{"/a/one.jpg", "/b"}));
    QCOMPARE(taken[0].activation, QByteArray("token"));
    QVERIFY(!taken[0].as_case);
    QCOMPARE(claim_elsewhere({{"/c/beach"}, true, {}}), Role::Delivered);
    QTRY_COMPARE(taken.size(), std::size_t{2});
    QVERIFY(taken[1].as_case);
}

void SingleInstanceTest::paths_are_passed_as_bytes() {
    SingleInstance first(socket_);
    std::vector<std::filesystem::path> paths;
    connect(&first, &SingleInstance::requested, this,
            [&](const OpenRequest& request) { paths = request.paths; });
    QCOMPARE(first.claim({}), Role::First);
    std::vector<std::filesystem::path> sent{"/\xff\xfe\n.jpg"};
    for (int i = 0; i < 50000; ++i)
        sent.emplace_back("/a/long/enough/name/for/many/packets/" + std::to_string(i));
    QCOMPARE(claim_elsewhere({sent, false, {}}), Role::Delivered);
    QTRY_COMPARE(paths, sent);
}

void SingleInstanceTest::a_later_start_without_files_only_raises_the_window() {
    SingleInstance first(socket_);
    QSignalSpy requests(&first, &SingleInstance::requested);
    QCOMPARE(first.claim({}), Role::First);
    QCOMPARE(claim_elsewhere({}), Role::Delivered);
    QTRY_COMPARE(requests.size(), 1);
}

void SingleInstanceTest::many_at_once_leave_one_window() {
    std::atomic<int> finished = 0;
    std::atomic<int> firsts = 0;
    std::atomic<int> delivered = 0;
    std::atomic<bool> over = false;
    std::vector<std::unique_ptr<QThread>> starts;  // with an event loop, as in a separate process
    for (int i = 0; i < 8; ++i) {
        starts.emplace_back(QThread::create([&] {
            SingleInstance start(socket_);
            const Role role = start.claim({});
            firsts += role == Role::First ? 1 : 0;
            delivered += role == Role::Delivered ? 1 : 0;
            ++finished;
            QEventLoop events;
            while (!over)
                events.processEvents(QEventLoop::AllEvents, 5);
        }));
        starts.back()->start();
    }
    QTRY_COMPARE_WITH_TIMEOUT(finished.load(), 8, 60000);
    over = true;
    for (const auto& start : starts)
        start->wait();
    QCOMPARE(firsts.load(), 1);
    QCOMPARE(delivered.load(), 7);
}

void SingleInstanceTest::a_declined_request_opens_its_own_window() {
    SingleInstance first(socket_);
    QSignalSpy requests(&first, &SingleInstance::requested);
    first.set_accepts([](const OpenRequest& request) { return request.paths.empty(); });
    QCOMPARE(first.claim({}), Role::First);
    QCOMPARE(claim_elsewhere({{"/a.jpg"}, false, {}}), Role::Alone);
    QCOMPARE(claim_elsewhere({}), Role::Delivered);  // the first instance keeps listening
    QTRY_COMPARE(requests.size(), 1);
}

void SingleInstanceTest::a_stale_socket_is_replaced() {
    {
        QLocalServer crashed;
        QVERIFY(crashed.listen(socket_));
        QVERIFY(QFile::rename(socket_, socket_ + QStringLiteral(".kept")));
    }
    QVERIFY(QFile::rename(socket_ + QStringLiteral(".kept"), socket_));
    SingleInstance first(socket_);
    QCOMPARE(first.claim({}), Role::First);
    QCOMPARE(claim_elsewhere({}), Role::Delivered);
}

void SingleInstanceTest::an_unresponsive_instance_is_left_alone() {
    QLocalServer silent;
    QVERIFY(silent.listen(socket_));
    QCOMPARE(claim_elsewhere({}, 300), Role::Alone);
    QVERIFY(silent.isListening());
    QVERIFY(QFile::exists(socket_));
}

void SingleInstanceTest::a_window_opens_without_a_runtime_folder() {
    SingleInstance nowhere(folder_->filePath(QStringLiteral("missing/first")));
    QCOMPARE(nowhere.claim({}, 300), Role::Alone);
    SingleInstance unnamed{QString()};
    QCOMPARE(unnamed.claim({}), Role::Alone);
}

void SingleInstanceTest::malformed_requests_are_refused_data() {
    QTest::addColumn<QByteArray>("message");
    const QByteArray head = QByteArray::fromHex("64666401");
    QTest::newRow("another protocol") << QByteArray("GET / HTTP/1.1\r\n\r\n");
    QTest::newRow("too large") << head + QByteArray::fromHex("ffffffff");
    QTest::newRow("more than it says") << head + QByteArray::fromHex("0000000000");
    QTest::newRow("nothing in it") << head + QByteArray::fromHex("00000000");
    // as_case 0, no activation token, one path "a", which is not absolute
    QTest::newRow("a relative path") << head + QByteArray::fromHex(
                                                   "0000000e"
                                                   "00"
                                                   "ffffffff"
                                                   "00000001"
                                                   "00000001"
                                                   "61");
    QTest::newRow("fewer paths than it says") << head + QByteArray::fromHex(
                                                            "00000009"
                                                            "00"
                                                            "ffffffff"
                                                            "00000005");
}

void SingleInstanceTest::malformed_requests_are_refused() {
    QFETCH(QByteArray, message);
    SingleInstance first(socket_);
    QSignalSpy requests(&first, &SingleInstance::requested);
    QCOMPARE(first.claim({}), Role::First);
    QLocalSocket stranger;
    stranger.connectToServer(socket_);
    stranger.write(message);
    QTRY_COMPARE(stranger.state(), QLocalSocket::UnconnectedState);
    QVERIFY(stranger.readAll().isEmpty());
    QCOMPARE(requests.size(), 0);
    QCOMPARE(claim_elsewhere({}), Role::Delivered);
}

void SingleInstanceTest::options_that_need_a_new_window() {
    const auto launch = [](const QStringList& words) {
        return parse_launch_options(QStringList{QStringLiteral("deepfake-defenders")} + words);
    };
    const LaunchOptions plain = launch({QStringLiteral("a.jpg")});
    QVERIFY(!plain.own_window);
    QVERIFY(!plain.request.as_case);
    QCOMPARE(plain.request.paths.at(0), std::filesystem::current_path() / "a.jpg");
    const LaunchOptions review = launch({QStringLiteral("--case"), QStringLiteral("b")});
    QVERIFY(review.request.as_case && !review.own_window);
    QCOMPARE(review.request.paths.at(0), std::filesystem::current_path() / "b");
    QVERIFY(launch({QStringLiteral("--new-window")}).own_window);
    QVERIFY(launch({QStringLiteral("--panel"), QStringLiteral("starter")}).own_window);
    QVERIFY(launch({QStringLiteral("--device=cpu")}).own_window);
    QVERIFY(launch({QStringLiteral("--precision=bf16")}).own_window);
}

void SingleInstanceTest::an_empty_path_is_refused() {
    for (const auto& words : {QStringList{QString()}, {QStringLiteral("--case"), QString()}}) {
        const pid_t child = fork();
        if (child == 0) {
            (void)parse_launch_options(QStringList{QStringLiteral("deepfake-defenders")} + words);
            std::_Exit(0);
        }
        int status = -1;
        QCOMPARE(waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), kUsageStatus);
    }
}

QTEST_MAIN(SingleInstanceTest)
#include "single_instance_test.moc"
