// What a drop or the clipboard carries: files, picture bytes, bare pixels, or only an address.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>
#include <filesystem>
#include <vector>

class QMimeData;

namespace dfd::ui {

/// The most faithful form that was offered; exactly one of the first three is filled, or none.
struct Incoming {
    std::vector<std::filesystem::path> paths;  ///< byte-exact, also when not UTF-8
    QByteArray bytes;                          ///< an encoded picture as its sender made it
    QImage image;                              ///< pixels without a file
    QString remote;                            ///< an address on a network, when nothing else came

    [[nodiscard]] bool has_picture() const {
        return !paths.empty() || !bytes.isEmpty() || !image.isNull();
    }
};

/// Whether it is worth asking `read_incoming`: cheap, for drag-enter.
[[nodiscard]] bool may_be_incoming(const QMimeData& data);
[[nodiscard]] Incoming read_incoming(const QMimeData& data);

}  // namespace dfd::ui
