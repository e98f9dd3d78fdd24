#include "ui/case/case_model.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "core/casework/exhibits/review.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr std::size_t kMaxRequestedPages = 8;  ///< queued at most; older ones have scrolled away
constexpr std::size_t kMaxRequestedThumbnails = 64;  ///< queued at most
constexpr std::size_t kThumbnailsAtOnce = 8;
constexpr int kThumbnailSide = 96;  ///< a 48-pixel tile at a device pixel ratio of 2
constexpr int kMaxRuns = 32;        ///< above this, runs of rows are first moved together

/// Number of runs of adjacent ids for which `differs` is true.
template <typename Ids, typename Differs>
int count_runs(const Ids& ids, const Differs& differs) {
    int runs = 0;
    bool inside = false;
    for (const ExhibitId id : ids) {
        const bool now = differs(id);
        runs += now && !inside ? 1 : 0;
        inside = now;
    }
    return runs;
}

std::vector<CaseRow> read_rows(const CaseFile& file, const ExhibitIds& ids) {
    std::vector<CaseRow> found;
    ExhibitIds read;
    for (ExhibitRow& row : exhibit_rows(file, ids)) {
        read.push_back(row.id);
        found.push_back({std::move(row), {}});
    }
    const auto tags = tags_of(file, read);
    for (std::size_t i = 0; i < found.size(); ++i) {
        QStringList words;
        for (const std::string& tag : tags[i])
            words.append(QString::fromStdString(tag));
        found[i].tags = words.join(QStringLiteral(", "));
    }
    return found;
}

/// A null image if it cannot be read: the row is shown without it. Reading the row reports what is
/// wrong with the case.
QImage read_thumbnail(const CaseFile& file, ExhibitId id) {
    try {
        const auto jpeg = exhibit_thumbnail(file, id);
        const auto image = QImage::fromData(jpeg.data(), static_cast<int>(jpeg.size()), "JPEG");
        if (image.width() > kThumbnailSide || image.height() > kThumbnailSide)
            return image.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatioByExpanding,
                                Qt::SmoothTransformation);
        return image;
    } catch (const std::exception&) {
        return {};
    }
}

}  // namespace

CaseModel::CaseModel(BackgroundThreads& threads, QObject* parent)
    : QAbstractListModel(parent),
      searching_(threads),
      reading_(threads),
      thumbnail_task_(threads),
      rows_(kRowsKept),
      thumbnails_(kThumbnails) {}

void CaseModel::open(std::shared_ptr<const CaseFile> lists, std::shared_ptr<const CaseFile> rows) {
    close();
    lists_ = std::move(lists);
    rows_file_ = std::move(rows);
}

void CaseModel::close() {
    // First: who hears of the empty list may ask for rows of this case once more, and these must
    // not come when another case with the same numbers is open.
    apply_list({});
    for (Task* const task : {&searching_, &reading_, &thumbnail_task_})
        task->stop();
    requested_pages_.clear();
    requested_thumbnails_.clear();
    look_alikes_.reset();
    rows_.clear();
    thumbnails_.clear();
    // Destroying the last reference closes the file, which may take a moment. Do it on a background
    // thread.
    searching_.release(std::exchange(lists_, nullptr));
    reading_.release(std::exchange(rows_file_, nullptr));
}

int CaseModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ids_.size());
}

QVariant CaseModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == RowRole::Id)
        return QVariant::fromValue<qint64>(ids_[static_cast<std::size_t>(index.row())]);
    if (role == Qt::DecorationRole)
        return thumbnail(index.row());
    const bool known_role = role == Qt::DisplayRole || role == Qt::ToolTipRole ||
                            role == Qt::AccessibleTextRole || role == RowRole::Content ||
                            role == RowRole::Score || role == RowRole::Word ||
                            role == RowRole::Spread || role == RowRole::Mark;
    const CaseRow* const row = known_role ? row_at(index.row()) : nullptr;
    if (row == nullptr)
        return role == Qt::AccessibleTextRole ? QVariant(tr("loading")) : QVariant();
    switch (role) {
        case Qt::DisplayRole:
            return path_text(row->path.filename());
        case Qt::ToolTipRole:
            return content_of(*row, asked_, look_alikes(row->id)).tool_tip();
        case Qt::AccessibleTextRole:
            return content_of(*row, asked_, look_alikes(row->id)).spoken();
        case RowRole::Content:
            return QVariant::fromValue(content_of(*row, asked_, look_alikes(row->id)));
        case RowRole::Mark:
            return static_cast<int>(row->mark);
        default:
            break;
    }
    const AnswerFigures figures = shown_figures(*row, asked_);
    if (!figures.assessed)
        return {};
    if (role == RowRole::Word)
        return rank_of(band_of(figures.score, shown_thresholds(*row, asked_)));
    return role == RowRole::Score ? figures.score : figures.spread;
}

// --- the list

void CaseModel::set_view(const CaseView& view) {
    view_ = view;
    if (asked_.chosen != view.filter.question) {
        asked_.chosen = view.filter.question;
        all_changed();
    }
    refresh();
}

