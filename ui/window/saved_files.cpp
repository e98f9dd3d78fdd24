#include "ui/window/saved_files.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <array>
#include <utility>

#include "ui/look/wording.h"
#include "ui/window/commands/open_elsewhere.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(SavedFiles)
};

constexpr std::array<std::pair<Saved, const char*>, 4> kKeys{{
    {Saved::Picture, "files/picture_folder"},
    {Saved::Data, "files/data_folder"},
    {Saved::Report, "files/report_folder"},
    {Saved::Case, "files/case_folder"},
}};

}  // namespace

QString SavedFiles::folder(Saved kind) const {
    if (const auto folder = shell_.shown().output_folder(); !folder.empty())
        return path_text(folder);
    const auto last = last_folders_.find(kind);
    return last == last_folders_.end()
               ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
               : last->second;
}

void SavedFiles::remember(const QString& file, Saved kind) {
    const QString folder = last_folders_[kind] = QFileInfo(file).path();
    if (shell_.shown().scans(to_path(folder)))
        shell_.tell(Severity::Warning,
                    Words::tr("%1 lies among the exhibits, so the next scan would find it. Better "
                              "save it beside the case.")
                        .arg(file));
}

void SavedFiles::tell(Severity severity, const QString& sentence, const QString& file,
                      const QString& digest) {
    Banner* const banner = shell_.banners().show_message(severity, sentence, true);
    const auto open = [this](const QString& path) {
        return [this, path] { open_elsewhere(shell_, path); };
    };
    banner->add_action(Words::tr("Open"), open(file), true);
    banner->add_action(Words::tr("Show in its folder"), open(QFileInfo(file).absolutePath()), true);
    if (!digest.isEmpty())
        banner->add_action(
            Words::tr("Copy its SHA-256"), [digest] { QApplication::clipboard()->setText(digest); },
            true);
}

void SavedFiles::restore(const QSettings& settings) {
    for (const auto& [kind, key] : kKeys)
        if (const QString folder = settings.value(QLatin1String(key)).toString(); !folder.isEmpty())
            last_folders_[kind] = folder;
}

void SavedFiles::store(QSettings& settings) const {
    for (const auto& [kind, key] : kKeys)
        if (const auto last = last_folders_.find(kind); last != last_folders_.end())
            settings.setValue(QLatin1String(key), last->second);
}

}  // namespace dfd::ui
