// What the panes and the studies ask of the pictures on the left, wherever they come from.
#pragma once

#include <QImage>
#include <QString>
#include <optional>
#include <vector>

#include "core/engine/results/result_export.h"
#include "core/engine/studies/stability.h"
#include "ui/list/exhibit_model.h"
#include "ui/studies/agreement_dialog.h"
#include "ui/work/picture_run.h"

class QListView;

namespace dfd::ui {

/// The examined list, or the exhibits of the open case. UI thread only.
class Collection {
  public:
    /// Identifies a picture in its collection.
    using Id = qint64;

    virtual ~Collection() = default;

    // --- the current picture
    [[nodiscard]] virtual std::optional<Id> current_id() const = 0;
    /// Null if there is none, or while it is read. Valid until the collection changes.
    [[nodiscard]] virtual const Exhibit* current() const = 0;
    [[nodiscard]] virtual QImage thumbnail() const = 0;
    /// The panel and precision behind its result; empty if unknown.
    [[nodiscard]] virtual std::optional<ScoredBy> shown_by() const = 0;
    [[nodiscard]] virtual BandThresholds thresholds() const = 0;
    /// Sources, weights and scope for a study. There must be a current picture.
    [[nodiscard]] virtual PictureSubject subject(const ScoredBy& by) const = 0;
    /// Versions tried before and kept; null if there are none.
    [[nodiscard]] virtual const Stability* kept_stability() const { return nullptr; }
    virtual void keep_stability(const ScoredBy& /*by*/, const Stability& /*stability*/) {}

    // --- the list
    [[nodiscard]] virtual QListView* list() const = 0;
    /// -1 if it is not listed.
    [[nodiscard]] virtual int row_of(Id id) const = 0;
    [[nodiscard]] virtual int rows() const = 0;
    /// In list order.
    [[nodiscard]] virtual std::vector<Id> selected() const = 0;
    virtual void make_current(Id id) = 0;
    /// The next or previous row, without wrap-around; the first one if there is no current row.
    virtual void step(int by) = 0;
    /// Selects these, as far as they are listed; the first becomes current.
    void select(const std::vector<Id>& ids);

    // --- all listed pictures
    /// "the list", as in "Comparing the experts on the list".
    [[nodiscard]] virtual QString words() const = 0;
    /// Reads the opinions of the experts, for the comparison.
    [[nodiscard]] virtual AgreementDialog::Compute opinions() const = 0;
};

/// Collects opinions for an AgreementView.
class AgreementBuilder {
  public:
    explicit AgreementBuilder(std::vector<std::string> experts);
    /// Throws std::invalid_argument if the opinion comes from other experts.
    void add(const PanelOpinion& opinion, Collection::Id id, std::string name);
    AgreementViewPtr finish();

  private:
    std::shared_ptr<AgreementView> view_;
};

}  // namespace dfd::ui
