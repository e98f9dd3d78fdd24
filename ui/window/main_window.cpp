#include "ui/window/main_window.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/engine/results/agreement_report.h"
#include "core/opinion/expert_words.h"
#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/list/incoming.h"
#include "ui/look/banner.h"
#include "ui/look/drop_curtain.h"
#include "ui/look/keyboard.h"
#include "ui/look/message_page.h"
#include "ui/look/wheel_guard.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/install_dialog.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/status_strip.h"

namespace dfd::ui {

MainWindow::MainWindow(Setup setup, QWidget* parent)
    : QMainWindow(parent),
      threads_(setup.threads),
      appearance_(setup.appearance),
      settings_(setup.settings),
      samples_(std::move(setup.samples)),
      session_(new ExaminationSession(std::move(setup.backend), setup.threads, this)),
      case_(new CaseController(setup.threads, this)),
      loader_(new PictureLoader(setup.threads, this)),
      studies_(make_studies(*this)) {
    setWindowTitle(QStringLiteral("DeepFakeDefenders"));
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    qApp->installEventFilter(new WheelGuard(this));
    build_panes();
    Shell& shell = *this;
    results_ = std::make_unique<ResultCommands>(shell, *verdict_->facts());
    cases_ = std::make_unique<CaseCommands>(shell, *case_, *case_pane_, *verdict_);
    files_ = std::make_unique<FileCommands>(shell, *session_, *case_, *cases_);
    connect(files_.get(), &FileCommands::close_requested, this, &QWidget::close);
    connect(files_.get(), &FileCommands::checkpoints_opened, this,
            &MainWindow::open_install_dialog);
    tell_studies(&Study::add_panels);
    build_actions();
    connect_session();
    connect_panes();
    connect_case();
    attach_studies();
    read_settings(setup.panel);
    refresh_panel();
    show_current(true);
    refresh_progress();
    exhibits_->list()->setFocus();
}

MainWindow::~MainWindow() {
    // Destroy the views before the session that owns their model.
    delete takeCentralWidget();
}

void MainWindow::build_panes() {
    left_ = new QStackedWidget(this);
    exhibits_ = new ExhibitPane(session_->exhibits(), left_);
    case_pane_ = new CasePane(*case_, left_);
    left_->addWidget(exhibits_);
    left_->addWidget(case_pane_);
    listed_ = std::make_unique<ListCollection>(*session_, *exhibits_);
    case_exhibits_ = std::make_unique<CaseCollection>(*case_, *case_pane_);
    picture_ = new PicturePane(this);
    verdict_ = new VerdictPane(this);
    status_ = new StatusStrip(this);
    panels_ = new PanelChooser(this);
    setStatusBar(status_);

    splitter_ = new QSplitter(Qt::Horizontal, this);
    splitter_->setHandleWidth(1);
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(left_);
    splitter_->addWidget(picture_);
    splitter_->addWidget(verdict_);
    splitter_->setStretchFactor(0, 0);
    splitter_->setStretchFactor(1, 1);
    splitter_->setStretchFactor(2, 0);
    left_->setMinimumWidth(28 * kGrid);
    picture_->setMinimumWidth(48 * kGrid);
    verdict_->setMinimumWidth(38 * kGrid);
    splitter_->setSizes({36 * kGrid, 84 * kGrid, 44 * kGrid});

    auto* const centre = new QWidget(this);
    auto* const column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(splitter_, 1);
    setCentralWidget(centre);
    banners_ = new BannerStack(centre);
    banners_->set_place(picture_);
    curtain_ = new DropCurtain(this);
    resize(first_size(screen()->availableSize()));
}

QSize MainWindow::first_size(const QSize& available) {
    constexpr int kTitleBar = 5 * kGrid;  // an estimate: the frame is unknown before it is shown
    return QSize(160 * kGrid, 100 * kGrid).boundedTo(available - QSize(0, kTitleBar));
}

void MainWindow::connect_session() {
    connect(session_, &ExaminationSession::panel_state_changed, this, &MainWindow::refresh_panel);
    connect(session_, &ExaminationSession::combination_changed, this, &MainWindow::refresh_panel);
    connect(session_, &ExaminationSession::panel_loading, status_, &StatusStrip::show_loading);
    connect(session_, &ExaminationSession::panel_failed, this, [this](const QString& sentence) {
        if (session_->panel_state() == PanelState::Ready)
            banners_->show_message(Severity::Error, sentence);
    });
    connect(session_, &ExaminationSession::panels_listed, this,
            [this](const std::vector<ListedPanel>& panels) {
                panels_->set_panels(panels);
                refresh_panel();
            });
    connect(session_, &ExaminationSession::exhibits_added, this,
            [this](const std::vector<ListedId>& ids) { exhibits_->make_current(ids.front()); });
    connect(session_, &ExaminationSession::nothing_added, this, [this](const QString& sentence) {
        banners_->show_message(Severity::Warning, sentence);
    });
    connect(session_, &ExaminationSession::already_listed, this, [this](int count, ListedId first) {
        if (count == 1)
            exhibits_->make_current(first);
        banners_->show_message(
            Severity::Information,
            count == 1
                ? tr("This picture is already in the list.")
                : tr("%1 pictures are already in the list and were not added again.").arg(count));
    });
    connect(session_, &ExaminationSession::removed, this, &MainWindow::announce_removal);
    connect(session_, &ExaminationSession::progress_changed, this, [this] {
        refresh_progress();
        refresh_actions();
    });
    connect(&session_->exhibits(), &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex& top, const QModelIndex& bottom) {
                for (int row = top.row(); row <= bottom.row(); ++row) {
                    const Exhibit& exhibit = session_->exhibits().at(row);
                    if (exhibit.examination && exhibit.examination->seconds > 0)
                        listed_->note_seconds(exhibit.examination->seconds);
                    if (!case_->is_open() && exhibits_->current() == exhibit.id)
                        show_current(false);
                }
            });
    connect(loader_, &PictureLoader::loaded, picture_, &PicturePane::show_picture);
    connect(loader_, &PictureLoader::loaded, this, [this](ListedId id, const PyramidPtr& picture) {
        loaded_id_ = id;
        loaded_ = picture;
        tell_studies(&Study::picture_opened);
    });
    connect(loader_, &PictureLoader::failed, this, [this](ListedId id, const QString& sentence) {
        if (case_->is_open()) {
            show_stored_copy(sentence);
            return;
        }
        // The page of a picture that failed shows the reason itself; this is for a picture that
        // could be examined before.
        const Exhibit* const exhibit = session_->exhibits().find(id);
        if (exhibit != nullptr && exhibit->opinion() != nullptr)
            banners_->show_message(
                Severity::Warning,
                tr("%1 cannot be shown at full size: %2").arg(exhibit->name, sentence));
    });
}