void CaseModel::refresh() {
    if (!lists_)
        return;
    searching_.start(
        [this, view = view_, file = lists_](const Task::Run&) -> Task::Then {
            auto found = std::make_shared<ExhibitIds>(
                find_exhibits(*file, view.filter, view.order, view.descending));
            if (view.among)
                std::erase_if(*found, [&view](ExhibitId id) {
                    return !std::binary_search(view.among->begin(), view.among->end(), id);
                });
            return [this, found] {
                apply_list(std::move(*found));
                Q_EMIT list_updated();
            };
        },
        [this](const Task::Problem& problem) { Q_EMIT failed(problem.sentence); });
}

void CaseModel::apply_list(ExhibitIds next) {
    if (next == ids_)
        return;
    requested_pages_.clear();
    const std::unordered_set<ExhibitId> wanted(next.begin(), next.end());
    const std::unordered_set<ExhibitId> had(ids_.begin(), ids_.end());
    const auto is_gone = [&wanted](ExhibitId id) { return !wanted.contains(id); };
    const auto is_new = [&had](ExhibitId id) { return !had.contains(id); };

    // Remove the rows that are gone.
    ExhibitIds kept;
    ExhibitIds gone;
    for (const ExhibitId id : ids_)
        (is_gone(id) ? gone : kept).push_back(id);
    ExhibitIds arranged;
    std::remove_copy_if(next.begin(), next.end(), std::back_inserter(arranged), is_new);
    if (arranged != kept || count_runs(ids_, is_gone) > kMaxRuns) {
        arranged.insert(arranged.end(), gone.begin(), gone.end());
        reorder(std::move(arranged));
    }
    for (auto end = ids_.end(); end != ids_.begin();) {
        // From the back, so that earlier row numbers stay valid.
        const auto last = std::find_if(std::make_reverse_iterator(end), ids_.rend(), is_gone);
        if (last == ids_.rend())
            break;
        const auto first = std::find_if_not(last, ids_.rend(), is_gone).base();
        const int row = static_cast<int>(first - ids_.begin());
        beginRemoveRows({}, row, static_cast<int>(last.base() - ids_.begin()) - 1);
        end = ids_.erase(first, last.base());
        endRemoveRows();
    }

    // Insert the new rows: ids_ now holds the kept ones in their new order.
    if (count_runs(next, is_new) > kMaxRuns) {
        const auto first = static_cast<int>(ids_.size());
        beginInsertRows({}, first, static_cast<int>(next.size()) - 1);
        std::copy_if(next.begin(), next.end(), std::back_inserter(ids_), is_new);
        endInsertRows();
        reorder(std::move(next));
        return;
    }
    for (auto at = next.begin(); at != next.end();) {
        const auto first = std::find_if(at, next.end(), is_new);
        const auto last = std::find_if_not(first, next.end(), is_new);
        if (first != last) {
            const auto row = first - next.begin();
            beginInsertRows({}, static_cast<int>(row), static_cast<int>(last - next.begin()) - 1);
            ids_.insert(ids_.begin() + row, first, last);
            endInsertRows();
        }
        at = last;
    }
}

