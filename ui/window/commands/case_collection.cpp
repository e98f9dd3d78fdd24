#include "ui/window/commands/case_collection.h"

#include <QDateTime>
#include <QKeySequence>
#include <algorithm>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/base/version.h"
#include "core/casework/exhibits/recorded_opinions.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/case_pane.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

/// Converts a recorded exhibit to the type that the panes show.
Exhibit as_exhibit(const CaseExhibit& recorded) {
    const ExhibitRecord& record = recorded.record;
    Exhibit exhibit;
    exhibit.id = static_cast<ListedId>(recorded.id);
    exhibit.in_case = true;
    exhibit.source.path = record.row.path;
    exhibit.name = path_text(record.row.path.filename());
    exhibit.folder = path_text(record.row.path.parent_path());
    exhibit.added = QDateTime::fromMSecsSinceEpoch(record.row.added);
    exhibit.state = record.examination.state;
    if (exhibit.state != ExaminationState::Queued)
        exhibit.examination = std::make_shared<const Examination>(record.examination);
    exhibit.history.push_back(
        {ExaminationState::Queued, exhibit.added, CaseCollection::tr("added")});
    if (record.scored != 0)
        exhibit.history.push_back({exhibit.state, QDateTime::fromMSecsSinceEpoch(record.scored),
                                   CaseCollection::tr("by %1, panel %2, %3 on %4")
                                       .arg(QString::fromStdString(record.scored_by),
                                            QString::fromStdString(say(record.by.panel.title)),
                                            QLatin1String(precision_name(record.by.precision)),
                                            QString::fromStdString(record.device_name))});
    return exhibit;
}

AgreementViewPtr agreement_of_case(const std::filesystem::path& path, const CaseView& view,
                                   const std::stop_token& stop) {
    const CaseFile file(path, CaseAccess::Read);
    AgreementBuilder builder(recorded_scorer(file, shown_scorer(file)).panel.experts);
    const bool complete = read_opinions(
        file, view.filter,
        [&](const RecordedOpinion& recorded) {
            const bool listed = !view.among || std::ranges::binary_search(*view.among, recorded.id);
            if (recorded.opinion && listed)
                builder.add(*recorded.opinion, recorded.id, recorded.path.filename().native());
        },
        stop);
    return complete ? builder.finish() : nullptr;
}

}  // namespace

CaseCollection::CaseCollection(CaseController& controller, CasePane& pane)
    : case_(controller), pane_(pane) {
    connect(&case_, &CaseController::exhibit_loaded, this, [this](const CaseExhibitPtr& exhibit) {
        if (pane_.current() == exhibit->id)
            set_exhibit(exhibit);
    });
    connect(&case_, &CaseController::closed, this, [this] { set_exhibit(nullptr); });
    connect(&case_, &CaseController::summary_changed, this, &Collection::changed);
    connect(&case_, &CaseController::look_alikes_changed, this, &Collection::changed);
    connect(&pane_, &CasePane::current_changed, this, [this] {
        if (const auto id = pane_.current())
            case_.load_exhibit(*id);
        else
            set_exhibit(nullptr);
    });
}

void CaseCollection::set_exhibit(const CaseExhibitPtr& exhibit) {
    exhibit_ = exhibit;
    shown_ = exhibit ? std::make_unique<Exhibit>(as_exhibit(*exhibit)) : nullptr;
    Q_EMIT changed();
}

QString CaseCollection::title() const {
    return case_.name();
}

void CaseCollection::add(std::vector<std::filesystem::path> paths) {
    Q_EMIT scan_requested(paths);
}

Collection::Welcome CaseCollection::welcome() const {
    const QString hint = tr("Original files are never changed.");
    if (case_.summary().counts.exhibits > 0)
        return {QStringLiteral("case"),
                tr("Select an exhibit"),
                tr("Choose one in the list on the left."),
                hint,
                {}};
    Welcome empty{QStringLiteral("case"),
                  tr("This case is empty"),
                  tr("Drop a folder here, or scan one with %1. Every picture in it is examined and "
                     "recorded with its digest.")
                      .arg(QKeySequence(tr("Ctrl+I")).toString(QKeySequence::NativeText)),
                  hint,
                  {}};
    if (case_.review().writable())
        empty.buttons = {"scan"};
    return empty;
}

std::vector<const char*> CaseCollection::context_actions() const {
    return {"copy",
            "copy_picture",
            "copy_path",
            "",
            "mark_suspicious",
            "mark_cleared",
            "mark_to_check",
            "mark_none",
            "add_tag",
            "add_note",
            "",
            "save_report",
            "export_png",
            "export_json",
            "export_csv",
            "",
            "compare",
            "show_in_folder",
            "open_elsewhere"};
}

void CaseCollection::open_current(PictureLoader& loader) const {
    if (shown_->state == ExaminationState::Failed)
        return;
    std::vector<std::filesystem::path> files = exhibit_->record.paths;
    if (files.empty())
        files.push_back(exhibit_->record.row.path);
    loader.load_content(shown_->key(), std::move(files), exhibit_->record.row.sha256);
}

