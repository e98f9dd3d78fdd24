#include "ui/window/commands/file_commands.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/casework/store/case_recognition.h"
#include "ui/case/case_controller.h"
#include "ui/list/examination_session.h"
#include "ui/list/incoming.h"
#include "ui/look/wording.h"
#include "ui/window/commands/case_commands.h"
#include "ui/window/commands/installable_names.h"

namespace dfd::ui {
namespace {

QString picture_filter() {
    return FileCommands::tr(
        "Pictures (*.jpg *.jpeg *.jpe *.png *.webp *.tif *.tiff *.bmp *.gif *.heic *.heif *.avif "
        "*.JPG *.JPEG *.PNG *.WEBP *.TIF *.TIFF *.BMP *.GIF *.HEIC *.HEIF *.AVIF);;All files (*)");
}

}  // namespace

FileCommands::FileCommands(Shell& shell, ExaminationSession& session, CaseController& controller,
                           CaseCommands& cases)
    : Study(shell),
      shell_(shell),
      session_(session),
      case_(controller),
      cases_(cases),
      recent_(shell.settings()),
      replaying_(shell, session.backend()),
      keeping_(shell.threads(), {}, Task::OnStop::Finish) {
    connect(&case_, &CaseController::opened, this, [this] { recent_.add(case_.path()); });
    // What comes later is asked about, too: another question may have kept the window open.
    connect(&session_, &ExaminationSession::exhibits_added, this,
            [this] { pasted_settled_ = false; });
}

void FileCommands::add_actions(QMenu* menu) {
    shell_.add_action(menu, "open", QStringLiteral("open"), tr("&Open pictures…"),
                      QKeySequence::Open, [this] { choose_files(); });
    shell_.add_action(menu, "open_folder", QStringLiteral("folder"), tr("Open a &folder…"),
                      tr("Ctrl+Shift+O"), [this] { choose_folder(); });
    build_recent_menu(menu);
    menu->addSeparator();
    shell_.add_action(menu, "new_case", {}, tr("&New case…"), QKeySequence::New,
                      [this] { cases_.choose(true); });
    shell_.add_action(menu, "open_case", QStringLiteral("case"), tr("Open a &case…"),
                      tr("Ctrl+Alt+O"), [this] { cases_.choose(false); });
    shell_.add_action(menu, "close_case", {}, tr("Close the c&ase"), tr("Ctrl+W"),
                      [this] { case_.close(); });
    shell_.add_action(menu, "keep_as_case", {}, tr("&Keep this list as a case…"), {}, [this] {
        cases_.choose_to_keep(tr("Keep this list as a case"), shell_.export_folder(Saved::Case),
                              [this](const QString& file) {
                                  shell_.remember_export(file, Saved::Case);
                                  keep_list_as_case(file);
                              });
    });
    replaying_.add_action(menu);
}

void FileCommands::add_paste(QMenu* menu) {
    shell_.add_action(menu, "paste", QStringLiteral("paste"), tr("&Paste a picture"),
                      QKeySequence::Paste, [this] {
                          if (const QMimeData* const data = QApplication::clipboard()->mimeData())
                              open_incoming(*data, tr("Pasted picture %1"), pasted_);
                      });
}

void FileCommands::refresh() {
    shell_.action("keep_as_case")
        ->setEnabled(!collection().is_case() && session_.exhibits().rowCount() > 0);
}

void FileCommands::drop(const QMimeData& data) {
    open_incoming(data, tr("Dropped picture %1"), dropped_);
}

void FileCommands::remember_list() {
    if (const QStringList paths = listed_paths() + kept_pasted_; !paths.isEmpty())
        recent_.keep_list(paths);
}

void FileCommands::choose_files() {
    auto* const dialog = new QFileDialog(shell_.dialog_parent(), tr("Open pictures"),
                                         shell_.last_folder(), picture_filter());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setOption(QFileDialog::HideNameFilterDetails);  // too long for the box
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        std::vector<std::filesystem::path> paths;
        for (const QString& file : files)
            paths.push_back(to_path(file));
        shell_.last_folder() = QFileInfo(files.front()).path();
        open(paths);
    });
    dialog->open();
}

void FileCommands::choose_folder() {
    auto* const dialog =
        new QFileDialog(shell_.dialog_parent(), tr("Open a folder"), shell_.last_folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        shell_.last_folder() = folder;
        open({to_path(folder)});
    });
    dialog->open();
}

void FileCommands::open(const std::vector<std::filesystem::path>& paths) {
    std::vector<std::filesystem::path> pictures;
    QStringList checkpoints;
    for (const auto& path : paths) {
        if (is_case_file(path)) {
            cases_.open(path);
            return;
        }
        if (is_installable_name(path_text(path.filename())))
            checkpoints.append(path_text(path));
        else
            pictures.push_back(path);
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(pictures.size(), RecentFiles::kMost); ++i)
        recent_.add(pictures[i]);
    if (!checkpoints.isEmpty())
        Q_EMIT checkpoints_opened(checkpoints);
    if (!pictures.empty())
        collection().add(std::move(pictures));
}

void FileCommands::open_incoming(const QMimeData& data, const QString& label, int& count) {
    const Incoming incoming = read_incoming(data);
    if (!incoming.paths.empty()) {
        open(incoming.paths);
    } else if (collection().is_case() && incoming.has_picture()) {
        shell_.tell(Severity::Warning,
                    tr("Only files can be added to a case, so that they can be verified "
                       "later. Save the picture to a file and drop the file."));
    } else if (!incoming.bytes.isEmpty()) {
        session_.add_bytes(incoming.bytes, label.arg(++count));
    } else if (!incoming.image.isNull()) {
        session_.add_image(incoming.image, label.arg(++count));
    } else if (!incoming.web_address.isEmpty()) {
        shell_.tell(Severity::Warning,
                    tr("Only the web address of the picture was received, and this "
                       "program does not use the network. Save the picture to a file "
                       "and drop the file, or copy the picture itself and paste it."));
    } else {
        shell_.tell(Severity::Warning,
                    tr("The dropped or pasted data contains no picture. Use a picture "
                       "file, a folder, or a picture copied in another program."));
    }
}