void CaseModel::reorder(ExhibitIds next) {
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    if (!from.isEmpty()) {
        // Only rows with a persistent index: usually the current and the selected ones.
        std::unordered_map<ExhibitId, int> rows;
        for (const QModelIndex& old : from)
            rows[ids_[static_cast<std::size_t>(old.row())]] = -1;
        for (std::size_t row = 0; row < next.size(); ++row)
            if (const auto found = rows.find(next[row]); found != rows.end())
                found->second = static_cast<int>(row);
        QModelIndexList to;
        to.reserve(from.size());
        for (const QModelIndex& old : from)
            to.append(createIndex(rows[ids_[static_cast<std::size_t>(old.row())]], 0));
        changePersistentIndexList(from, to);
    }
    ids_ = std::move(next);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int CaseModel::row_of(ExhibitId id) const {
    const auto found = std::find(ids_.begin(), ids_.end(), id);
    return found == ids_.end() ? -1 : static_cast<int>(found - ids_.begin());
}

// --- rows

const CaseRow* CaseModel::row_at(int row) const {
    const CaseRow* const known = rows_.object(ids_[static_cast<std::size_t>(row)]);
    if (known == nullptr)
        request_rows(row);
    return known;
}

void CaseModel::request_rows(int row) const {
    const int page = row / kPage;
    if (!requested_pages_.empty() && requested_pages_.back() == page)
        return;
    std::erase(requested_pages_, page);
    requested_pages_.push_back(page);
    if (requested_pages_.size() > kMaxRequestedPages)
        requested_pages_.erase(requested_pages_.begin());
    // Requests change the cache, not the visible list.
    const_cast<CaseModel*>(this)->read_next_page();
}

void CaseModel::read_next_page() {
    while (!reading_.running() && rows_file_ && !requested_pages_.empty()) {
        const auto first = static_cast<std::size_t>(requested_pages_.back()) * kPage;
        requested_pages_.pop_back();
        ExhibitIds missing;
        for (std::size_t row = first; row < std::min(first + kPage, ids_.size()); ++row)
            if (!rows_.contains(ids_[row]))
                missing.push_back(ids_[row]);
        if (missing.empty())
            continue;
        reading_.add(
            [this, missing, file = rows_file_](const Task::Run&) -> Task::Then {
                return [this, missing, rows = read_rows(*file, missing)] {
                    store_rows(missing, rows);
                    read_next_page();
                };
            },
            [this, missing](const Task::Problem& problem) {
                // Store empty rows, so that they are not requested again and again.
                store_rows(missing, {});
                Q_EMIT failed(problem.sentence);
                read_next_page();
            });
    }
}

void CaseModel::store_rows(const ExhibitIds& asked, const std::vector<CaseRow>& rows) {
    for (const ExhibitId id : asked) {
        auto row = std::make_unique<CaseRow>();
        row->id = id;
        rows_.insert(id, row.release());
    }
    for (const CaseRow& row : rows)
        rows_.insert(row.id, new CaseRow(row));
    changed(asked);
}

void CaseModel::refresh_rows(std::span<const ExhibitId> ids) {
    ExhibitIds kept;
    for (const ExhibitId id : ids)
        if (rows_.contains(id))
            kept.push_back(id);
    if (kept.empty() || !rows_file_)
        return;
    reading_.add(
        [this, kept, file = rows_file_](const Task::Run&) -> Task::Then {
            return [this, kept, rows = read_rows(*file, kept)] {
                store_rows(kept, rows);
                read_next_page();
            };
        },
        [this](const Task::Problem& problem) {
            Q_EMIT failed(problem.sentence);
            read_next_page();
        });
}

void CaseModel::changed(std::span<const ExhibitId> ids, const QList<int>& roles) {
    // Ids that are adjacent in a page are adjacent in the list, unless it has changed meanwhile.
    for (std::size_t i = 0; i < ids.size();) {
        const int first = row_of(ids[i]);
        if (first < 0) {
            ++i;
            continue;
        }
        std::size_t count = 1;
        const auto row = static_cast<std::size_t>(first);
        while (i + count < ids.size() && row + count < ids_.size() &&
               ids_[row + count] == ids[i + count])
            ++count;
        Q_EMIT dataChanged(index(first), index(first + static_cast<int>(count) - 1), roles);
        i += count;
    }
}

void CaseModel::show_mark(std::span<const ExhibitId> ids, Mark mark) {
    ExhibitIds shown;
    for (const ExhibitId id : ids)
        if (CaseRow* const row = rows_.object(id)) {
            row->mark = mark;
            shown.push_back(id);
        }
    changed(shown, {RowRole::Mark, RowRole::Content, Qt::AccessibleTextRole});
}

void CaseModel::set_bands(const QuestionBands& bands) {
    if (bands == asked_.bands)
        return;
    asked_.bands = bands;
    all_changed();
}

void CaseModel::set_questions(const std::vector<Question>& questions) {
    std::vector<RowQuestion> now = row_questions(questions);
    if (now == asked_.questions)
        return;
    asked_.questions = std::move(now);
    all_changed();
}

void CaseModel::all_changed() {
    if (!ids_.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void CaseModel::set_look_alikes(std::shared_ptr<const LookAlikeIndex> look_alikes) {
    look_alikes_ = std::move(look_alikes);
    all_changed();
}

const LookAlikes* CaseModel::look_alikes(ExhibitId id) const {
    return look_alikes_ ? look_alikes_->find(id) : nullptr;
}

// --- thumbnails

QImage CaseModel::thumbnail(int row) const {
    const ExhibitId id = ids_[static_cast<std::size_t>(row)];
    if (const QImage* const known = thumbnails_.object(id))
        return *known;
    request_thumbnail(id);
    return {};
}

void CaseModel::request_thumbnail(ExhibitId id) const {
    std::erase(requested_thumbnails_, id);
    requested_thumbnails_.push_back(id);
    if (requested_thumbnails_.size() > kMaxRequestedThumbnails)
        requested_thumbnails_.erase(requested_thumbnails_.begin());
    const_cast<CaseModel*>(this)->read_next_thumbnails();
}

void CaseModel::read_next_thumbnails() {
    if (thumbnail_task_.running() || !rows_file_ || requested_thumbnails_.empty())
        return;
    ExhibitIds now;
    while (!requested_thumbnails_.empty() && now.size() < kThumbnailsAtOnce) {
        now.push_back(requested_thumbnails_.back());
        requested_thumbnails_.pop_back();
    }
    thumbnail_task_.start(
        [this, now, file = rows_file_](const Task::Run&) -> Task::Then {
            std::vector<QImage> images;
            for (const ExhibitId id : now)
                images.push_back(read_thumbnail(*file, id));
            return [this, now, images] {
                for (std::size_t i = 0; i < now.size(); ++i)
                    thumbnails_.insert(now[i], new QImage(images[i]));
                for (const ExhibitId id : now)
                    changed({&id, 1}, {Qt::DecorationRole});
                read_next_thumbnails();
            };
        },
        [this](const Task::Problem& problem) { Q_EMIT failed(problem.sentence); });
}

}  // namespace dfd::ui
