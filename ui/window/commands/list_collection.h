// The examined list as a collection.
#pragma once

#include "ui/studies/collection.h"

namespace dfd::ui {

class ExaminationSession;
class ExhibitPane;

class ListCollection : public Collection {
    Q_OBJECT

  public:
    /// Neither is owned; both must live longer.
    ListCollection(ExaminationSession& session, ExhibitPane& pane);

    [[nodiscard]] bool is_case() const override { return false; }
    void add(std::vector<std::filesystem::path> paths) override;
    [[nodiscard]] Welcome welcome() const override;
    [[nodiscard]] std::vector<const char*> context_actions() const override;
    void open_current(PictureLoader& loader) const override;
    [[nodiscard]] Unopened unopened(const QString& why) const override;

    [[nodiscard]] std::optional<Id> current_id() const override;
    [[nodiscard]] const Exhibit* current() const override;
    [[nodiscard]] QImage thumbnail() const override;
    [[nodiscard]] std::optional<ScoredBy> shown_by() const override;
    [[nodiscard]] QuestionBands bands() const override;
    [[nodiscard]] QString waiting() const override;
    [[nodiscard]] PictureSubject subject(const ScoredBy& by) const override;

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
    [[nodiscard]] Read read(const std::vector<Id>& ids) const override;

    [[nodiscard]] QString words() const override;
    [[nodiscard]] ComputeAgreement opinions() const override;

  private:
    ExaminationSession& session_;
    ExhibitPane& pane_;
    double seconds_ = 0;  ///< of the last examination
};

}  // namespace dfd::ui
