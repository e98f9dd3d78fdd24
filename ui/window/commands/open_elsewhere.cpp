#include "ui/window/commands/open_elsewhere.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QUrl>

#include "ui/studies/study.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(OpenElsewhere)
};

}  // namespace

void open_elsewhere(StudyHost& host, const QString& path) {
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path)))
        host.tell(Severity::Warning, Words::tr("No program opens %1.").arg(path));
}

}  // namespace dfd::ui
