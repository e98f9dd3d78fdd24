#include "ui/window/list_collection.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "core/base/version.h"
#include "core/casework/report/picture_report.h"
#include "core/engine/results/agreement_report.h"
#include "ui/list/examination_session.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ListCollection)
};

/// The file's bytes as examined. Throws std::runtime_error with a sentence.
Picture same_picture(const Source& source, const std::string& sha256) {
    Picture picture = source.bytes ? decode_picture(*source.bytes) : read_picture(source.path);
    if (picture.facts.sha256 != sha256)
        throw std::runtime_error(
            Words::tr("%1 has changed since it was examined, so the result is not about it "
                      "any more. Examine the picture again.")
                .arg(path_text(source.path))
                .toStdString());
    return picture;
}

}  // namespace

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
                   ? Words::tr(
                         "The panel is loading. This picture will be examined as soon as it is "
                         "ready.")
                   : Words::tr("This picture cannot be examined without a panel. %1")
                         .arg(session_.panel_problem());
    const QString device = evaluator->device().id == "cpu"
                               ? Words::tr("the CPU")
                               : QString::fromStdString(evaluator->device().id);
    const int count = static_cast<int>(evaluator->panel().experts.size());
    if (exhibit->state == ExaminationState::Queued)
        return Words::tr("Waiting in the queue. The selected picture is examined first.");
    return seconds_ > 0 ? Words::tr("%1 experts are examining it on %2: %3 per picture.")
                              .arg(count)
                              .arg(device, duration_text(seconds_))
                        : Words::tr("%1 experts are examining it on %2.").arg(count).arg(device);
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
    return Words::tr("&Undo the removal");
}

Collection::Read ListCollection::read(const std::vector<Id>& ids) const {
    std::vector<Listed> found;
    const auto by = shown_by();
    for (const Id id : ids)
        if (const Exhibit* const exhibit = session_.exhibits().find(static_cast<ListedId>(id)))
            found.push_back({id,
                             exhibit->name,
                             {exhibit->source},
                             exhibit->examination ? exhibit->examination
                                                  : std::make_shared<const Examination>(),
                             by.value_or(ScoredBy()),
                             bands()});
    return [found = std::move(found)](const std::stop_token&) { return found; };
}

QString ListCollection::words() const {
    return Words::tr("the list");
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
    std::vector<std::string> experts;
    if (const Evaluator* const evaluator = session_.evaluator())
        experts = expert_names(evaluator->panel());
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
