#include "ui/window/panel_chooser.h"

#include <QSignalBlocker>
#include <QStandardItemModel>

#include "core/base/language.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kFolderRole = Qt::UserRole;
constexpr int kCalibrationRole = Qt::UserRole + 1;
const QString kInstall = QStringLiteral("install");

QString title_of(const PanelRecord& panel, const std::string& calibration) {
    QString title = QString::fromStdString(panel.title.empty() ? panel.name : say(panel.title));
    // Every starter panel is labelled as such, whatever its title.
    if (panel.starter && !title.contains(QLatin1String("starter"), Qt::CaseInsensitive))
        title = PanelChooser::tr("%1 (starter)").arg(title);
    return calibration.empty() ? title
                               : PanelChooser::tr("%1, calibration %2")
                                     .arg(title, QString::fromStdString(calibration));
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
        const QString calibration = itemData(row, kCalibrationRole).toString();
        show_current_panel();  // The choice takes effect once the panel is ready.
        if (folder == kInstall)
            Q_EMIT install_requested();
        else if (!folder.isEmpty() && row != row_of_current())
            Q_EMIT panel_chosen(folder, calibration);
    });
}

void PanelChooser::set_panels(const std::vector<ListedPanel>& panels) {
    const QSignalBlocker quiet(this);
    clear();
    auto* const items = qobject_cast<QStandardItemModel*>(model());
    for (const ListedPanel& panel : panels) {
        const QString folder = path_text(panel.record.folder);
        if (panel.problem.empty()) {
            auto calibrations = calibration_names(panel.record);
            std::erase(calibrations, "");
            calibrations.insert(calibrations.begin(), "");  // the way without a choice
            for (const std::string& name : calibrations) {
                addItem(title_of(panel.record, name), folder);
                setItemData(count() - 1, QString::fromStdString(name), kCalibrationRole);
                setItemData(count() - 1, QString::fromStdString(panel.record.origin),
                            Qt::ToolTipRole);
            }
        } else {
            addItem(tr("%1 (cannot be read)").arg(path_text(panel.record.folder.filename())),
                    folder);
            setItemData(count() - 1, QString::fromStdString(say_again(panel.problem)),
                        Qt::ToolTipRole);
            items->item(count() - 1)->setEnabled(false);
        }
    }
    addItem(icon(QStringLiteral("install")), tr("Install a panel or an expert…"), kInstall);
    show_current_panel();
}

void PanelChooser::set_current(const PanelRecord* panel) {
    current_ = panel == nullptr ? QString() : path_text(panel->folder);
    calibration_ = panel == nullptr ? QString() : QString::fromStdString(panel->calibration);
    if (panel != nullptr && row_of_current() < 0) {
        // Opened by path from the command line: not in a searched folder.
        const QSignalBlocker quiet(this);
        insertItem(0, title_of(*panel, panel->calibration), current_);
        setItemData(0, calibration_, kCalibrationRole);
    }
    show_current_panel();
}

void PanelChooser::show_current_panel() {
    const QSignalBlocker quiet(this);
    setCurrentIndex(row_of_current());
    setPlaceholderText(tr("No panel"));
}

int PanelChooser::row_of_current() const {
    for (int row = 0; row < count() && !current_.isEmpty(); ++row)
        if (itemData(row, kFolderRole).toString() == current_ &&
            itemData(row, kCalibrationRole).toString() == calibration_)
            return row;
    return -1;
}

}  // namespace dfd::ui
