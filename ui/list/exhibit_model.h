// The examined pictures as a list model; the only owner of their state.
#pragma once

#include <QAbstractListModel>
#include <QByteArray>
#include <QCache>
#include <QDateTime>
#include <QImage>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "ui/list/row_content.h"

namespace dfd::ui {

/// Identifies an exhibit for the lifetime of the window. Never reused, unlike row numbers.
using ListedId = quint64;

/// Identifies a picture in the panes, which show those of the list and of a case: both number
/// theirs from 1. As default, no picture.
struct PictureKey {
    bool in_case = false;
    quint64 id = 0;
    bool operator==(const PictureKey&) const = default;
};

struct StateChange {
    ExaminationState state = ExaminationState::Queued;
    QDateTime when;
    QString note;  ///< "by panel Starter", the reason for a failure, or empty
};

struct Exhibit {
    ListedId id = 0;       ///< in the list, or in the case
    bool in_case = false;  ///< kept there
    Source source;
    QString name;             ///< file name, or a label for bytes
    QString folder;           ///< path; empty for bytes
    std::uint64_t bytes = 0;  ///< of the file when it was listed; 0 if unknown
    QDateTime added;
    ExaminationState state = ExaminationState::Queued;
    bool being_scored = false;   ///< by the panel; else it waits, unless it has a result
    ExaminationPtr examination;  ///< newest step, without its thumbnail; null before Decoded
    QByteArray thumbnail;        ///< JPEG; empty before Decoded
    std::vector<StateChange> history;

    /// No further step will come unless the exhibit is queued again.
    [[nodiscard]] bool is_finished() const {
        return state == ExaminationState::Explained || state == ExaminationState::Failed ||
               state == ExaminationState::Cancelled;
    }
    [[nodiscard]] PictureKey key() const { return {in_case, id}; }
    /// The panel's opinion, or null.
    [[nodiscard]] const PanelOpinion* opinion() const {
        return examination && examination->opinion ? &*examination->opinion : nullptr;
    }
};

class ExhibitModel : public QAbstractListModel {
    Q_OBJECT

  public:
    explicit ExhibitModel(QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// Appends in one step and returns the ids in order. `bytes`: the sizes of the files; may be
    /// empty.
    std::vector<ListedId> append(std::vector<Source> sources,
                                 const std::vector<std::uint64_t>& bytes = {});
    /// Returns what was removed, for `restore`.
    std::vector<Exhibit> remove(const std::vector<ListedId>& ids);
    /// Lists removed exhibits again under their ids, which must not be listed now.
    void restore(std::vector<Exhibit> removed);
    /// Applies a step of an examination; emits dataChanged for its row only.
    void apply(ListedId id, ExaminationPtr step, const QByteArray& thumbnail,
               const QString& note = {});
    /// Sets a state that the window causes (queued again, cancelled). Queued clears the results.
    void set_state(ListedId id, ExaminationState state, const QString& note = {});
    /// The panel scores these and no others. Emits dataChanged for the rows that change.
    void set_being_scored(std::vector<ListedId> ids);
    /// Recombines all current and future opinions with these weights; empty is the reference
    /// combination. Valid input is that of `combine`. Emits dataChanged once.
    void set_weights(std::vector<double> weights);
    [[nodiscard]] const std::vector<double>& weights() const { return weights_; }
    /// Whose answers the rows show; nothing: of each picture, the one that leads. Emits dataChanged
    /// once.
    void set_question(std::optional<std::size_t> question);

    [[nodiscard]] const Exhibit* find(ListedId id) const;
    [[nodiscard]] const Exhibit& at(int row) const {
        return *exhibits_[static_cast<std::size_t>(row)];
    }
    /// -1 if it has been removed.
    [[nodiscard]] int row_of(ListedId id) const;
    /// The exhibit with this path, if it is in the list.
    [[nodiscard]] std::optional<ListedId> find_path(const std::filesystem::path& path) const;
    /// Decoded from the stored JPEG through a bounded cache; null before Decoded.
    [[nodiscard]] QImage thumbnail(ListedId id) const;

  private:
    [[nodiscard]] RowContent content_of(const Exhibit& exhibit) const;
    [[nodiscard]] std::size_t shown_question(const PanelOpinion& opinion) const;
    void all_changed();
    [[nodiscard]] ExaminationPtr with_weights(ExaminationPtr step) const;
    void number_rows(std::size_t from);
    void changed(ListedId id);
    void mark_being_scored(ListedId id, bool being_scored);

    std::vector<std::unique_ptr<Exhibit>> exhibits_;
    std::unordered_map<ListedId, int> rows_;
    std::unordered_map<std::string, ListedId> paths_;
    std::vector<double> weights_;
    std::optional<std::size_t> question_;
    std::vector<ListedId> being_scored_;
    mutable QCache<ListedId, QImage> thumbnails_;
    ListedId last_id_ = 0;
};

}  // namespace dfd::ui
