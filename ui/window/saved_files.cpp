#include "ui/window/saved_files.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include "ui/look/wording.h"
#include "ui/window/commands/open_elsewhere.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(SavedFiles)
};

}  // namespace

QString SavedFiles::folder() const {
    if (const auto folder = shell_.shown().output_folder(); !folder.empty())
        return path_text(folder);
    return last_folder_.isEmpty()
               ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
               : last_folder_;
}

void SavedFiles::remember(const QString& file) {
    last_folder_ = QFileInfo(file).path();
    if (shell_.shown().scans(to_path(last_folder_)))
        shell_.tell(Severity::Warning,
                    Words::tr("%1 lies among the exhibits, so the next scan would find it. Better "
                              "save it beside the case.")
                        .arg(file));
}

void SavedFiles::tell(Severity severity, const QString& sentence, const QString& file) {
    Banner* const banner = shell_.banners().show_message(severity, sentence, true);
    const auto open = [this](const QString& path) {
        return [this, path] { open_elsewhere(shell_, path); };
    };
    banner->add_action(Words::tr("Open"), open(file), true);
    banner->add_action(Words::tr("Show in its folder"), open(QFileInfo(file).absolutePath()), true);
}

void SavedFiles::restore(const QSettings& settings) {
    last_folder_ = settings.value(QStringLiteral("files/export_folder")).toString();
}

void SavedFiles::store(QSettings& settings) const {
    settings.setValue(QStringLiteral("files/export_folder"), last_folder_);
}

}  // namespace dfd::ui
