// The open case as a collection.
#pragma once

#include <memory>

#include "ui/case/case_controller.h"
#include "ui/studies/collection.h"

namespace dfd::ui {

class CasePane;

class CaseCollection : public Collection {
    Q_OBJECT

  public:
    /// Neither is owned; both must live longer.
    CaseCollection(CaseController& controller, CasePane& pane);

    /// The selected exhibit as it was read; null for none.
    [[nodiscard]] const CaseExhibitPtr& exhibit() const { return exhibit_; }

    [[nodiscard]] bool is_case() const override { return true; }
    [[nodiscard]] QString title() const override;
    void add(std::vector<std::filesystem::path> paths) override;
    [[nodiscard]] Welcome welcome() const override;
    [[nodiscard]] std::vector<const char*> context_actions() const override;
    void open_current(PictureLoader& loader) const override;
    [[nodiscard]] Unopened unopened(const QString& why) const override;

    [[nodiscard]] std::optional<Id> current_id() const override;
    [[nodiscard]] const Exhibit* current() const override { return shown_.get(); }
    [[nodiscard]] QImage thumbnail() const override;
    [[nodiscard]] std::optional<ScoredBy> shown_by() const override;
    [[nodiscard]] QuestionBands bands() const override;
    [[nodiscard]] QString waiting() const override;
    [[nodiscard]] PictureSubject subject(const ScoredBy& by) const override;
    [[nodiscard]] const Stability* kept_stability() const override;
    void keep_stability(const ScoredBy& by, const Stability& stability) override;

    [[nodiscard]] QDate scored_on() const override;
    [[nodiscard]] std::function<void()> report(const std::filesystem::path& file,
                                               bool pdf) override;

    [[nodiscard]] bool is_empty() const override;
    [[nodiscard]] QListView* list() const override;
    [[nodiscard]] int row_of(Id id) const override;
    [[nodiscard]] int rows() const override;
    [[nodiscard]] std::vector<Id> ids() const override;
    [[nodiscard]] std::vector<Id> selected() const override;
    void make_current(Id id) override;
    void step(int by) override;
    void focus_filter() override;
    void undo() override;
    [[nodiscard]] bool can_undo() const override;
    [[nodiscard]] QString undo_words() const override;
    [[nodiscard]] std::filesystem::path output_folder() const override;
    [[nodiscard]] bool scans(const std::filesystem::path& folder) const override;
    [[nodiscard]] Read read(const std::vector<Id>& ids) const override;

    [[nodiscard]] QString words() const override;
    [[nodiscard]] ComputeAgreement opinions() const override;

  Q_SIGNALS:
    void scan_requested(const std::vector<std::filesystem::path>& paths);

  private:
    void set_exhibit(const CaseExhibitPtr& exhibit);

    CaseController& case_;
    CasePane& pane_;
    CaseExhibitPtr exhibit_;
    std::unique_ptr<Exhibit> shown_;  ///< the same, converted for the panes
};

}  // namespace dfd::ui
