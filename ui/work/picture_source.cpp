#include "ui/work/picture_source.h"

#include <QCoreApplication>

#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(PictureSource)
};

}  // namespace

std::runtime_error source_detail::changed_error(const Source& source) {
    return std::runtime_error(Words::tr("%1 has changed since it was examined.")
                                  .arg(path_text(source.path))
                                  .toStdString());
}

std::runtime_error source_detail::no_source_error() {
    return std::runtime_error(
        Words::tr("The case records no file for this picture.").toStdString());
}

Picture read_first(const std::vector<Source>& sources, const std::string& sha256) {
    return first_matching(sources, sha256, [](const Source& source) {
        return source.bytes ? decode_picture(*source.bytes) : read_picture(source.path);
    });
}

}  // namespace dfd::ui
