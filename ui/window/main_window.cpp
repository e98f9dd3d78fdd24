#include "ui/window/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/list/incoming.h"
#include "ui/look/banner.h"
#include "ui/look/drop_curtain.h"
#include "ui/look/event_guard.h"
#include "ui/look/focus_order.h"
#include "ui/look/icons.h"
#include "ui/look/keyboard.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/commands/kept_number.h"
#include "ui/window/commands/welcome_page.h"
#include "ui/window/help_commands.h"
#include "ui/window/language_menu.h"
#include "ui/window/pane_commands.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/saved_files.h"
#include "ui/window/status_strip.h"
#include "ui/window/tool_bar.h"

namespace dfd::ui {

MainWindow::MainWindow(Setup setup, QWidget* parent)
    : QMainWindow(parent),
      threads_(setup.threads),
      appearance_(setup.appearance),
      settings_(setup.settings),
      session_(new ExaminationSession(std::move(setup.backend), setup.threads, this)),
      case_(new CaseController(setup.threads, this)),
      studies_(make_studies(*this)),
      saved_(new SavedFiles(*this)) {
    setWindowTitle(QStringLiteral("DeepFakeDefenders"));
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    qApp->installEventFilter(new EventGuard(this));
    build_panes();
    make_commands(setup.samples);
    tell_studies(&Study::add_panels);
    build_menus();
    connect_panes();
    attach(list_->listed());
    read_settings();
    panel_->open_first(setup.panel);
    pictures_->show();
    refresh_progress();
}

MainWindow::~MainWindow() {
    // Destroy the views before the session that owns their model.
    verdict_->set_tabs_out(false);
    delete takeCentralWidget();
}

void MainWindow::build_panes() {
    left_ = new QStackedWidget(this);
    exhibits_ = new ExhibitPane(session_->exhibits(), left_);
    case_pane_ = new CasePane(*case_, left_);
    left_->addWidget(exhibits_);
    left_->addWidget(case_pane_);
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
    splitter_->setSizes({36 * kGrid, 84 * kGrid, 44 * kGrid});

    auto* const centre = new QWidget(this);
    auto* const column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(splitter_, 1);
    setCentralWidget(centre);
    banners_ = new BannerStack(centre);
    banners_->set_place(picture_, picture_->view());
    curtain_ = new DropCurtain(this);
    resize(first_size(screen()->availableSize()));
}

QSize MainWindow::first_size(const QSize& available) {
    constexpr int kTitleBar = 5 * kGrid;  // an estimate: the frame is unknown before it is shown
    return QSize(160 * kGrid, 100 * kGrid).boundedTo(available - QSize(0, kTitleBar));
}

void MainWindow::make_commands(const std::filesystem::path& samples) {
    Shell& shell = *this;
    results_ = std::make_unique<ResultCommands>(shell, *verdict_->facts());
    list_ = std::make_unique<ListCommands>(shell, *session_, *exhibits_);
    cases_ = std::make_unique<CaseCommands>(shell, *case_, *case_pane_, *verdict_);
    files_ = std::make_unique<FileCommands>(shell, *session_, *case_, *cases_);
    welcome_ =
        std::make_unique<WelcomePage>(*picture_->welcome(), shell, *files_, *cases_, samples);
    pictures_ = std::make_unique<PictureCommands>(shell, *picture_, *verdict_, *welcome_);
    panel_ = std::make_unique<PanelCommands>(shell, *session_, *panels_, *status_);
    panes_ = std::make_unique<PaneCommands>(shell, *splitter_, *verdict_);
    for (const auto& study : studies_)
        all_.push_back(study.get());
    all_.insert(all_.end(), {results_.get(), list_.get(), cases_.get(), files_.get(),
                             pictures_.get(), panel_.get(), panes_.get()});
    connect(files_.get(), &FileCommands::close_requested, this, &QWidget::close);
    connect(cases_.get(), &CaseCommands::close_requested, this, &QWidget::close);
    connect(files_.get(), &FileCommands::checkpoints_opened, panel_.get(), &PanelCommands::install);
    connect(pictures_.get(), &PictureCommands::titled, this, [this](const QString& title) {
        setWindowTitle(title.isEmpty() ? QStringLiteral("DeepFakeDefenders")
                                       : tr("%1 – DeepFakeDefenders").arg(title));
    });
    connect(case_, &CaseController::opened, this, [this] {
        session_->cancel_all();
        attach(cases_->exhibits());
    });
    connect(case_, &CaseController::closed, this, [this] { attach(list_->listed()); });
}

void MainWindow::attach(Collection& collection) {
    shown_ = &collection;
    left_->setCurrentIndex(collection.is_case() ? 1 : 0);
    collection.list()->setFocus();
    for (Study* const each : all_)
        each->attach(collection);
    pictures_->show();
}

void MainWindow::connect_panes() {
    connect(exhibits_, &ExhibitPane::context_menu_requested, this,
            [this](const QPoint& global) { context_menu()->popup(global); });
    for (QWidget* const place :
         std::initializer_list<QWidget*>{case_pane_->list(), picture_->view()}) {
        place->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(place, &QWidget::customContextMenuRequested, this, [this, place](const QPoint& at) {
            if (shown_->current() != nullptr)
                context_menu()->popup(place->mapToGlobal(at));
        });
    }
    connect(verdict_->bars(), &ExpertBars::weights_changed, session_,
            &ExaminationSession::set_weights);
    connect(verdict_->card(), &VerdictCard::reference_requested, session_,
            [this] { session_->set_weights({}); });
    connect(status_, &StatusStrip::stop_requested, this, &MainWindow::stop_all);
    connect(status_, &StatusStrip::time_passed, this, &MainWindow::refresh_progress);
}

// --- menus

QAction* MainWindow::action(const char* name) const {
    auto* const found = findChild<QAction*>(QLatin1String(name));
    Q_ASSERT(found != nullptr);
    return found;
}

QAction* MainWindow::add_action(QMenu* menu, const char* name, const QString& icon_name,
                                const QString& label, const QKeySequence& shortcut,
                                const std::function<void()>& act) {
    auto* const made = new QAction(label, this);
    made->setObjectName(QLatin1String(name));
    if (!icon_name.isEmpty())
        made->setIcon(icon(icon_name));
    made->setShortcut(shortcut);
    made->setIconVisibleInMenu(false);
    QString plain = label;
    plain.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
    made->setToolTip(shortcut.isEmpty() ? plain
                                        : QStringLiteral("%1 (%2)").arg(
                                              plain, shortcut.toString(QKeySequence::NativeText)));
    connect(made, &QAction::triggered, this, act);
    menu->addAction(made);
    return made;
}

void MainWindow::build_menus() {
    QMenu* const file = menuBar()->addMenu(tr("&File"));
    files_->add_actions(file);
    file->addSeparator();
    results_->add_actions(file);
    file->addSeparator();
    results_->add_places(file);
    file->addSeparator();
    add_action(file, "quit", {}, tr("&Quit"), QKeySequence::Quit, [this] {
        close();
    })->setShortcut(tr("Ctrl+Q"));
    build_edit_menu(menuBar()->addMenu(tr("&Edit")));
    QMenu* const view = menuBar()->addMenu(tr("&View"));
    build_view_menu(view);
    cases_->add_actions(menuBar()->addMenu(tr("&Case")));
    panel_->add_actions(menuBar()->addMenu(tr("&Panel")));
    add_help_actions(*this, *menuBar(), menuBar()->addMenu(tr("&Help")));
    build_tool_bar(*this, *this, *panels_, view);
}

void MainWindow::build_edit_menu(QMenu* menu) {
    add_action(menu, "undo", {}, tr("&Undo"), QKeySequence::Undo, [this] { shown_->undo(); });
    menu->addSeparator();
    files_->add_paste(menu);
    results_->add_copies(menu);
    menu->addSeparator();
    add_action(menu, "find", QStringLiteral("search"), tr("&Filter the list"), QKeySequence::Find,
               [this] {
                   action("show_list")->setChecked(true);
                   shown_->focus_filter();
               });
    list_->add_actions(menu);
    menu->addSeparator();
    // Escape, see keyPressEvent, asks before it stops.
    add_action(menu, "stop", QStringLiteral("stop"), tr("&Stop examining"), {}, [this] {
        stop_all();
    })->setToolTip(tr("Stop examining (Esc, Esc)"));
}

void MainWindow::build_view_menu(QMenu* menu) {
    pictures_->add_actions(menu);
    menu->addSeparator();
    panes_->add_actions(menu);
    menu->addSeparator();
    for (const auto& study : studies_)
        study->add_actions(menu);
    menu->addSeparator();
    QMenu* const looks = menu->addMenu(tr("Appearan&ce"));
    auto* const group = new QActionGroup(this);
    const std::pair<Appearance::Choice, QString> choices[] = {
        {Appearance::Choice::System, tr("Follow the &system")},
        {Appearance::Choice::Light, tr("&Light")},
        {Appearance::Choice::Dark, tr("&Dark")},
    };
    for (const auto& [choice, label] : choices) {
        QAction* const entry = looks->addAction(label);
        entry->setCheckable(true);
        group->addAction(entry);
        connect(entry, &QAction::triggered, this,
                [this, choice = choice] { appearance_.choose(choice); });
        connect(looks, &QMenu::aboutToShow, entry, [this, entry, choice = choice] {
            entry->setChecked(appearance_.choice() == choice);
        });
    }
    QMenu* const sizes = menu->addMenu(tr("Text si&ze"));
    auto* const size_group = new QActionGroup(this);
    const QString size_names[kTextPercents.size()] = {tr("&Smaller"), tr("&Normal"), tr("&Larger")};
    for (std::size_t i = 0; i < kTextPercents.size(); ++i) {
        QAction* const entry = sizes->addAction(size_names[i]);
        entry->setCheckable(true);
        size_group->addAction(entry);
        connect(entry, &QAction::triggered, this,
                [this, i] { appearance_.choose_text(kTextPercents[i]); });
        connect(sizes, &QMenu::aboutToShow, entry,
                [entry, i] { entry->setChecked(Appearance::text_percent() == kTextPercents[i]); });
    }
    add_language_menu(*this, menu);
}

QMenu* MainWindow::context_menu() {
    auto* const menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const char* const name : shown_->context_actions()) {
        if (*name == '\0')
            menu->addSeparator();
        else
            menu->addAction(action(name));
    }
    return menu;
}

