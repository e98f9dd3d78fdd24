#include "ui/window/expert_page.h"

#include <QComboBox>
#include <QFileInfo>
#include <QFontDatabase>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "core/base/language.h"
#include "core/panel/foreign_words.h"
#include "core/panel/panel_folders.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"
#include "ui/window/file_row.h"

namespace dfd::ui {
namespace {

bool is_model(const QString& path) {
    return path.endsWith(QLatin1String(".onnx"), Qt::CaseInsensitive);
}

}  // namespace

ExpertPage::ExpertPage(Backend backend, BackgroundThreads& threads, QWidget* parent)
    : QWidget(parent),
      backend_(std::move(backend)),
      listing_(threads),
      reading_(threads),
      work_(threads, tr("There is not enough memory to check this expert. Close other programs and "
                        "try again; no panel was changed.")) {
    auto* const intro = make_label(this, TextSize::Body);
    intro->setWordWrap(true);
    intro->setText(
        tr("A detector of other people joins a panel by its manifest, which says what it reads and "
           "what its numbers mean. An ONNX model has a file beside it; a program has none. It is "
           "added only if it gives what its author's own code gave."));

    auto* const grid = new QGridLayout;
    grid->setHorizontalSpacing(kGrid);
    grid->setVerticalSpacing(kGrid);
    manifest_ =
        add_file_row(this, grid, 0,
                     {tr("Mani&fest"), QStringLiteral("manifest.json"), tr("Manifests (*.json)")});
    model_ = add_file_row(this, grid, 1,
                          {tr("M&odel"), tr("none for a program"), tr("ONNX models (*.onnx)")},
                          [this](const QString& file) {
                              if (is_model(file))
                                  offer_file(file);  // its manifest may lie beside it
                          });
    panel_ = new QComboBox(this);
    panel_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    add_form_row(this, grid, 2, tr("Pane&l"), panel_);
    new_name_ = new QLineEdit(this);
    new_name_->setText(QStringLiteral("mine"));
    new_name_label_ = add_form_row(this, grid, 3, tr("&New panel's name"), new_name_);
    question_ = new QComboBox(this);
    question_label_ = add_form_row(this, grid, 4, tr("&Question"), question_);

    report_ = new QPlainTextEdit(this);
    report_->setReadOnly(true);
    report_->setTabChangesFocus(true);
    report_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    report_->setAccessibleName(tr("What the expert is and how its canaries went"));
    report_->setPlaceholderText(tr("Choose a manifest, or drop it here."));
    report_->setMinimumHeight(14 * kGrid);
    misfit_ = make_label(this, TextSize::Body);
    misfit_->setWordWrap(true);
    misfit_->setAccessibleName(tr("Whether the expert fits the panel"));
    misfit_->hide();
    problem_ = make_label(this, TextSize::Body);
    problem_->setWordWrap(true);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    problem_->setAccessibleName(tr("Problem"));
    problem_->setProperty("problem", true);
    problem_->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    problem_->hide();
    step_ = make_label(this, TextSize::Caption, false, true);
    progress_ = new QProgressBar(this);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of the check"));

    stop_ = new QPushButton(tr("S&top"), this);
    check_ = new QPushButton(tr("&Check"), this);
    check_->setToolTip(tr("Runs the expert on its canaries. No panel is changed."));
    add_ = new QPushButton(tr("&Add"), this);
    add_->setProperty("primary", true);
    connect(stop_, &QPushButton::clicked, this, &ExpertPage::request_stop);
    connect(check_, &QPushButton::clicked, this, &ExpertPage::check);
    connect(add_, &QPushButton::clicked, this, &ExpertPage::add);
    auto* const buttons = new QHBoxLayout;
    buttons->setSpacing(kGrid);
    buttons->addStretch();
    for (QPushButton* const button : {stop_, check_, add_}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }

    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid + kGrid / 2);
    column->addWidget(intro);
    column->addLayout(grid);
    column->addWidget(report_, 1);
    column->addWidget(misfit_);
    column->addWidget(problem_);
    column->addWidget(step_);
    column->addWidget(progress_);
    column->addLayout(buttons);

