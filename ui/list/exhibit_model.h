// The pictures being examined, as a list model: the one place that holds their state.
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

namespace dfd::ui {

/// Numbers exhibits for as long as the window lives; never reused, unlike rows.
using ListedId = quint64;

struct StateChange {
    ExaminationState state = ExaminationState::Queued;
    QDateTime when;
    QString note;  ///< "by panel Starter", the reason of a failure, or empty
};

struct Exhibit {
    ListedId id = 0;
    Source source;
    QString name;   ///< file name, or the label of bytes
    QString place;  ///< folder, or empty for bytes
    QDateTime added;
    ExaminationState state = ExaminationState::Queued;
    ExaminationPtr examination;  ///< newest step, thumbnail taken out; null before Decoded
    QByteArray thumbnail;        ///< JPEG; empty before Decoded
    std::vector<StateChange> history;

    /// Nothing more will come unless it is asked for again.
    [[nodiscard]] bool at_rest() const {
        return state == ExaminationState::Explained || state == ExaminationState::Failed ||
               state == ExaminationState::Cancelled;
    }
    /// The panel's opinion, or null.
    [[nodiscard]] const PanelOpinion* opinion() const {
        return examination && examination->opinion ? &*examination->opinion : nullptr;
    }
};

class ExhibitModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role {
        IdRole = Qt::UserRole + 1,  ///< ListedId
        StateRole,                  ///< int(ExaminationState)
        ScoreRole,                  ///< double, or an invalid variant
        SpreadRole,                 ///< double, or an invalid variant
        AddedRole,                  ///< ListedId: rises with the time of adding
        PlaceRole,                  ///< QString
    };

    explicit ExhibitModel(QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// Appends in one step and returns the ids in order.
    std::vector<ListedId> append(std::vector<Source> sources);
    void remove(const std::vector<ListedId>& ids);
    /// A step of an examination; emits dataChanged for its row alone.
    void apply(ListedId id, ExaminationPtr step, const QByteArray& thumbnail,
               const QString& note = {});
    /// A state the window itself brings about (queued again, cancelled). Queued forgets results.
    void set_state(ListedId id, ExaminationState state, const QString& note = {});
    /// Weighs the experts of every opinion anew, those that are here and those to come; empty is
    /// the reference combination. They must be as `combine` wants them. Emits dataChanged once.
    void set_weights(std::vector<double> weights);
    [[nodiscard]] const std::vector<double>& weights() const { return weights_; }

    [[nodiscard]] const Exhibit* find(ListedId id) const;
    [[nodiscard]] const Exhibit& at(int row) const {
        return *exhibits_[static_cast<std::size_t>(row)];
    }
    /// -1 when it is no longer there.
    [[nodiscard]] int row_of(ListedId id) const;
    /// The exhibit of that path, if it is in the list.
    [[nodiscard]] std::optional<ListedId> find_path(const std::filesystem::path& path) const;
    /// Decoded from the kept JPEG through a bounded cache; null before Decoded.
    [[nodiscard]] QImage thumbnail(ListedId id) const;

  private:
    [[nodiscard]] QString spoken_text(const Exhibit& exhibit) const;
    [[nodiscard]] ExaminationPtr weighed(ExaminationPtr step) const;
    void number_rows(std::size_t from);
    void changed(ListedId id);

    std::vector<std::unique_ptr<Exhibit>> exhibits_;
    std::unordered_map<ListedId, int> rows_;
    std::unordered_map<std::string, ListedId> paths_;
    std::vector<double> weights_;
    mutable QCache<ListedId, QImage> thumbnails_;
    ListedId last_id_ = 0;
};

}  // namespace dfd::ui
