#include "ui/picture_source.h"

#include <QCoreApplication>
#include <exception>
#include <new>
#include <stdexcept>

#include "ui/wording.h"

namespace dfd::ui {

Picture read_first(const std::vector<Source>& sources, const std::string& sha256) {
    const auto tr = [](const char* text) {
        return QCoreApplication::translate("dfd::ui::PictureLoader", text);
    };
    std::exception_ptr problem;
    for (const Source& source : sources) {
        try {
            Picture picture =
                source.bytes ? decode_picture(*source.bytes) : read_picture(source.path);
            if (sha256.empty() || picture.facts.sha256 == sha256)
                return picture;
            throw std::runtime_error(tr("%1 has changed since it was examined.")
                                         .arg(path_text(source.path))
                                         .toStdString());
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception&) {
            if (!problem)
                problem = std::current_exception();
        }
    }
    if (problem)
        std::rethrow_exception(problem);
    throw std::runtime_error(tr("No file is known to hold this picture.").toStdString());
}

}  // namespace dfd::ui
