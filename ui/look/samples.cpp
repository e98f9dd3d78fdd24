#include "ui/look/samples.h"

#include <QCoreApplication>

#include "core/base/data_folders.h"
#include "ui/look/wording.h"

namespace dfd::ui {

std::filesystem::path samples_folder() {
    return data_folder("samples").value_or(std::filesystem::path());
}

}  // namespace dfd::ui