    connect(manifest_, &QLineEdit::textChanged, this, [this] { read_manifest(false); });
    connect(manifest_, &QLineEdit::editingFinished, this, [this] {
        if (!readable_ && !reading_.running() && !working() && problem().isEmpty())
            read_manifest(true);
    });
    connect(model_, &QLineEdit::textChanged, this, [this] {
        passed_ = false;
        refresh();
    });
    connect(new_name_, &QLineEdit::textChanged, this, &ExpertPage::refresh);
    connect(panel_, &QComboBox::currentIndexChanged, this, &ExpertPage::show_questions);
    connect(question_, &QComboBox::currentIndexChanged, this, &ExpertPage::refresh);
    // What somebody chose stays chosen when the list of panels comes late.
    connect(panel_, &QComboBox::activated, this,
            [this](int chosen) { new_panel_wanted_ = chosen == panel_->count() - 1; });
    connect(new_name_, &QLineEdit::textEdited, this, [this] { new_panel_wanted_ = true; });
    show_panels({});
    list_panels();
}

void ExpertPage::offer_file(const QString& path) {
    if (working())
        return;
    const QFileInfo info(path);
    const bool model = is_model(path);
    (model ? model_ : manifest_)->setText(path);
    const QFileInfo beside(info.dir().filePath(QStringLiteral("manifest.json")));
    if (model && manifest_->text().isEmpty() && beside.exists())
        manifest_->setText(beside.filePath());
}

ForeignFiles ExpertPage::files() const {
    return {program_ ? std::filesystem::path() : to_path(model_->text()),
            to_path(manifest_->text())};
}

QString ExpertPage::problem() const {
    return problem_->isHidden() ? QString() : problem_->text();
}

QString ExpertPage::report() const {
    return report_->toPlainText();
}

QString ExpertPage::misfit() const {
    if (!readable_)
        return {};
    const auto chosen = static_cast<std::size_t>(std::max(0, panel_->currentIndex()));
    const auto question = static_cast<std::size_t>(std::max(0, question_->currentIndex()));
    return QString::fromStdString(
        misfit_text(read_, chosen < panels_.size() ? panels_[chosen] : PanelRecord{}, question));
}

void ExpertPage::list_panels() {
    listing_.start(
        [this, list = backend_.list_panels](const Task::Run&) -> Task::Then {
            std::vector<PanelRecord> usable;
            for (auto& panel : list())
                if (panel.problem.empty() && !panel.record.starter &&
                    !is_bundled(panel.record.folder))
                    usable.push_back(std::move(panel.record));
            return [this, usable = std::move(usable)] { show_panels(usable); };
        },
        [this](const Task::Problem& problem) { show_problem(problem.sentence); });
}

void ExpertPage::show_panels(const std::vector<PanelRecord>& panels) {
    panels_ = panels;
    panel_->clear();
    for (const PanelRecord& panel : panels_)
        panel_->addItem(
            QString::fromStdString(panel.title.empty() ? panel.name : say(panel.title)));
    panel_->addItem(tr("A new panel"));
    panel_->setCurrentIndex(new_panel_wanted_ ? panel_->count() - 1 : 0);
    show_questions();
}

void ExpertPage::show_questions() {
    question_->clear();
    const auto chosen = static_cast<std::size_t>(std::max(0, panel_->currentIndex()));
    if (chosen < panels_.size())
        for (const Question& question : panels_[chosen].questions)
            question_->addItem(QString::fromStdString(say(question.text)),
                               QString::fromStdString(question.id));
    refresh();
}

void ExpertPage::read_manifest(bool wanted) {
    readable_ = passed_ = program_ = false;
    report_->clear();
    problem_->hide();
    refresh();
    reading_.stop();
    if (manifest_->text().isEmpty() || !(wanted || QFileInfo(manifest_->text()).isFile()))
        return;
    reading_.start(
        [this, file = to_path(manifest_->text()),
         read = backend_.read_manifest](const Task::Run&) -> Task::Then {
            ForeignManifest manifest = read(file);
            const QString words =
                QString::fromStdString(reads_text(manifest) + identity_text(manifest));
            return [this, words, manifest = std::move(manifest)] {
                read_ = manifest;
                program_ = manifest.program;
                readable_ = true;
                report_->setPlainText(words);
                refresh();
            };
        },
        [this](const Task::Problem& problem) {
            if (!problem.stopped)
                show_problem(problem.sentence);
        });
}

