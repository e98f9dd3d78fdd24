#include "ui/look/samples.h"

#include <QCoreApplication>

#include "ui/look/wording.h"

namespace dfd::ui {

std::filesystem::path samples_folder() {
    const std::filesystem::path beside = to_path(QCoreApplication::applicationDirPath());
    for (const std::filesystem::path& folder :
         {beside / "samples", beside / "../share/deepfake-defenders/samples",
          std::filesystem::path(DFD_SAMPLES_DIR)}) {
        std::error_code problem;
        if (std::filesystem::is_directory(folder, problem))
            return std::filesystem::weakly_canonical(folder, problem);
    }
    return {};
}

}  // namespace dfd::ui
