#include "ui/list/exhibit_model.h"

#include <algorithm>
#include <utility>

#include "core/base/language.h"
#include "core/engine/results/result_export.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kThumbnailCache = 512;  ///< decoded thumbnails kept: several screens of rows

}  // namespace

ExhibitModel::ExhibitModel(QObject* parent)
    : QAbstractListModel(parent), thumbnails_(kThumbnailCache) {}

int ExhibitModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(exhibits_.size());
}

QVariant ExhibitModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Exhibit& exhibit = at(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return exhibit.name;
        case Qt::DecorationRole:
            return thumbnail(exhibit.id);
        case Qt::ToolTipRole:
            return content_of(exhibit).tool_tip();
        case Qt::AccessibleTextRole:
            return content_of(exhibit).spoken();
        case RowRole::Content:
            return QVariant::fromValue(content_of(exhibit));
        case RowRole::Id:
        case RowRole::Added:
            return QVariant::fromValue(exhibit.id);
        case RowRole::Folder:
            return exhibit.folder;
        case RowRole::Score:
        case RowRole::Word:
        case RowRole::Spread:
            break;
        default:
            return {};
    }
    if (exhibit.opinion() == nullptr)
        return {};
    const PanelOpinion& opinion = *exhibit.opinion();
    const std::size_t question = shown_question(opinion);
    const AnswerFigures answer = answer_figures(opinion, question);
    if (!answer.assessed)
        return {};
    if (role == RowRole::Word)
        return rank_of(band_of(opinion, question, measured_bands(opinion.calibration.get())));
    return role == RowRole::Score ? answer.score : answer.spread;
}

std::size_t ExhibitModel::shown_question(const PanelOpinion& opinion) const {
    return question_ && *question_ < opinion.answers.size() ? *question_ : opinion.leading;
}

RowContent ExhibitModel::content_of(const Exhibit& exhibit) const {
    RowContent content;
    content.name = exhibit.name;
    content.path =
        exhibit.folder.isEmpty() ? exhibit.name : exhibit.folder + QLatin1Char('/') + exhibit.name;
    content.state = state_text(exhibit.state, exhibit.being_scored);
    const bool failed = exhibit.state == ExaminationState::Failed;
    content.placeholder_icon = failed ? QStringLiteral("error") : QStringLiteral("clock");
    if (failed)
        content.failure = QString::fromStdString(say_again(exhibit.examination->failure.message));
    if (exhibit.opinion() == nullptr)
        return content;
    const PanelOpinion& opinion = *exhibit.opinion();
    const QuestionBands bands = measured_bands(opinion.calibration.get());
    for (std::size_t question = 0; question < questions_of(opinion); ++question) {
        const AnswerFigures answer = answer_figures(opinion, question);
        RowQuestion asked;
        if (!opinion.answers.empty())
            asked = {question_name(opinion.answers[question].id), question_text(opinion, question)};
        content.answers.push_back(row_answer(asked, answer.score, answer.spread, answer.assessed,
                                             bands_for(opinion, question, bands)));
    }
    content.shown = shown_question(opinion);
    content.chosen = question_.has_value();
    return content;
}

std::vector<ListedId> ExhibitModel::append(std::vector<Source> sources,
                                           const std::vector<std::uint64_t>& bytes) {
    std::vector<ListedId> ids;
    if (sources.empty())
        return ids;
    ids.reserve(sources.size());
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(sources.size()) - 1);
    const QDateTime now = QDateTime::currentDateTime();
    for (Source& source : sources) {
        auto exhibit = std::make_unique<Exhibit>();
        exhibit->id = ++last_id_;
        exhibit->name = source.path.empty() ? QString::fromStdString(source.label)
                                            : path_text(source.path.filename());
        exhibit->folder = source.path.empty() ? QString() : path_text(source.path.parent_path());
        exhibit->added = now;
        if (source.bytes)
            exhibit->bytes = source.bytes->size();
        else if (ids.size() < bytes.size())
            exhibit->bytes = bytes[ids.size()];
        exhibit->history.push_back({ExaminationState::Queued, now, {}});
        if (!source.path.empty())
            paths_[source.path.native()] = exhibit->id;
        exhibit->source = std::move(source);
        rows_[exhibit->id] = static_cast<int>(exhibits_.size());
        ids.push_back(exhibit->id);
        exhibits_.push_back(std::move(exhibit));
    }
    endInsertRows();
    return ids;
}

std::vector<Exhibit> ExhibitModel::remove(const std::vector<ListedId>& ids) {
    std::vector<Exhibit> removed;
    std::vector<int> rows;
    for (const ListedId id : ids)
        if (const int row = row_of(id); row >= 0)
            rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    // Remove runs of adjacent rows from the back, so that earlier row numbers stay valid.
    while (!rows.empty()) {
        const int last = rows.back();
        int first = last;
        rows.pop_back();
        while (!rows.empty() && rows.back() == first - 1) {
            --first;
            rows.pop_back();
        }
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row) {
            const Exhibit& exhibit = at(row);
            rows_.erase(exhibit.id);
            thumbnails_.remove(exhibit.id);
            if (!exhibit.source.path.empty())
                paths_.erase(exhibit.source.path.native());
            removed.push_back(exhibit);
            removed.back().being_scored = false;
        }
        exhibits_.erase(exhibits_.begin() + first, exhibits_.begin() + last + 1);
        number_rows(static_cast<std::size_t>(first));
        endRemoveRows();
    }
    return removed;
}

