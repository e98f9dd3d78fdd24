#include "ui/window/commands/list_collection.h"

#include <QKeySequence>
#include <algorithm>
#include <utility>

#include "core/base/version.h"
#include "core/casework/report/picture_report.h"
#include "ui/list/examination_session.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"

namespace dfd::ui {
namespace {

/// The file's bytes as examined. Throws std::runtime_error with a sentence.
Picture same_picture(const Source& source, const std::string& sha256) {
    Picture picture = source.bytes ? decode_picture(*source.bytes) : read_picture(source.path);
    if (picture.facts.sha256 != sha256)
        throw std::runtime_error(
            ListCollection::tr(
                "%1 has changed since it was examined, so the result is not about it "
                "any more. Examine the picture again.")
                .arg(path_text(source.path))
                .toStdString());
    return picture;
}

}  // namespace

ListCollection::ListCollection(ExaminationSession& session, ExhibitPane& pane)
    : session_(session), pane_(pane) {
    connect(&pane_, &ExhibitPane::current_changed, this, &Collection::changed);
    connect(&session_, &ExaminationSession::panel_state_changed, this, &Collection::changed);
    connect(&session_, &ExaminationSession::combination_changed, this, &Collection::changed);
    connect(&session_, &ExaminationSession::panels_listed, this, &Collection::changed);
    connect(&session_.exhibits(), &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex& top, const QModelIndex& bottom) {
                for (int row = top.row(); row <= bottom.row(); ++row) {
                    const Exhibit& exhibit = session_.exhibits().at(row);
                    if (exhibit.examination && exhibit.examination->seconds > 0)
                        seconds_ = exhibit.examination->seconds;
                    if (pane_.current() == exhibit.id)
                        Q_EMIT changed();
                }
            });
}

void ListCollection::add(std::vector<std::filesystem::path> paths) {
    session_.add_paths(std::move(paths));
}

Collection::Welcome ListCollection::welcome() const {
    if (session_.panel_state() == PanelState::Missing && !session_.loading_panel() &&
        !session_.panel_problem().isEmpty())
        return {QStringLiteral("panel"),
                tr("A panel is required"),
                session_.panel_problem(),
                tr("Panels are searched for in %1. You can also choose another panel in the "
                   "toolbar.")
                    .arg(path_text(user_panel_folder())),
                {"install"}};
    const QString hint =
        tr("Pictures stay on this computer, and original files are never changed.");
    if (session_.exhibits().rowCount() > 0)
        return {QStringLiteral("drop"),
                tr("Select a picture"),
                tr("Choose one in the list on the left, or drop another one here."),
                hint,
                {"open", "samples"}};
    return {QStringLiteral("drop"),
            tr("Drop a picture here"),
            tr("A file, a folder, or a picture dragged from a browser. You can paste one too, with "
               "%1.")
                .arg(QKeySequence(QKeySequence::Paste).toString(QKeySequence::NativeText)),
            hint,
            {"open", "samples", "last_list"}};
}

std::vector<const char*> ListCollection::context_actions() const {
    return {"copy",           "copy_picture",   "copy_path",  "",      "save_report",
            "export_png",     "export_json",    "export_csv", "",      "compare",
            "show_in_folder", "open_elsewhere", "",           "again", "remove"};
}

void ListCollection::open_current(PictureLoader& loader) const {
    session_.examine_next(current()->id);
    loader.load(current()->key(), current()->source);
}

Collection::Unopened ListCollection::unopened(const QString& why) const {
    // The page of a picture that failed shows the reason itself; this is for a picture that could
    // be examined before.
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr || exhibit->opinion() == nullptr)
        return {};
    return {{}, tr("%1 cannot be shown at full size: %2").arg(exhibit->name, why)};
}

std::optional<Collection::Id> ListCollection::current_id() const {
    const auto id = pane_.current();
    return id ? std::optional(static_cast<Id>(*id)) : std::nullopt;
}

const Exhibit* ListCollection::current() const {
    const auto id = pane_.current();
    return id ? session_.exhibits().find(*id) : nullptr;
}

QImage ListCollection::thumbnail() const {
    const auto id = pane_.current();
    return id ? session_.exhibits().thumbnail(*id) : QImage();
}

std::optional<ScoredBy> ListCollection::shown_by() const {
    return session_.evaluator() != nullptr ? std::optional(session_.scored_by()) : std::nullopt;
}

QuestionBands ListCollection::bands() const {
    return session_.evaluator() != nullptr ? measured_bands(session_.scored_by())
                                           : QuestionBands(BandThresholds{.named = false});
}

