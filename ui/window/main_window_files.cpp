// The main window's way to files: choosing and dropping, recent ones, reports, other programs.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QStandardPaths>
#include <QUrl>
#include <algorithm>
#include <utility>

#include "core/base/version.h"
#include "core/casework/report/picture_report.h"
#include "core/casework/store/case_recognition.h"
#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/list/incoming.h"
#include "ui/look/banner.h"
#include "ui/look/drop_curtain.h"
#include "ui/look/message_page.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"
#include "ui/picture/picture_pane.h"
#include "ui/window/install_dialog.h"
#include "ui/window/main_window.h"

namespace dfd::ui {
namespace {

QString picture_filter() {
    return MainWindow::tr(
        "Pictures (*.jpg *.jpeg *.jpe *.png *.webp *.tif *.tiff *.bmp *.gif *.heic *.heif *.avif "
        "*.JPG *.JPEG *.PNG *.WEBP *.TIF *.TIFF *.BMP *.GIF *.HEIC *.HEIF *.AVIF);;All files (*)");
}

/// The file's bytes as examined. Throws std::runtime_error with a sentence.
Picture same_picture(const Source& source, const std::string& sha256) {
    Picture picture = source.bytes ? decode_picture(*source.bytes) : read_picture(source.path);
    if (picture.facts.sha256 != sha256)
        throw std::runtime_error(
            MainWindow::tr("%1 has changed since it was examined, so the result is not about it "
                           "any more. Examine the picture again.")
                .arg(path_text(source.path))
                .toStdString());
    return picture;
}

}  // namespace

void MainWindow::choose_files() {
    auto* const dialog = new QFileDialog(this, tr("Open pictures"), last_folder_, picture_filter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        std::vector<std::filesystem::path> paths;
        for (const QString& file : files)
            paths.push_back(to_path(file));
        last_folder_ = QFileInfo(files.front()).path();
        open_paths(paths);
    });
    dialog->open();
}

void MainWindow::choose_folder() {
    auto* const dialog = new QFileDialog(this, tr("Open a folder"), last_folder_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        last_folder_ = folder;
        open_paths({to_path(folder)});
    });
    dialog->open();
}

void MainWindow::open_paths(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::filesystem::path> pictures;
    QStringList checkpoints;
    for (const auto& path : paths) {
        if (is_case_file(path)) {
            open_case(path);
            return;
        }
        if (InstallDialog::is_checkpoint_name(path_text(path.filename())))
            checkpoints.append(path_text(path));
        else
            pictures.push_back(path);
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(pictures.size(), RecentFiles::kMost); ++i)
        recent_.add(pictures[i]);
    if (!checkpoints.isEmpty())
        open_install_dialog(checkpoints);
    if (!pictures.empty() && case_->is_open())
        scan_into_case(pictures);
    else if (!pictures.empty())
        session_->add_paths(std::move(pictures));
}

void MainWindow::open_incoming(const QMimeData& data, const QString& label) {
    const Incoming incoming = read_incoming(data);
    if (!incoming.paths.empty()) {
        open_paths(incoming.paths);
    } else if (case_->is_open() && incoming.has_picture()) {
        banners_->show_message(Severity::Warning,
                               tr("Only files can be added to a case, so that they can be verified "
                                  "later. Save the picture to a file and drop the file."));
    } else if (!incoming.bytes.isEmpty()) {
        session_->add_bytes(incoming.bytes, label);
    } else if (!incoming.image.isNull()) {
        session_->add_image(incoming.image, label);
    } else if (!incoming.web_address.isEmpty()) {
        banners_->show_message(Severity::Warning,
                               tr("Only the web address of the picture was received, and this "
                                  "program does not use the network. Save the picture to a file "
                                  "and drop the file, or copy the picture itself and paste it."));
    } else {
        banners_->show_message(Severity::Warning,
                               tr("The dropped or pasted data contains no picture. Use a picture "
                                  "file, a folder, or a picture copied in another program."));
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!may_contain_picture(*event->mimeData()))
        return;
    event->acceptProposedAction();
    curtain_->raise_over_parent();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
    curtain_->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
    curtain_->hide();
    open_incoming(*event->mimeData(), tr("Dropped picture %1").arg(++dropped_));
    // Never "move": the sender would delete the original.
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

// --- opened before

void MainWindow::build_recent_menu(QMenu* menu) {
    QMenu* const recent = menu->addMenu(tr("Open &recent"));
    recent->setObjectName(QStringLiteral("recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        if (const qsizetype count = recent_.last_list().size(); count > 0) {
            recent->addAction(tr("The last list (pictures: %1)").arg(count), this,
                              &MainWindow::open_last_list);
            recent->addSeparator();
        }
        for (const QString& path : recent_.opened())
            recent->addAction(QString(path).replace(QLatin1Char('&'), QStringLiteral("&&")), this,
                              [this, path] { open_paths({to_path(path)}); });
        if (recent->isEmpty()) {
            recent->addAction(tr("Nothing yet"))->setEnabled(false);
            return;
        }
        recent->addSeparator();
        recent->addAction(tr("Forget these"), this, [this] { recent_.clear(); });
    });
}