void MainWindow::connect_panes() {
    connect(exhibits_, &ExhibitPane::current_changed, this, [this] { show_current(true); });
    connect(exhibits_, &ExhibitPane::visible_changed, session_, &ExaminationSession::examine_soon);
    connect(exhibits_, &ExhibitPane::context_menu_requested, this,
            [this](const QPoint& global) { context_menu()->popup(global); });
    for (QWidget* const place :
         std::initializer_list<QWidget*>{case_pane_->list(), picture_->view()}) {
        place->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(place, &QWidget::customContextMenuRequested, this, [this, place](const QPoint& at) {
            if (current() != nullptr)
                context_menu()->popup(place->mapToGlobal(at));
        });
    }
    connect(exhibits_->list()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &MainWindow::refresh_actions);
    connect(verdict_->bars(), &ExpertBars::chosen, this, [this](int expert) {
        OverlaySettings choice = picture_->controls()->settings();
        choice.map = expert;
        picture_->controls()->set_settings(choice);
        Q_EMIT picture_->controls()->changed();
    });
    connect(verdict_->bars(), &ExpertBars::weights_changed, session_,
            &ExaminationSession::set_weights);
    connect(verdict_->card(), &VerdictCard::reference_requested, session_,
            [this] { session_->set_weights({}); });
    const auto follow_map = [this] {
        verdict_->bars()->choose(picture_->controls()->settings().map);
    };
    connect(picture_->controls(), &OverlayControls::changed, this, follow_map);
    connect(picture_->strip(), &MapStrip::chosen, this, follow_map);
    const auto tell_choice = [this] { tell_studies(&Study::map_chosen); };
    connect(picture_->strip(), &MapStrip::chosen, this, tell_choice);
    connect(verdict_->bars(), &ExpertBars::chosen, this, tell_choice);
    connect(verdict_, &VerdictPane::tab_changed, this,
            [this] { tell_studies(&Study::tab_changed); });
    connect(status_, &StatusStrip::stop_requested, this, &MainWindow::stop_all);
    connect(status_, &StatusStrip::time_passed, this, &MainWindow::refresh_progress);
    connect(panels_, &PanelChooser::panel_chosen, this,
            [this](const QString& folder, const QString& calibration) {
                session_->open_panel({to_path(folder).native(), calibration.toStdString()});
            });
    connect(panels_, &PanelChooser::install_requested, this, [this] { open_install_dialog(); });

    MessagePage* const welcome = picture_->welcome();
    welcome_open_.append(welcome->add_button(tr("Open…"), QStringLiteral("open"),
                                             [this] { files_->choose_files(); }));
    std::error_code problem;
    if (!samples_.empty() && std::filesystem::is_directory(samples_, problem))
        welcome_open_.append(welcome->add_button(tr("Try the samples"), QStringLiteral("samples"),
                                                 [this] { open_paths({samples_}); }));
    welcome_again_ = welcome->add_button(QString(), QStringLiteral("again"),
                                         [this] { files_->open_last_list(); });
    welcome_install_ = welcome->add_button(tr("Install a panel…"), QStringLiteral("install"),
                                           [this] { open_install_dialog(); });
    welcome_scan_ = welcome->add_button(tr("Scan a folder…"), QStringLiteral("folder"),
                                        [this] { cases_->choose_scan_folder(); });
    welcome_scan_->setProperty("primary", true);
    failure_buttons_.append(
        picture_->failure()->add_button(tr("Examine again"), QStringLiteral("again"), [this] {
            if (const auto id = exhibits_->current())
                session_->examine_again({*id});
        }));
    failure_buttons_.append(picture_->failure()->add_button(
        tr("Remove from the list"), QStringLiteral("remove"), [this] {
            if (const auto id = exhibits_->current())
                session_->remove({*id});
        }));
}