Collection::Unopened CaseCollection::unopened(const QString& why) const {
    // Nothing if the exhibit's page already shows that it cannot be examined.
    if (!shown_ || shown_->state == ExaminationState::Failed)
        return {};
    return {tr("Small copy from the case"),
            tr("%1 is shown as the small copy stored in the case, with the recorded scores and "
               "heatmaps. %2")
                .arg(shown_->name, why)};
}

std::optional<Collection::Id> CaseCollection::current_id() const {
    return pane_.current();
}

QImage CaseCollection::thumbnail() const {
    return exhibit_ ? exhibit_->thumbnail : QImage();
}

std::optional<ScoredBy> CaseCollection::shown_by() const {
    return exhibit_ ? std::optional(exhibit_->record.by) : std::nullopt;
}

QuestionBands CaseCollection::bands() const {
    return case_.summary().active.bands;
}

QString CaseCollection::waiting() const {
    return exhibit_ ? CaseCollection::tr(
                          "Not scored yet. To score it, scan its folder into the case again.")
                    : QString();
}

PictureSubject CaseCollection::subject(const ScoredBy& by) const {
    PictureSubject subject;
    for (const auto& path : exhibit_->record.paths)
        subject.sources.push_back({path, nullptr, {}});
    subject.scope =
        by.panel.digest + ' ' + precision_name(by.precision) + ' ' + case_.path().native();
    return subject;
}

const Stability* CaseCollection::kept_stability() const {
    return exhibit_ && exhibit_->record.stability ? &exhibit_->record.stability->stability
                                                  : nullptr;
}

void CaseCollection::keep_stability(const ScoredBy& by, const Stability& stability) {
    if (exhibit_)
        case_.review().keep_stability(exhibit_->id, by, stability);
}

QDate CaseCollection::scored_on() const {
    return exhibit_ ? QDateTime::fromMSecsSinceEpoch(exhibit_->record.scored).date()
                    : QDate::currentDate();
}

std::function<void()> CaseCollection::report(const std::filesystem::path& file, bool pdf) {
    if (case_.exporting().running())
        return [] {
            throw std::runtime_error(
                CaseCollection::tr("An export is already running. Stop it, or wait "
                                   "until it has finished.")
                    .toStdString());
        };
    ExportRequest request;
    request.format = pdf ? CaseExport::Pdf : CaseExport::Html;
    request.out = file;
    request.ids = {exhibit_->id};
    request.chosen = [] { return say("one exhibit"); };
    request.by = case_.review().name();
    request.program = "DeepFakeDefenders " + program_version();
    case_.export_to(request);
    return {};
}

bool CaseCollection::is_empty() const {
    return case_.summary().counts.exhibits == 0;
}

QListView* CaseCollection::list() const {
    return pane_.list();
}

int CaseCollection::row_of(Id id) const {
    return case_.model().row_of(id);
}

int CaseCollection::rows() const {
    return case_.model().rowCount();
}

std::vector<Collection::Id> CaseCollection::ids() const {
    const ExhibitIds& ids = case_.model().ids();
    return {ids.begin(), ids.end()};
}

std::vector<Collection::Id> CaseCollection::selected() const {
    const ExhibitIds ids = pane_.selected();
    return {ids.begin(), ids.end()};
}

void CaseCollection::make_current(Id id) {
    pane_.make_current(id);
}

void CaseCollection::step(int by) {
    pane_.step(by);
}

void CaseCollection::focus_filter() {
    pane_.filter_bar()->focus_words();
}

void CaseCollection::undo() {
    case_.review().undo();
}

bool CaseCollection::can_undo() const {
    return case_.review().can_undo();
}

QString CaseCollection::undo_words() const {
    return CaseCollection::tr("&Undo the last decision");
}

std::filesystem::path CaseCollection::output_folder() const {
    return case_.path().parent_path();
}

bool CaseCollection::scans(const std::filesystem::path& folder) const {
    return std::ranges::any_of(case_.summary().folders, [&](const FolderCount& scanned) {
        const auto below = folder.lexically_relative(scanned.folder);
        return !below.empty() && *below.begin() != "..";
    });
}

Collection::Read CaseCollection::read(const std::vector<Id>& ids) const {
    return [path = case_.path(), ids, bands = bands()](const std::stop_token& stop) {
        const CaseFile file(path, CaseAccess::Read);
        std::vector<Listed> found;
        for (const Id id : ids) {
            check_stop(stop);
            const ExhibitRecord record = read_exhibit(file, id, false);
            std::vector<Source> sources;
            for (const auto& each : record.paths)
                sources.push_back({each, nullptr, {}});
            found.push_back({id, path_text(record.row.path.filename()), std::move(sources),
                             std::make_shared<const Examination>(record.examination), record.by,
                             bands});
        }
        return found;
    };
}

QString CaseCollection::words() const {
    return CaseCollection::tr("the listed exhibits of %1").arg(case_.name());
}

ComputeAgreement CaseCollection::opinions() const {
    return [path = case_.path(), view = case_.model().view()](const std::stop_token& stop) {
        return agreement_of_case(path, view, stop);
    };
}

}  // namespace dfd::ui
