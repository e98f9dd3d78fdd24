#include "ui/list/question_choice.h"

#include <QSignalBlocker>
#include <algorithm>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {

QuestionChoice::QuestionChoice(QWidget* parent) : QComboBox(parent) {
    name_box(this, tr("Question that the list shows"));
    setToolTip(
        tr("Whose scores the list shows, sorts and filters: those of one of the panel's questions, "
           "or of each picture's answer that speaks most for fake."));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    set_questions({});
    connect(this, &QComboBox::currentIndexChanged, this, [this] {
        wanted_ = currentData().toString();
        Q_EMIT question_changed();
    });
}

void QuestionChoice::set_questions(const std::vector<Question>& questions) {
    const auto shows = [this](const Question& question) {
        return findData(QString::fromStdString(question.id)) > 0 &&
               findText(question_name(question.id)) > 0;
    };
    if (count() == static_cast<int>(questions.size()) + 1 && std::ranges::all_of(questions, shows))
        return;  // An open drop-down stays as it is.
    const std::optional<std::size_t> before = chosen();
    {
        const QSignalBlocker quiet(this);
        clear();
        addItem(tr("Leading answer"), QString());
        for (const Question& question : questions) {
            addItem(question_name(question.id), QString::fromStdString(question.id));
            setItemData(count() - 1, QString::fromStdString(say(question.text)), Qt::ToolTipRole);
        }
    }
    setVisible(questions.size() > 1);
    show_wanted();
    if (chosen() != before)
        Q_EMIT question_changed();
}

std::optional<std::size_t> QuestionChoice::chosen() const {
    return currentIndex() > 0 ? std::optional(static_cast<std::size_t>(currentIndex() - 1))
                              : std::nullopt;
}

void QuestionChoice::choose(std::optional<std::size_t> question) {
    const int row = question ? static_cast<int>(*question) + 1 : 0;
    setCurrentIndex(row < count() ? row : 0);
}

void QuestionChoice::restore(const QString& kept) {
    wanted_ = kept;
    const std::optional<std::size_t> before = chosen();
    show_wanted();
    if (chosen() != before)
        Q_EMIT question_changed();
}

void QuestionChoice::show_wanted() {
    const QSignalBlocker quiet(this);
    setCurrentIndex(wanted_.isEmpty() ? 0 : std::max(0, findData(wanted_)));
}

QString QuestionChoice::subject() const {
    if (count() < 3)
        return {};
    return currentIndex() > 0 ? currentText() : tr("Leading answers");
}

}  // namespace dfd::ui
