#include "ui/window/panel_chooser.h"

#include <QSignalBlocker>
#include <QStandardItemModel>

#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kFolderRole = Qt::UserRole;
const QString kInstall = QStringLiteral("install");

QString title_of(const PanelRecord& panel) {
    const QString title = QString::fromStdString(panel.title.empty() ? panel.name : panel.title);
    // Every starter panel is labelled as such, whatever its title.
    return panel.starter && !title.contains(QLatin1String("starter"), Qt::CaseInsensitive)
               ? PanelChooser::tr("%1 (starter)").arg(title)
               : title;
}

}  // namespace

PanelChooser::PanelChooser(QWidget* parent) : QComboBox(parent) {
    setAccessibleName(tr("Panel of experts"));
    setToolTip(tr("The panel of experts that scores the pictures"));
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    setMinimumContentsLength(16);
    set_panels({});
    connect(this, &QComboBox::activated, this, [this](int row) {
        const QString folder = itemData(row, kFolderRole).toString();
        show_current_panel();  // The choice takes effect once the panel is ready.
        if (folder == kInstall)
            Q_EMIT install_requested();
        else if (!folder.isEmpty() && folder != current_)
            Q_EMIT panel_chosen(folder);
    });
}

void PanelChooser::set_panels(const std::vector<ListedPanel>& panels) {
    const QSignalBlocker quiet(this);
    clear();
    auto* const items = qobject_cast<QStandardItemModel*>(model());
    for (const ListedPanel& panel : panels) {
        const QString folder = path_text(panel.record.folder);
        if (panel.problem.empty()) {
            addItem(title_of(panel.record), folder);
            setItemData(count() - 1, QString::fromStdString(panel.record.origin), Qt::ToolTipRole);
        } else {
            addItem(tr("%1 (cannot be read)").arg(path_text(panel.record.folder.filename())),
                    folder);
            setItemData(count() - 1, QString::fromStdString(panel.problem), Qt::ToolTipRole);
            items->item(count() - 1)->setEnabled(false);
        }
    }
    addItem(icon(QStringLiteral("install")), tr("Install the published panel…"), kInstall);
    show_current_panel();
}

void PanelChooser::set_current(const PanelRecord* panel) {
    current_ = panel == nullptr ? QString() : path_text(panel->folder);
    if (panel != nullptr && findData(current_, kFolderRole) < 0) {
        // Opened by path from the command line: not in a searched folder.
        const QSignalBlocker quiet(this);
        insertItem(0, title_of(*panel), current_);
    }
    show_current_panel();
}

void PanelChooser::show_current_panel() {
    const QSignalBlocker quiet(this);
    setCurrentIndex(current_.isEmpty() ? -1 : findData(current_, kFolderRole));
    setPlaceholderText(tr("No panel"));
}

}  // namespace dfd::ui
