#include "ui/window/main_window.h"

#include <QApplication>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/engine/results/agreement_report.h"
#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/banner.h"
#include "ui/look/drop_curtain.h"
#include "ui/look/keyboard.h"
#include "ui/look/message_page.h"
#include "ui/look/wheel_guard.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/atlas_run.h"
#include "ui/studies/evidence_run.h"
#include "ui/studies/stability_run.h"
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
      recent_(setup.settings),
      samples_(std::move(setup.samples)),
      exporting_(setup.threads, {}, Task::OnStop::Finish),
      session_(new ExaminationSession(std::move(setup.backend), setup.threads, this)),
      case_(new CaseController(setup.threads, this)),
      loader_(new PictureLoader(setup.threads, this)),
      stability_(new StabilityRun(setup.threads, this)),
      evidence_(new EvidenceRun(setup.threads, this)),
      atlas_(new AtlasRun(setup.threads, this)) {
    setWindowTitle(QStringLiteral("DeepFakeDefenders"));
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    qApp->installEventFilter(new WheelGuard(this));
    build_panes();
    build_actions();
    connect_session();
    connect_panes();
    connect_case();
    connect_disagreement();
    connect_evidence();
    connect_atlas();
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
                        last_seconds_ = exhibit.examination->seconds;
                    if (!case_->is_open() && exhibits_->current() == exhibit.id)
                        show_current(false);
                }
            });
    connect(loader_, &PictureLoader::loaded, picture_, &PicturePane::show_picture);
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
    connect(status_, &StatusStrip::stop_requested, this, &MainWindow::stop_all);
    connect(status_, &StatusStrip::time_passed, this, &MainWindow::refresh_progress);
    connect(panels_, &PanelChooser::panel_chosen, this,
            [this](const QString& folder, const QString& calibration) {
                session_->open_panel({to_path(folder).native(), calibration.toStdString()});
            });
    connect(panels_, &PanelChooser::install_requested, this, [this] { open_install_dialog(); });

    MessagePage* const welcome = picture_->welcome();
    welcome_open_.append(
        welcome->add_button(tr("Open…"), QStringLiteral("open"), [this] { choose_files(); }));
    std::error_code problem;
    if (!samples_.empty() && std::filesystem::is_directory(samples_, problem))
        welcome_open_.append(welcome->add_button(tr("Try the samples"), QStringLiteral("samples"),
                                                 [this] { open_paths({samples_}); }));
    welcome_again_ =
        welcome->add_button(QString(), QStringLiteral("again"), [this] { open_last_list(); });
    welcome_install_ =
        welcome->add_button(tr("Install the published panel…"), QStringLiteral("install"),
                            [this] { open_install_dialog(); });
    welcome_scan_ = welcome->add_button(tr("Scan a folder…"), QStringLiteral("folder"),
                                        [this] { choose_scan_folder(); });
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

std::vector<std::string> MainWindow::offer_maps(const PanelRecord& panel) {
    QStringList names, questions;
    for (const ExpertRecord& expert : panel.experts)
        names.append(QString::fromStdString(expert.name));
    for (const Question& question : panel.questions)
        questions.append(QString::fromStdString(question.text));
    picture_->set_experts(names, questions);
    return expert_names(panel);
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
        context.thresholds = shown().thresholds();
        context.panel = QString::fromStdString(evaluator->panel().title);
        context.precision = QLatin1String(precision_name(evaluator->precision()));
        context.device = QString::fromStdString(evaluator->device().id);
        experts = offer_maps(evaluator->panel());
    }
    if (exhibit != nullptr)
        context.waiting = waiting_text(*exhibit);
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

QString MainWindow::waiting_text(const Exhibit& exhibit) const {
    const Evaluator* const evaluator = session_->evaluator();
    if (evaluator == nullptr)
        return session_->panel_state() == PanelState::Loading
                   ? tr("The panel is loading. This picture will be examined as soon as it is "
                        "ready.")
                   : tr("This picture cannot be examined without a panel. %1")
                         .arg(session_->panel_problem());
    const QString device = evaluator->device().id == "cpu"
                               ? tr("the CPU")
                               : QString::fromStdString(evaluator->device().id);
    const int count = static_cast<int>(evaluator->panel().experts.size());
    if (exhibit.state == ExaminationState::Queued)
        return tr("Waiting in the queue. The selected picture is examined first.");
    return last_seconds_ > 0 ? tr("%1 experts are examining it on %2: %3 per picture.")
                                   .arg(count)
                                   .arg(device, duration_text(last_seconds_))
                             : tr("%1 experts are examining it on %2.").arg(count).arg(device);
}

void MainWindow::refresh_welcome() {
    MessagePage* const welcome = picture_->welcome();
    const bool missing = session_->panel_state() == PanelState::Missing &&
                         !session_->loading_panel() && !session_->panel_problem().isEmpty();
    welcome_install_->setVisible(missing);
    welcome_scan_->hide();
    for (QWidget* const button : welcome_open_)
        button->setVisible(!missing);
    const qsizetype last = recent_.last_list().size();
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
    refresh_stability();
    refresh_evidence();
    refresh_atlas();
    const Exhibit* const exhibit = current();
    const bool result = exhibit != nullptr && exhibit->opinion() != nullptr;
    const bool any_result = exhibit != nullptr && exhibit->examination && exhibit->is_finished();
    const bool in_case = case_->is_open();
    action("stop")->setEnabled(session_->busy() || case_->scan().running() ||
                               case_->exporting().running());
    if (stop_question_ != nullptr && !action("stop")->isEnabled())
        banners_->dismiss(stop_question_->text());
    action("remove")->setEnabled(!in_case && !exhibits_->selected().empty());
    action("again")->setEnabled(!in_case && exhibit != nullptr && session_->evaluator() != nullptr);
    action("copy")->setEnabled(exhibit != nullptr);
    const bool can_say_who = shown().shown_by().has_value();
    action("export_json")->setEnabled(any_result && can_say_who);
    action("export_csv")->setEnabled(any_result && can_say_who);
    action("export_png")->setEnabled(result && picture_->drawn().scale_max > 0);
    action("save_report")->setEnabled(any_result && can_say_who);
    action("copy_picture")->setEnabled(exhibit != nullptr);
    const bool has_file = exhibit != nullptr && !exhibit->source.path.empty();
    for (const char* const name : {"copy_path", "show_in_folder", "open_elsewhere"})
        action(name)->setEnabled(has_file);
    action("keep_as_case")->setEnabled(!in_case && session_->exhibits().rowCount() > 0);
    action("about_panel")->setEnabled(session_->evaluator() != nullptr);
    action("export_list_json")->setEnabled(!in_case && any_result && can_say_who);
    action("export_list_csv")->setEnabled(!in_case && any_result && can_say_who);
    refresh_case_actions();
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

}  // namespace dfd::ui