// --- what is shown

Collection& MainWindow::shown() const {
    if (case_->is_open())
        return *case_exhibits_;
    return *listed_;
}

void MainWindow::attach_studies() {
    results_->attach(shown());
    for (const auto& study : studies_)
        study->attach(shown());
}

void MainWindow::tell_studies(void (Study::*what)()) {
    for (const auto& study : studies_)
        (*study.*what)();
    (*results_.*what)();
}

void MainWindow::add_tab(QWidget* panel, const QString& title) {
    verdict_->add_tab(panel, title);
}

void MainWindow::show_tab(QWidget* panel) {
    verdict_->show_tab(panel);
}

bool MainWindow::tab_is_shown(QWidget* panel) const {
    return verdict_->tab_is_shown(panel);
}

void MainWindow::show_firmness(const std::optional<Firmness>& firmness, bool complete) {
    firmness_ = complete ? firmness : std::nullopt;
    verdict_->card()->show_firmness(firmness ? &*firmness : nullptr, complete);
    tell_studies(&Study::firmness_changed);
}

QString MainWindow::firmness_words() const {
    return verdict_->card()->firmness();
}

std::shared_ptr<Evaluator> MainWindow::evaluator() const {
    return session_->shared_evaluator();
}

PyramidPtr MainWindow::opened_picture(ListedId id) const {
    return loaded_id_ == id ? loaded_ : nullptr;
}

void MainWindow::tell(Severity severity, const QString& sentence) {
    banners_->show_message(severity, sentence);
}

std::vector<std::string> MainWindow::offer_maps(const PanelRecord& panel) {
    QStringList names, questions;
    std::vector<std::string> titles;
    for (const ExpertWords& words : words_for(panel.experts)) {
        names.append(QString::fromStdString(words.title));
        titles.push_back(words.title);
    }
    for (const Question& question : panel.questions)
        questions.append(QString::fromStdString(question.text));
    picture_->set_experts(names, questions);
    return titles;
}

void MainWindow::show_current(bool another) {
    if (case_->is_open()) {
        show_case_current();
        return;
    }
    const Exhibit* const exhibit = current();
    VerdictContext context;
    std::vector<std::string> experts;
    if (const Evaluator* const evaluator = session_->evaluator()) {
        context.starter = evaluator->panel().starter;
        context.bands = shown().bands();
        context.panel = QString::fromStdString(evaluator->panel().title);
        context.precision = QLatin1String(precision_name(evaluator->precision()));
        context.device = QString::fromStdString(evaluator->device().id);
        experts = offer_maps(evaluator->panel());
    }
    context.waiting = shown().waiting();
    verdict_->show_exhibit(exhibit, context, experts);
    verdict_->bars()->choose(picture_->controls()->settings().map);
    if (exhibit == nullptr) {
        loader_->forget();
        picture_->show_welcome();
        refresh_welcome();
    } else {
        if (another && picture_->shown() != exhibit->id) {
            verdict_->scroll_to_top();
            session_->examine_next(exhibit->id);
            loader_->load(exhibit->id, exhibit->source);
        }
        picture_->show_exhibit(*exhibit, session_->exhibits().thumbnail(exhibit->id));
    }
    setWindowTitle(exhibit == nullptr ? QStringLiteral("DeepFakeDefenders")
                                      : tr("%1 – DeepFakeDefenders").arg(exhibit->name));
    refresh_actions();
}