void MainWindow::open_last_list() {
    std::vector<std::filesystem::path> paths;
    for (const QString& path : recent_.last_list())
        paths.push_back(to_path(path));
    if (case_->is_open())
        case_->close();
    if (!paths.empty())
        session_->add_paths(std::move(paths));
}

QStringList MainWindow::listed_paths() const {
    QStringList paths;
    ExhibitModel& model = session_->exhibits();
    for (int row = 0; row < model.rowCount(); ++row)
        if (!model.at(row).source.path.empty())
            paths.append(path_text(model.at(row).source.path));
    return paths;
}

void MainWindow::choose_case_for_list() {
    auto* const dialog = new QFileDialog(this, tr("Keep this list as a case"), export_folder(),
                                         tr("Cases (*.dfd);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite);  // An existing case is added to.
    dialog->setDefaultSuffix(QStringLiteral("dfd"));
    dialog->selectFile(tr("case.dfd"));
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::keep_list_as_case);
    dialog->open();
}

void MainWindow::keep_list_as_case(const QString& file) {
    std::vector<std::filesystem::path> paths;
    for (const QString& path : listed_paths())
        paths.push_back(to_path(path));
    const int pasted = session_->exhibits().rowCount() - static_cast<int>(paths.size());
    if (pasted > 0)
        banners_->show_message(Severity::Warning,
                               tr("A case holds files only. Pictures without a file were left out: "
                                  "%1.")
                                   .arg(pasted));
    if (paths.empty())
        return;
    scans_to_come_ = std::move(paths);
    open_case(to_path(file), true);  // case_opened() begins the scan.
}

// --- what is saved

QString MainWindow::export_folder() const {
    if (case_->is_open())
        return path_text(case_->path().parent_path());
    return last_export_folder_.isEmpty()
               ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
               : last_export_folder_;
}

void MainWindow::remember_export(const QString& file) {
    last_export_folder_ = QFileInfo(file).path();
    if (!case_->is_open())
        return;
    const std::filesystem::path target = to_path(last_export_folder_);
    for (const FolderCount& folder : case_->summary().folders) {
        const auto below = target.lexically_relative(folder.folder);
        if (!below.empty() && *below.begin() != "..") {
            banners_->show_message(
                Severity::Warning,
                tr("%1 lies among the exhibits, so the next scan would find it. Better save it "
                   "beside the case.")
                    .arg(file));
            return;
        }
    }
}

void MainWindow::choose_report() {
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr)
        return;
    const QStringList filters{tr("One HTML file (*.html)"), tr("PDF pages (*.pdf)")};
    auto* const dialog =
        new QFileDialog(this, tr("Save a report of this picture"), export_folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(QStringLiteral("html"));
    const QString stem = QFileInfo(exhibit->name).completeBaseName() + tr("-report");
    dialog->selectFile(stem + QStringLiteral(".html"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [=](const QString& filter) {
        const QString suffix =
            filter == filters.last() ? QStringLiteral("pdf") : QStringLiteral("html");
        dialog->setDefaultSuffix(suffix);
        dialog->selectFile(stem + QLatin1Char('.') + suffix);
    });
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::save_report);
    dialog->open();
}

void MainWindow::save_report(const QString& file) {
    const Exhibit* const exhibit = current();
    const auto by = shown().shown_by();
    if (exhibit == nullptr || !exhibit->examination || !exhibit->is_finished() || !by) {
        banners_->show_message(Severity::Warning, tr("There is nothing to report yet."));
        return;
    }
    const QString suffix = QFileInfo(file).suffix().toLower();
    const bool pdf = suffix == QLatin1String("pdf");
    if (!pdf && suffix != QLatin1String("html") && suffix != QLatin1String("htm")) {
        banners_->show_message(Severity::Warning,
                               tr("The file type of %1 is not supported. Use the extension .html "
                                  "or .pdf.")
                                   .arg(QFileInfo(file).fileName()));
        return;
    }
    remember_export(file);
    if (case_->is_open()) {
        export_exhibits(file, {case_exhibits_->exhibit()->id}, "one exhibit");
        return;
    }
    PictureReport report;
    report.examination = *exhibit->examination;
    report.by = *by;
    report.device = session_->evaluator()->device();
    report.thresholds = shown().thresholds();
    report.program = "DeepFakeDefenders " + program_version();
    export_in_background(
        [report = std::move(report), source = exhibit->source, file, pdf]() mutable {
            if (report.examination.width > 0)
                report.thumbnail =
                    report_thumbnail(same_picture(source, report.examination.facts.sha256).pixels);
            write_picture_report(
                report, to_path(file),
                pdf ? MakeReportWriter(pdf_report) : MakeReportWriter(html_report));
        },
        tr("Saved to %1").arg(file));
}

std::optional<MapSheet> MainWindow::map_sheet() const {
    const Exhibit* const exhibit = current();
    const auto by = shown().shown_by();
    const PicturePane::Drawn drawn = picture_->drawn();
    if (exhibit == nullptr || !exhibit->examination || !by || !(drawn.scale_max > 0))
        return std::nullopt;
    const OverlaySettings& choice = picture_->controls()->settings();
    MapSheet sheet = map_sheet_of(*exhibit->examination, *by, shown().thresholds());
    sheet.map = drawn.map;
    sheet.scale_max = drawn.scale_max;
    if (!drawn.is_signed)
        sheet.colours = choice.colours;
    sheet.opacity = choice.opacity;
    sheet.map_name = drawn.name;
    return sheet;
}

void MainWindow::copy_picture() {
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr || loaded_id_ != exhibit->id || !loaded_) {
        banners_->show_message(Severity::Warning, tr("The picture is not open at full size yet."));
        return;
    }
    const QImage& whole = loaded_->levels.front();
    const auto sheet = map_sheet();
    QApplication::clipboard()->setImage(sheet ? draw_map_sheet(*sheet, whole) : whole);
    banners_->show_message(Severity::Information,
                           sheet ? tr("The picture and its heatmap were copied side by side.")
                                 : tr("The picture was copied to the clipboard."));
}

// --- other programs

void MainWindow::copy_path() {
    if (const Exhibit* const exhibit = current())
        QApplication::clipboard()->setText(path_text(exhibit->source.path));
}

void MainWindow::show_in_folder() {
    if (const Exhibit* const exhibit = current())
        QDesktopServices::openUrl(
            QUrl::fromLocalFile(path_text(exhibit->source.path.parent_path())));
}

void MainWindow::open_elsewhere() {
    if (const Exhibit* const exhibit = current())
        QDesktopServices::openUrl(QUrl::fromLocalFile(path_text(exhibit->source.path)));
}

QMenu* MainWindow::context_menu() {
    auto* const menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](std::initializer_list<const char*> names) {
        for (const char* const name : names)
            menu->addAction(action(name));
        menu->addSeparator();
    };
    add({"copy", "copy_picture", "copy_path"});
    if (case_->is_open())
        add({"mark_suspicious", "mark_cleared", "mark_to_check", "mark_none", "add_tag",
             "add_note"});
    add({"save_report", "export_png", "export_json", "export_csv"});
    add({"show_in_folder", "open_elsewhere"});
    if (!case_->is_open())
        add({"again", "remove"});
    return menu;
}

}  // namespace dfd::ui
