#include "ui/window/single_instance.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QElapsedTimer>
#include <QLocalSocket>
#include <QLockFile>
#include <QStandardPaths>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <memory>
#include <utility>

namespace dfd::ui {
namespace {

constexpr quint32 kProtocol = 0x64666401;            // "dfd" and a version number
constexpr qsizetype kHeaderSize = 8;                 // bytes: protocol and size
constexpr qsizetype kMaxMessage = 64 * 1024 * 1024;  // message limit: about half a million paths
constexpr int kReadTimeout = 10000;  // milliseconds within which a request must arrive
constexpr char kAccepted[] = "taken\n";
constexpr char kDeclined[] = "other\n";
constexpr qsizetype kAnswer = sizeof kAccepted - 1;

/// Serializes paths as raw bytes, without conversion.
QByteArray message_of(const OpenRequest& request) {
    QByteArray body;
    QDataStream stream(&body, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << request.as_case << request.activation << static_cast<quint32>(request.paths.size());
    for (const std::filesystem::path& path : request.paths)
        stream << QByteArray::fromStdString(path.native());
    QByteArray message;
    QDataStream head(&message, QIODevice::WriteOnly);
    head << kProtocol << static_cast<quint32>(body.size());
    return message + body;
}

enum class Arrival { Partial, Broken, Complete };

Arrival read_request(const QByteArray& message, OpenRequest& request) {
    QDataStream stream(message);
    stream.setVersion(QDataStream::Qt_6_4);
    quint32 protocol = 0;
    quint32 size = 0;
    stream >> protocol >> size;
    if (stream.status() != QDataStream::Ok)
        return Arrival::Partial;
    const qsizetype whole = kHeaderSize + static_cast<qsizetype>(size);
    if (protocol != kProtocol || whole > kMaxMessage || message.size() > whole)
        return Arrival::Broken;
    if (message.size() < whole)
        return Arrival::Partial;
    quint32 count = 0;
    stream >> request.as_case >> request.activation >> count;
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i) {
        QByteArray path;
        stream >> path;
        if (!path.startsWith('/') || path.contains('\0'))
            return Arrival::Broken;
        request.paths.emplace_back(path.toStdString());
    }
    const bool sound = stream.status() == QDataStream::Ok && stream.atEnd() &&
                       (!request.as_case || request.paths.size() == 1);
    return sound ? Arrival::Complete : Arrival::Broken;
}

enum class Answer { NoInstance, Accepted, Declined };

/// Declined: another instance exists, but declined or did not answer in time.
Answer deliver(const QString& socket_name, const OpenRequest& request, int timeout_ms) {
    QElapsedTimer clock;
    clock.start();
    const auto left = [&] {
        return static_cast<int>(std::max<qint64>(0, timeout_ms - clock.elapsed()));
    };
    QLocalSocket socket;
    socket.connectToServer(socket_name);
    if (!socket.waitForConnected(left()))
        return Answer::NoInstance;
    socket.write(message_of(request));
    while (socket.bytesToWrite() > 0)
        if (!socket.waitForBytesWritten(left()))
            return Answer::Declined;
    while (socket.bytesAvailable() < kAnswer)
        if (!socket.waitForReadyRead(left()))
            break;
    return socket.readAll() == kAccepted ? Answer::Accepted : Answer::Declined;
}

}  // namespace

SingleInstance::SingleInstance(QString socket, QObject* parent)
    : QObject(parent), socket_(std::move(socket)) {
    server_.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&server_, &QLocalServer::newConnection, this, &SingleInstance::take_connection);
}

QString SingleInstance::default_socket() {
    QByteArray display = qgetenv("WAYLAND_DISPLAY");
    if (display.isEmpty())
        display = qgetenv("DISPLAY");
    // Include the platform: an offscreen instance must not take files from a visible one.
    display += '\n' + qgetenv("QT_QPA_PLATFORM");
    const QByteArray digest =
        QCryptographicHash::hash(display, QCryptographicHash::Sha256).toHex().first(12);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (folder.isEmpty())
        return {};
    return folder + QStringLiteral("/deepfake-defenders-") + QString::fromLatin1(digest);
}

SingleInstance::Role SingleInstance::claim(const OpenRequest& request, int timeout_ms) {
    if (socket_.isEmpty())
        return Role::Alone;
    const auto role_of = [](Answer answer) {
        return answer == Answer::Accepted ? Role::Delivered : Role::Alone;
    };
    Answer answer = deliver(socket_, request, timeout_ms);
    if (answer != Answer::NoInstance)
        return role_of(answer);
    // Lock, so that simultaneous starts cannot remove each other's socket.
    QLockFile lock(socket_ + QStringLiteral(".lock"));
    QElapsedTimer clock;
    clock.start();
    while (!lock.tryLock(0)) {
        if (lock.error() != QLockFile::LockFailedError || clock.elapsed() > timeout_ms)
            return Role::Alone;
        QThread::msleep(20);
    }
    answer = deliver(socket_, request, timeout_ms);
    if (answer != Answer::NoInstance)
        return role_of(answer);
    QLocalServer::removeServer(socket_);
    return server_.listen(socket_) ? Role::First : Role::Alone;
}

void SingleInstance::take_connection() {
    while (QLocalSocket* const socket = server_.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(kReadTimeout, socket, [socket] { socket->abort(); });
        const auto received = std::make_shared<QByteArray>();
        const auto read = [this, socket, received] {
            received->append(socket->readAll());
            OpenRequest request;
            const Arrival arrival = read_request(*received, request);
            if (arrival == Arrival::Partial)
                return;
            disconnect(socket, &QLocalSocket::readyRead, this, nullptr);
            if (arrival == Arrival::Broken) {
                socket->abort();
                return;
            }
            const bool accepted = !accepts_ || accepts_(request);
            socket->write(accepted ? kAccepted : kDeclined);
            socket->disconnectFromServer();  // closes once the answer is written
            if (accepted)  // Deferred: opening may show a dialog, and the other process must not
                           // wait.
                QMetaObject::invokeMethod(
                    this, [this, request] { Q_EMIT requested(request); }, Qt::QueuedConnection);
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        if (socket->bytesAvailable() > 0)
            read();
    }
}

}  // namespace dfd::ui