void MainWindow::refresh_welcome() {
    MessagePage* const welcome = picture_->welcome();
    const bool missing = session_->panel_state() == PanelState::Missing &&
                         !session_->loading_panel() && !session_->panel_problem().isEmpty();
    welcome_install_->setVisible(missing);
    welcome_scan_->hide();
    for (QWidget* const button : welcome_open_)
        button->setVisible(!missing);
    const qsizetype last = files_->recent().last_list().size();
    welcome_again_->setText(tr("Open the last list again (%1)").arg(last));
    welcome_again_->setVisible(!missing && last > 0 && session_->exhibits().rowCount() == 0);
    if (missing) {
        welcome->set_message(QStringLiteral("panel"), tr("A panel is required"),
                             session_->panel_problem());
        welcome->set_hint(
            tr("Panels are searched for in %1. You can also choose another panel in the toolbar.")
                .arg(path_text(user_panel_folder())));
        return;
    }
    if (session_->exhibits().rowCount() > 0) {
        welcome->set_message(QStringLiteral("drop"), tr("Select a picture"),
                             tr("Choose one in the list on the left, or drop another one here."));
    } else {
        welcome->set_message(
            QStringLiteral("drop"), tr("Drop a picture here"),
            tr("A file, a folder, or a picture dragged from a browser. You can paste one too, with "
               "%1.")
                .arg(QKeySequence(QKeySequence::Paste).toString(QKeySequence::NativeText)));
    }
    welcome->set_hint(tr("Pictures stay on this computer, and original files are never changed."));
}

void MainWindow::refresh_panel() {
    const Evaluator* const evaluator = session_->evaluator();
    panels_->set_current(evaluator == nullptr ? nullptr : &evaluator->panel());
    QStringList notes;
    if (evaluator != nullptr && evaluator->panel().starter)
        notes.append(tr("Starter panel"));
    if (!session_->reference_combination())
        notes.append(tr("weighted"));
    exhibits_->set_note(notes.join(QStringLiteral(", ")));
    status_->show_panel(*session_);
    show_current(false);
}

void MainWindow::refresh_progress() {
    status_->show_queue(*session_);
    if (case_->scan().running())
        status_->show_scan(case_->scan());
    if (case_->exporting().running())
        status_->show_export(case_->exporting());
}

void MainWindow::refresh_actions() {
    tell_studies(&Study::refresh);
    const Exhibit* const exhibit = current();
    const bool in_case = case_->is_open();
    action("stop")->setEnabled(session_->busy() || case_->scan().running() ||
                               case_->exporting().running());
    if (stop_question_ != nullptr && !action("stop")->isEnabled())
        banners_->dismiss(stop_question_->text());
    action("remove")->setEnabled(!in_case && !exhibits_->selected().empty());
    action("again")->setEnabled(!in_case && exhibit != nullptr && session_->evaluator() != nullptr);
    files_->refresh();
    action("about_panel")->setEnabled(session_->evaluator() != nullptr);
    action("undo")->setText(shown().undo_words());
    action("undo")->setEnabled(shown().can_undo());
    cases_->refresh();
}

void MainWindow::open_install_dialog(const QStringList& files) {
    auto* dialog = findChild<InstallDialog*>();
    if (dialog == nullptr) {
        dialog = new InstallDialog(session_->backend(), threads_, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &InstallDialog::installed, this, [this](const QString& folder) {
            session_->list_panels();
            session_->open_panel({to_path(folder).native()});
            banners_->show_message(Severity::Information,
                                   tr("The panel was installed in %1.").arg(folder));
        });
        connect(dialog, &InstallDialog::expert_added, this, [this](const QString& folder) {
            session_->list_panels();
            session_->open_panel({to_path(folder).native()});
            banners_->show_message(
                Severity::Information,
                tr("The expert was added to the panel in %1, which combines by the mean of "
                   "log-odds now.")
                    .arg(folder));
        });
    }
    for (const QString& file : files)
        dialog->offer_file(file);
    dialog->open();
}

bool MainWindow::event(QEvent* event) {
    // Unhandled key events of the focused widget arrive here.
    if (event->type() == QEvent::ShortcutOverride &&
        is_typed_into(focusWidget(), *static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QMainWindow::event(event);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    // Not a shortcut: Escape belongs to an open drop-down or a chart first.
    if (event->key() == Qt::Key_Escape && !event->isAutoRepeat())
        ask_to_stop();
    else
        QMainWindow::keyPressEvent(event);
}

QString MainWindow::export_folder() const {
    if (const auto folder = shown().output_folder(); !folder.empty())
        return path_text(folder);
    return last_export_folder_.isEmpty()
               ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
               : last_export_folder_;
}

void MainWindow::remember_export(const QString& file) {
    last_export_folder_ = QFileInfo(file).path();
    if (shown().scans(to_path(last_export_folder_)))
        banners_->show_message(
            Severity::Warning,
            tr("%1 lies among the exhibits, so the next scan would find it. Better save it "
               "beside the case.")
                .arg(file));
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
    files_->drop(*event->mimeData());
    // Never "move": the sender would delete the original.
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

}  // namespace dfd::ui
