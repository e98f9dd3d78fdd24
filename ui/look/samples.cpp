#include "ui/look/samples.h"

#include "core/base/data_folders.h"

namespace dfd::ui {

std::filesystem::path samples_folder() {
    return data_folder("samples").value_or(std::filesystem::path());
}

}  // namespace dfd::ui