QString ListCollection::waiting() const {
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr)
        return {};
    const Evaluator* const evaluator = session_.evaluator();
    if (evaluator == nullptr)
        return session_.panel_state() == PanelState::Loading
                   ? ListCollection::tr(
                         "The panel is loading. This picture will be examined as soon as it is "
                         "ready.")
                   : ListCollection::tr("This picture cannot be examined without a panel. %1")
                         .arg(session_.panel_problem());
    const QString device = evaluator->device().id == "cpu"
                               ? ListCollection::tr("the CPU")
                               : QString::fromStdString(evaluator->device().id);
    const int count = static_cast<int>(evaluator->panel().experts.size());
    if (!exhibit->being_scored)
        return ListCollection::tr("Waiting in the queue. The selected picture is examined first.");
    return seconds_ > 0
               ? ListCollection::tr("%1 experts are examining it on %2: %3 per picture.")
                     .arg(count)
                     .arg(device, duration_text(seconds_))
               : ListCollection::tr("%1 experts are examining it on %2.").arg(count).arg(device);
}

PictureSubject ListCollection::subject(const ScoredBy& by) const {
    PictureSubject subject;
    subject.sources = {current()->source};
    subject.weights = session_.exhibits().weights();
    subject.scope = by.panel.digest + ' ' + precision_name(by.precision);
    return subject;
}

QDate ListCollection::scored_on() const {
    return QDate::currentDate();
}

std::function<void()> ListCollection::report(const std::filesystem::path& file, bool pdf) {
    const Exhibit& exhibit = *current();
    PictureReport report;
    report.examination = *exhibit.examination;
    report.by = *shown_by();
    report.device = session_.evaluator()->device();
    report.bands = bands();
    report.program = "DeepFakeDefenders " + program_version();
    return [report = std::move(report), source = exhibit.source, file, pdf] {
        PictureReport whole = report;
        if (whole.examination.width > 0)
            whole.thumbnail =
                report_thumbnail(same_picture(source, whole.examination.facts.sha256).pixels);
        write_picture_report(whole, file,
                             pdf ? MakeReportWriter(pdf_report) : MakeReportWriter(html_report));
    };
}

bool ListCollection::is_empty() const {
    return session_.exhibits().rowCount() == 0;
}

QListView* ListCollection::list() const {
    return pane_.list();
}

int ListCollection::row_of(Id id) const {
    return pane_.row_of(static_cast<ListedId>(id));
}

int ListCollection::rows() const {
    return pane_.order()->rowCount();
}

std::vector<Collection::Id> ListCollection::ids() const {
    std::vector<Id> ids;
    for (const ListedId id : pane_.shown())
        ids.push_back(static_cast<Id>(id));
    return ids;
}

std::vector<Collection::Id> ListCollection::selected() const {
    std::vector<Id> ids;
    for (const ListedId id : pane_.selected())
        ids.push_back(static_cast<Id>(id));
    std::ranges::sort(ids, {}, [this](Id id) { return row_of(id); });
    return ids;
}

void ListCollection::make_current(Id id) {
    pane_.make_current(static_cast<ListedId>(id));
}

void ListCollection::step(int by) {
    const auto shown = pane_.shown();
    if (shown.empty())
        return;
    const auto now = pane_.current();
    const int row = now ? pane_.row_of(*now) : -1;
    const int next = row < 0 ? 0 : std::clamp(row + by, 0, static_cast<int>(shown.size()) - 1);
    pane_.make_current(shown[static_cast<std::size_t>(next)]);
}

void ListCollection::focus_filter() {
    pane_.focus_filter();
}

void ListCollection::undo() {
    session_.restore_removed();
}

bool ListCollection::can_undo() const {
    return session_.can_restore();
}

QString ListCollection::undo_words() const {
    return ListCollection::tr("&Undo the removal");
}

Collection::Read ListCollection::read(const std::vector<Id>& ids) const {
    std::vector<Listed> found;
    const auto by = shown_by();
    const QuestionBands words = bands();
    for (const Id id : ids)
        if (const Exhibit* const exhibit = session_.exhibits().find(static_cast<ListedId>(id)))
            found.push_back({id,
                             exhibit->name,
                             {exhibit->source},
                             exhibit->examination ? exhibit->examination
                                                  : std::make_shared<const Examination>(),
                             by.value_or(ScoredBy()),
                             words});
    return [found = std::move(found)](const std::stop_token&) { return found; };
}

QString ListCollection::words() const {
    return ListCollection::tr("the list");
}

ComputeAgreement ListCollection::opinions() const {
    struct Seen {
        ExaminationPtr examination;
        Id id;
        std::string name;
    };
    std::vector<Seen> seen;
    const ExhibitModel& model = session_.exhibits();
    for (int row = 0; row < model.rowCount(); ++row) {
        const Exhibit& exhibit = model.at(row);
        if (exhibit.opinion() != nullptr && !no_assessment(*exhibit.opinion()))
            seen.push_back(
                {exhibit.examination, static_cast<Id>(exhibit.id), exhibit.name.toStdString()});
    }
    std::vector<ExpertRecord> experts;
    if (const Evaluator* const evaluator = session_.evaluator())
        experts = evaluator->panel().experts;
    return [seen = std::move(seen),
            experts = std::move(experts)](const std::stop_token& stop) -> AgreementViewPtr {
        AgreementBuilder builder(experts);
        for (const Seen& each : seen) {
            if (stop.stop_requested())
                return nullptr;
            builder.add(*each.examination->opinion, each.id, each.name);
        }
        return builder.finish();
    };
}

}  // namespace dfd::ui
