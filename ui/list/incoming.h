// Reads drops and the clipboard: files, encoded pictures, bare pixels, or only a web address.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>
#include <filesystem>
#include <vector>

class QMimeData;

namespace dfd::ui {

/// The most faithful form that was offered. At most one of the first three members is set.
struct Incoming {
    std::vector<std::filesystem::path> paths;  ///< byte-exact, also when not UTF-8
    QByteArray bytes;                          ///< an encoded picture as the sender made it
    QImage image;                              ///< pixels without a file
    QString web_address;                       ///< if nothing else was offered

    [[nodiscard]] bool has_picture() const {
        return !paths.empty() || !bytes.isEmpty() || !image.isNull();
    }
};

/// A cheap check for drag-enter: whether `read_incoming` is worth calling.
[[nodiscard]] bool may_contain_picture(const QMimeData& data);
/// Bytes and paths in a text are left out unless they begin as a picture does; files and folders of
/// a list of files are taken as they are.
[[nodiscard]] Incoming read_incoming(const QMimeData& data);

}  // namespace dfd::ui
