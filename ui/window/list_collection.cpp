#include "ui/window/list_collection.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "core/engine/results/agreement_report.h"
#include "ui/list/examination_session.h"
#include "ui/list/exhibit_pane.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ListCollection)
};

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

BandThresholds ListCollection::thresholds() const {
    return session_.evaluator() != nullptr ? measured_bands(session_.scored_by())
                                           : BandThresholds{.named = false};
}

PictureSubject ListCollection::subject(const ScoredBy& by) const {
    PictureSubject subject;
    subject.sources = {current()->source};
    subject.weights = session_.exhibits().weights();
    subject.scope = by.panel.digest + ' ' + precision_name(by.precision);
    return subject;
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

QString ListCollection::words() const {
    return Words::tr("the list");
}

AgreementDialog::Compute ListCollection::opinions() const {
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