void MainWindow::refresh_actions() {
    tell_studies(&Study::refresh);
    action("stop")->setEnabled(session_->busy() || cases_->busy());
    if (stop_question_ != nullptr && !action("stop")->isEnabled())
        banners_->dismiss(stop_question_->text());
    action("undo")->setText(shown_->undo_words());
    action("undo")->setEnabled(shown_->can_undo());
}

void MainWindow::stop_all() {
    session_->cancel_all();
    cases_->stop();
}

void MainWindow::ask_to_stop() {
    if (!action("stop")->isEnabled())
        return;
    if (stop_question_ != nullptr) {
        banners_->dismiss(stop_question_->text());
        stop_all();
        return;
    }
    stop_question_ = banners_->show_message(
        Severity::Information, tr("Stop? What is finished is kept. Press Esc again to stop."));
    stop_question_->add_action(tr("Stop"), [this] { stop_all(); });
}

// --- for the studies and commands

void MainWindow::tell_studies(void (Study::*what)()) {
    for (Study* const each : all_)
        (each->*what)();
}

void MainWindow::add_tab(QWidget* panel, const QString& title) {
    verdict_->add_tab(panel, title);
}

void MainWindow::show_tab(QWidget* panel) {
    action("show_verdict")->setChecked(true);
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

void MainWindow::tell(Severity severity, const QString& sentence) {
    banners_->show_message(severity, sentence);
}

void MainWindow::tell_saved(Severity severity, const QString& sentence, const QString& file,
                            const QString& digest) {
    saved_->tell(severity, sentence, file, digest);
}

void MainWindow::refresh_progress() {
    status_->show_queue(*session_);
    if (case_->scan().running())
        status_->show_scan(case_->scan());
    if (case_->exporting().running())
        status_->show_export(case_->exporting());
    status_->announce();
}

QString MainWindow::export_folder(Saved kind) const {
    return saved_->folder(kind);
}

void MainWindow::remember_export(const QString& file, Saved kind) {
    saved_->remember(file, kind);
}

// --- settings and events

void MainWindow::read_settings() {
    restoreGeometry(settings_.value(QStringLiteral("window/geometry")).toByteArray());
    appearance_.choose(
        static_cast<Appearance::Choice>(kept_number(settings_, "window/appearance", 0, 2)));
    appearance_.choose_text(kTextPercents[static_cast<std::size_t>(
        kept_number(settings_, "window/text_size", 1, int{kTextPercents.size()} - 1))]);
    last_folder_ = settings_.value(QStringLiteral("files/folder")).toString();
    saved_->restore(settings_);
    for (Study* const each : all_)
        each->restore(settings_);
}

void MainWindow::write_settings() const {
    settings_.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings_.setValue(QStringLiteral("window/appearance"), static_cast<int>(appearance_.choice()));
    settings_.setValue(
        QStringLiteral("window/text_size"),
        static_cast<int>(std::ranges::find(kTextPercents, Appearance::text_percent()) -
                         kTextPercents.begin()));
    settings_.setValue(QStringLiteral("files/folder"), last_folder_);
    saved_->store(settings_);
    for (const Study* const each : all_)
        each->store(settings_);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (files_->ask_about_pasted() || cases_->ask_about_scan()) {
        event->ignore();
        return;
    }
    write_settings();
    files_->remember_list();
    event->accept();
}

bool MainWindow::event(QEvent* event) {
    // Unhandled key events of the focused widget arrive here.
    if (event->type() == QEvent::ShortcutOverride &&
        is_typed_into(QApplication::focusWidget(), *static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QMainWindow::event(event);
}

bool MainWindow::focusNextPrevChild(bool next) {
    QWidget* const stop =
        next_stop({findChild<QToolBar*>(), centralWidget(), status_}, focusWidget(), next);
    if (stop == nullptr)
        return QMainWindow::focusNextPrevChild(next);
    stop->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    // Not a shortcut: Escape belongs to an open drop-down, a chart or a text field first.
    if (event->key() != Qt::Key_Escape || event->isAutoRepeat())
        QMainWindow::keyPressEvent(event);
    else if (!leave_text_field())
        ask_to_stop();
}

bool MainWindow::leave_text_field() {
    QWidget* const field = QApplication::focusWidget();
    if (!is_text_field(field))
        return false;
    auto* const line = qobject_cast<QLineEdit*>(field);
    if (line != nullptr && line->isClearButtonEnabled() && !line->text().isEmpty())
        line->clear();  // a filter
    else if (field->window() == this)
        shown_->list()->setFocus();
    else
        field->clearFocus();
    return true;
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!may_contain_picture(*event->mimeData()))
        return;
    event->acceptProposedAction();
    curtain_->raise_over_parent(shown_->is_case() ? tr("Scan into %1").arg(shown_->title())
                                                  : tr("Drop to examine"));
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