Progress ExpertPage::progress_to(const Task::Run& run) {
    return [this, run](double done, double total, const std::string& what) {
        run.post_latest([this, permille = total > 0 ? static_cast<int>(1000 * done / total) : 0,
                         text = QString::fromStdString(what)] {
            progress_->setRange(0, permille > 0 ? 1000 : 0);
            progress_->setValue(permille);
            step_->setText(text);
        });
    };
}

void ExpertPage::start(const QString& step, Task::Work work) {
    if (working())
        return;
    problem_->hide();
    progress_->setRange(0, 0);
    step_->setText(step);
    work_.start(std::move(work), [this](const Task::Problem& problem) {
        show_problem(problem.stopped ? tr("Stopped; no panel was changed.") : problem.sentence);
        refresh();
    });
    refresh();
}

void ExpertPage::check() {
    start(tr("Reading the files…"),
          [this, files = files(),
           run_check = backend_.check_expert](const Task::Run& run) -> Task::Then {
              const ExpertCheck found = run_check(files, progress_to(run), run.stop_token());
              const QString words =
                  QString::fromStdString(reads_text(found.manifest) +
                                         identity_text(found.manifest) + canaries_text(found));
              const QString problem = QString::fromStdString(found.problem);
              return [this, words, problem] {
                  passed_ = problem.isEmpty();
                  report_->setPlainText(passed_ ? words + tr("The expert can be added.") : words);
                  if (!passed_)
                      show_problem(problem);
                  refresh();
                  if (passed_)
                      add_->setFocus();
              };
          });
}

void ExpertPage::add() {
    AddExpertRequest request;
    request.files = files();
    const int chosen = panel_->currentIndex();
    const bool fresh = chosen >= static_cast<int>(panels_.size());
    if (fresh)
        request.new_panel = new_name_->text().trimmed().toStdString();
    else
        request.panel = panels_[static_cast<std::size_t>(chosen)].folder.native();
    if (!fresh && question_->currentIndex() >= 0)
        request.question = question_->currentData().toString().toStdString();
    start(tr("Reading the files…"),
          [this, request, run_add = backend_.add_expert](const Task::Run& run) -> Task::Then {
              const QString folder =
                  path_text(run_add(request, progress_to(run), run.stop_token()).folder);
              return [this, folder] {
                  refresh();
                  Q_EMIT added(folder);
              };
          });
}

void ExpertPage::request_stop() {
    work_.request_stop();
    step_->setText(tr("Stopping…"));
    stop_->setEnabled(false);
}

void ExpertPage::show_problem(const QString& sentence) {
    problem_->setText(sentence);
    problem_->show();
}

void ExpertPage::refresh() {
    const bool busy = working();
    const bool fresh = panel_->currentIndex() >= static_cast<int>(panels_.size());
    const bool asks = question_->count() > 0;
    for (QWidget* const each : std::initializer_list<QWidget*>{question_, question_label_})
        each->setVisible(asks);
    for (QWidget* const each : std::initializer_list<QWidget*>{new_name_, new_name_label_})
        each->setVisible(fresh);
    const bool complete = readable_ && (program_ || !model_->text().isEmpty());
    const bool placed = !fresh || !new_name_->text().trimmed().isEmpty();
    check_->setEnabled(complete && !busy);
    add_->setEnabled(complete && passed_ && placed && !busy);
    misfit_->setText(misfit());
    misfit_->setVisible(!misfit_->text().isEmpty());
    stop_->setEnabled(busy);
    stop_->setVisible(busy);
    progress_->setVisible(busy);
    step_->setVisible(busy);
    model_->setEnabled(!busy && !(readable_ && program_));
    for (QWidget* const each :
         std::initializer_list<QWidget*>{manifest_, panel_, new_name_, question_})
        each->setEnabled(!busy);
    Q_EMIT working_changed();
}

}  // namespace dfd::ui
