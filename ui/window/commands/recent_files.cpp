#include "ui/window/commands/recent_files.h"

#include <QFileInfo>
#include <QSettings>

#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr const char* kOpened = "files/recent";
constexpr const char* kList = "files/last_list";

}  // namespace

QStringList RecentFiles::opened() const {
    QStringList found;
    for (const QString& path : settings_.value(QLatin1String(kOpened)).toStringList())
        if (QFileInfo::exists(path))
            found.append(path);
    return found;
}

void RecentFiles::add(const std::filesystem::path& path) {
    const QString text = path_text(std::filesystem::absolute(path).lexically_normal());
    QStringList all = settings_.value(QLatin1String(kOpened)).toStringList();
    all.removeAll(text);
    all.prepend(text);
    settings_.setValue(QLatin1String(kOpened), all.mid(0, kMost));
}

void RecentFiles::clear() {
    settings_.remove(QLatin1String(kOpened));
    settings_.remove(QLatin1String(kList));
}

QStringList RecentFiles::last_list() const {
    return settings_.value(QLatin1String(kList)).toStringList();
}

void RecentFiles::keep_list(const QStringList& paths) {
    settings_.setValue(QLatin1String(kList), paths.mid(0, kMostListed));
}

}  // namespace dfd::ui
