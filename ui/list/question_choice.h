// Chooses which of the panel's questions a list shows; visible only where the panel asks several.
#pragma once

#include <QComboBox>
#include <optional>
#include <vector>

#include "core/opinion/question.h"

namespace dfd::ui {

class QuestionChoice : public QComboBox {
    Q_OBJECT

  public:
    explicit QuestionChoice(QWidget* parent);

    /// Of the panel whose answers are listed. A choice is kept for as long as panels ask something
    /// else.
    void set_questions(const std::vector<Question>& questions);
    /// Nothing: of each picture, the answer that leads.
    [[nodiscard]] std::optional<std::size_t> chosen() const;
    void choose(std::optional<std::size_t> question);
    /// The id of the question that was chosen last, for the settings; empty for the leading answer.
    [[nodiscard]] QString kept() const { return wanted_; }
    void restore(const QString& kept);
    /// Whose numbers are shown, in words: "Leading answers", "Generated"; empty for a panel that
    /// asks one question.
    [[nodiscard]] QString subject() const;

  Q_SIGNALS:
    /// Other answers are to be shown.
    void question_changed();

  private:
    void show_wanted();

    QString wanted_;
};

}  // namespace dfd::ui