void FileCommands::build_recent_menu(QMenu* menu) {
    QMenu* const recent = menu->addMenu(tr("Open &recent"));
    recent->setObjectName(QStringLiteral("recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        if (const qsizetype count = recent_.last_list().size(); count > 0) {
            recent->addAction(tr("The last list (pictures: %1)").arg(count), this,
                              &FileCommands::open_last_list);
            recent->addSeparator();
        }
        for (const QString& path : recent_.opened())
            recent->addAction(QString(path).replace(QLatin1Char('&'), QStringLiteral("&&")), this,
                              [this, path] { open({to_path(path)}); });
        if (recent->isEmpty()) {
            recent->addAction(tr("Nothing yet"))->setEnabled(false);
            return;
        }
        recent->addSeparator();
        recent->addAction(tr("Forget these"), this, [this] { recent_.clear(); });
    });
}

void FileCommands::open_last_list() {
    std::vector<std::filesystem::path> paths;
    for (const QString& path : recent_.last_list())
        paths.push_back(to_path(path));
    case_.close();
    if (!paths.empty())
        session_.add_paths(std::move(paths));
}

QStringList FileCommands::listed_paths() const {
    QStringList paths;
    ExhibitModel& model = session_.exhibits();
    for (int row = 0; row < model.rowCount(); ++row)
        if (!model.at(row).source.path.empty())
            paths.append(path_text(model.at(row).source.path));
    return paths;
}

bool FileCommands::ask_about_pasted() {
    const auto pasted = session_.exhibits().rowCount() - static_cast<int>(listed_paths().size());
    if (pasted_settled_ || pasted <= 0)
        return false;
    auto* const question = new QMessageBox(shell_.dialog_parent());
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setObjectName(QStringLiteral("pasted_question"));
    question->setWindowTitle(tr("Pasted pictures"));
    question->setText(pasted == 1 ? tr("One picture of the list is in no file.")
                                  : tr("%1 pictures of the list are in no file.").arg(pasted));
    question->setInformativeText(
        tr("They were pasted or dragged from another program and are lost when you quit, unless "
           "you keep them."));
    QPushButton* const keep =
        question->addButton(tr("&Keep them in a folder…"), QMessageBox::AcceptRole);
    QPushButton* const drop =
        question->addButton(tr("&Quit without them"), QMessageBox::DestructiveRole);
    question->addButton(QMessageBox::Cancel);
    question->setDefaultButton(keep);
    connect(keep, &QPushButton::clicked, this, [this] {
        auto* const dialog = new QFileDialog(
            shell_.dialog_parent(), tr("Keep the pasted pictures in"), shell_.export_folder());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, this, &FileCommands::keep_pasted);
        dialog->open();
    });
    connect(drop, &QPushButton::clicked, this, [this] {
        pasted_settled_ = true;
        Q_EMIT close_requested();
    });
    question->open();
    return true;
}

void FileCommands::keep_pasted(const QString& folder) {
    struct Pasted {
        std::filesystem::path file;
        std::shared_ptr<const std::vector<std::uint8_t>> bytes;
    };
    std::vector<Pasted> all;
    for (int row = 0; row < session_.exhibits().rowCount(); ++row) {
        const Exhibit& exhibit = session_.exhibits().at(row);
        if (!exhibit.source.path.empty() || !exhibit.source.bytes)
            continue;
        const QString format = exhibit.examination
                                   ? QString::fromStdString(exhibit.examination->facts.format)
                                   : QString();
        const QString suffix = format == QLatin1String("JPEG") ? QStringLiteral("jpg")
                               : format.isEmpty()              ? QStringLiteral("picture")
                                                               : format.toLower();
        QString name = exhibit.name;
        name.replace(QLatin1Char('/'), QLatin1Char('-'));
        all.push_back({to_path(QDir(folder).filePath(name + QLatin1Char('.') + suffix)),
                       exhibit.source.bytes});
    }
    keeping_.add(
        [this, all = std::move(all)](const Task::Run&) -> Task::Then {
            QStringList kept;
            for (const Pasted& each : all) {
                std::filesystem::path file = each.file;
                // Never over another file.
                for (int number = 2; std::filesystem::exists(file); ++number)
                    file = each.file.parent_path() /
                           (each.file.stem().native() + " (" + std::to_string(number) + ")" +
                            each.file.extension().native());
                write_file_atomically(file, *each.bytes);
                kept.append(path_text(file));
            }
            return [this, kept] {
                kept_pasted_ = kept;
                pasted_settled_ = true;
                Q_EMIT close_requested();
            };
        },
        [this](const Task::Problem& problem) { shell_.tell(Severity::Error, problem.sentence); });
}

void FileCommands::keep_list_as_case(const QString& file) {
    std::vector<std::filesystem::path> paths;
    for (const QString& path : listed_paths())
        paths.push_back(to_path(path));
    const int pasted = session_.exhibits().rowCount() - static_cast<int>(paths.size());
    if (pasted > 0)
        shell_.tell(Severity::Warning,
                    tr("A case holds files only. Pictures without a file were left out: "
                       "%1.")
                        .arg(pasted));
    if (paths.empty())
        return;
    cases_.open_and_scan(to_path(file), std::move(paths));
}

}  // namespace dfd::ui