void ExhibitModel::restore(std::vector<Exhibit> removed) {
    if (removed.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(removed.size()) - 1);
    for (Exhibit& exhibit : removed) {
        if (!exhibit.source.path.empty())
            paths_[exhibit.source.path.native()] = exhibit.id;
        exhibit.examination = with_weights(std::move(exhibit.examination));
        exhibits_.push_back(std::make_unique<Exhibit>(std::move(exhibit)));
    }
    number_rows(static_cast<std::size_t>(first));
    endInsertRows();
}

void ExhibitModel::number_rows(std::size_t from) {
    for (std::size_t row = from; row < exhibits_.size(); ++row)
        rows_[exhibits_[row]->id] = static_cast<int>(row);
}

void ExhibitModel::apply(ListedId id, ExaminationPtr step, const QByteArray& thumbnail,
                         const QString& note) {
    const int row = row_of(id);
    if (row < 0)
        return;
    Exhibit& exhibit = *exhibits_[static_cast<std::size_t>(row)];
    exhibit.state = step->state;
    exhibit.being_scored = exhibit.being_scored && step->state == ExaminationState::Decoded;
    if (!thumbnail.isEmpty() && thumbnail != exhibit.thumbnail) {
        exhibit.thumbnail = thumbnail;
        thumbnails_.remove(id);
    }
    // A step may be told again, for instance when only its maps were added.
    if (const StateChange& last = exhibit.history.back();
        last.state != step->state || last.note != note)
        exhibit.history.push_back({step->state, QDateTime::currentDateTime(), note});
    exhibit.examination = weights_.empty() ? std::move(step) : with_weights(std::move(step));
    changed(id);
}

ExaminationPtr ExhibitModel::with_weights(ExaminationPtr step) const {
    if (!step || !step->opinion)
        return step;
    const std::vector<double> reference(step->opinion->experts.size(), 1.0);
    return std::make_shared<const Examination>(
        reweighed(*step, weights_.empty() ? reference : weights_));
}

void ExhibitModel::set_weights(std::vector<double> weights) {
    if (weights == weights_)
        return;
    weights_ = std::move(weights);
    for (const auto& exhibit : exhibits_)
        exhibit->examination = with_weights(exhibit->examination);
    all_changed();
}

void ExhibitModel::set_question(std::optional<std::size_t> question) {
    if (question == question_)
        return;
    question_ = question;
    all_changed();
}

void ExhibitModel::all_changed() {
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void ExhibitModel::set_state(ListedId id, ExaminationState state, const QString& note) {
    const int row = row_of(id);
    if (row < 0)
        return;
    Exhibit& exhibit = *exhibits_[static_cast<std::size_t>(row)];
    if (exhibit.state == state && note.isEmpty())
        return;
    exhibit.state = state;
    exhibit.being_scored = false;
    if (state == ExaminationState::Queued)
        exhibit.examination.reset();
    exhibit.history.push_back({state, QDateTime::currentDateTime(), note});
    changed(id);
}

void ExhibitModel::set_being_scored(std::vector<ListedId> ids) {
    for (const ListedId id : std::exchange(being_scored_, {}))
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            mark_being_scored(id, false);
    being_scored_ = std::move(ids);
    for (const ListedId id : being_scored_)
        mark_being_scored(id, true);
}

void ExhibitModel::mark_being_scored(ListedId id, bool being_scored) {
    const int row = row_of(id);
    if (row < 0 || at(row).being_scored == being_scored)
        return;
    exhibits_[static_cast<std::size_t>(row)]->being_scored = being_scored;
    changed(id);
}

void ExhibitModel::changed(ListedId id) {
    const QModelIndex where = index(row_of(id));
    Q_EMIT dataChanged(where, where);
}

const Exhibit* ExhibitModel::find(ListedId id) const {
    const int row = row_of(id);
    return row < 0 ? nullptr : &at(row);
}

int ExhibitModel::row_of(ListedId id) const {
    const auto found = rows_.find(id);
    return found == rows_.end() ? -1 : found->second;
}

std::optional<ListedId> ExhibitModel::find_path(const std::filesystem::path& path) const {
    const auto found = paths_.find(path.native());
    if (found == paths_.end())
        return std::nullopt;
    return found->second;
}

QImage ExhibitModel::thumbnail(ListedId id) const {
    if (const QImage* const cached = thumbnails_.object(id))
        return *cached;
    const Exhibit* const exhibit = find(id);
    if (exhibit == nullptr || exhibit->thumbnail.isEmpty())
        return {};
    QImage image = QImage::fromData(exhibit->thumbnail, "JPEG");
    thumbnails_.insert(id, new QImage(image));
    return image;
}

}  // namespace dfd::ui
