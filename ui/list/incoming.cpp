#include "ui/list/incoming.h"

#include <QList>
#include <QMimeData>
#include <QUrl>
#include <array>
#include <span>
#include <utility>

#include "core/picture/picture.h"

namespace dfd::ui {
namespace {

/// Encoded formats in order of preference: a file encoded by the sender arrives without loss.
constexpr std::array kPictureFormats = {"image/jpeg", "image/webp", "image/avif", "image/heic",
                                        "image/png",  "image/tiff", "image/gif",  "image/bmp"};

/// The bytes if they begin as a picture does.
QByteArray picture_or_nothing(QByteArray bytes) {
    const std::span start(reinterpret_cast<const std::uint8_t*>(bytes.constData()),
                          static_cast<std::size_t>(bytes.size()));
    return begins_as_picture(start) ? std::move(bytes) : QByteArray();
}

bool is_remote(const QByteArray& address) {
    const QByteArray lower = address.left(8).toLower();
    return lower.startsWith("http://") || lower.startsWith("https://") ||
           lower.startsWith("ftp://");
}

/// Keeps the percent-decoded bytes instead of using QUrl: a file name need not be valid text.
std::filesystem::path local_path(QByteArray address) {
    if (address.startsWith("file://"))
        address = address.mid(7);
    else if (address.startsWith("file:"))
        address = address.mid(5);
    const qsizetype slash = address.indexOf('/');
    if (slash < 0)
        return {};
    // Skip a host name before the path; only the local one is expected.
    address = QByteArray::fromPercentEncoding(address.mid(slash));
    return std::filesystem::path(address.toStdString());
}

void read_addresses(const QByteArray& text, bool plain_text, Incoming& incoming) {
    for (const QByteArray& line : text.split('\n')) {
        const QByteArray address = line.trimmed();
        if (address.isEmpty() || address.startsWith('#'))
            continue;
        if (address.startsWith("file:")) {
            if (auto path = local_path(address); !path.empty())
                incoming.paths.push_back(std::move(path));
        } else if (is_remote(address)) {
            if (incoming.web_address.isEmpty())
                incoming.web_address = QString::fromUtf8(address);
        } else if (address.startsWith("data:image/")) {
            const qsizetype comma = address.indexOf(',');
            const QByteArray head = address.left(comma);
            const QByteArray body = QByteArray::fromPercentEncoding(address.mid(comma + 1));
            incoming.bytes =
                picture_or_nothing(head.endsWith(";base64") ? QByteArray::fromBase64(body) : body);
        } else if (plain_text && address.startsWith('/')) {
            std::error_code problem;
            std::filesystem::path path(address.toStdString());
            if (std::filesystem::is_directory(path, problem) || begins_as_picture(path) ||
                path.extension() == ".dfd")
                incoming.paths.push_back(std::move(path));
        }
    }
}

}  // namespace

bool may_contain_picture(const QMimeData& data) {
    if (data.hasUrls() || data.hasImage() || data.hasText())
        return true;
    for (const char* const format : kPictureFormats)
        if (data.hasFormat(QLatin1String(format)))
            return true;
    return false;
}

Incoming read_incoming(const QMimeData& data) {
    Incoming incoming;
    if (data.hasFormat(QStringLiteral("text/uri-list")))
        read_addresses(data.data(QStringLiteral("text/uri-list")), false, incoming);
    if (!incoming.paths.empty()) {
        incoming.bytes.clear();
        return incoming;
    }
    for (const char* const format : kPictureFormats) {
        if (!incoming.bytes.isEmpty())
            break;
        if (data.hasFormat(QLatin1String(format)))
            incoming.bytes = picture_or_nothing(data.data(QLatin1String(format)));
    }
    if (incoming.bytes.isEmpty() && data.hasImage())
        incoming.image = qvariant_cast<QImage>(data.imageData());
    if (!incoming.has_picture() && data.hasText())
        read_addresses(data.text().toUtf8(), true, incoming);
    return incoming;
}

}  // namespace dfd::ui
