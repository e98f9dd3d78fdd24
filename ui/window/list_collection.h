// The examined list as a collection.
#pragma once

#include "ui/studies/collection.h"

namespace dfd::ui {

class ExaminationSession;
class ExhibitPane;

class ListCollection : public Collection {
  public:
    /// Neither is owned; both must live longer.
    ListCollection(ExaminationSession& session, ExhibitPane& pane)
        : session_(session), pane_(pane) {}

    [[nodiscard]] std::optional<Id> current_id() const override;
    [[nodiscard]] const Exhibit* current() const override;
    [[nodiscard]] QImage thumbnail() const override;
    [[nodiscard]] std::optional<ScoredBy> shown_by() const override;
    [[nodiscard]] BandThresholds thresholds() const override;
    [[nodiscard]] PictureSubject subject(const ScoredBy& by) const override;

    [[nodiscard]] QListView* list() const override;
    [[nodiscard]] int row_of(Id id) const override;
    [[nodiscard]] int rows() const override;
    [[nodiscard]] std::vector<Id> selected() const override;
    void make_current(Id id) override;
    void step(int by) override;

    [[nodiscard]] QString words() const override;
    [[nodiscard]] AgreementDialog::Compute opinions() const override;

  private:
    ExaminationSession& session_;
    ExhibitPane& pane_;
};

}  // namespace dfd::ui
