#include "ui/studies/collection.h"

#include <QItemSelectionModel>
#include <QListView>
#include <algorithm>
#include <utility>

#include "core/opinion/disagreement.h"
#include "core/opinion/expert_words.h"

namespace dfd::ui {
namespace {

constexpr std::size_t kSelectedAtMost = 5000;  ///< rows of the list

/// Of each question with at least three experts that count: the one that is on the other side than
/// all others.
std::vector<std::size_t> alone_in(const PanelOpinion& opinion, double threshold) {
    std::vector<std::size_t> found;
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        if (!out_of_scope(opinion, q).empty())
            continue;
        std::vector<std::size_t> sides[2];
        for (std::size_t i = 0; i < opinion.experts.size(); ++i) {
            const ExpertOpinion& expert = opinion.experts[i];
            const bool asked = opinion.answers.empty() || expert.question == q;
            if (asked && expert.available() && !beyond_gate(opinion, expert))
                sides[expert.score >= threshold ? 1 : 0].push_back(i);
        }
        for (const int side : {0, 1})
            if (sides[side].size() == 1 && sides[1 - side].size() >= 2)
                found.push_back(sides[side].front());
    }
    return found;
}

}  // namespace

void Collection::select(const std::vector<Id>& ids) {
    std::vector<int> found;
    for (const Id id : ids)
        if (const int row = row_of(id); row >= 0 && found.size() < kSelectedAtMost)
            found.push_back(row);
    std::ranges::sort(found);
    const QAbstractItemModel& model = *list()->model();
    QItemSelection selection;
    for (std::size_t first = 0; first < found.size();) {
        std::size_t last = first;
        while (last + 1 < found.size() && found[last + 1] == found[last] + 1)
            ++last;
        selection.append({model.index(found[first], 0), model.index(found[last], 0)});
        first = last + 1;
    }
    QItemSelectionModel* const chosen = list()->selectionModel();
    if (!found.empty())
        chosen->setCurrentIndex(model.index(found.front(), 0), QItemSelectionModel::NoUpdate);
    chosen->select(selection, QItemSelectionModel::ClearAndSelect);
}

AgreementBuilder::AgreementBuilder(const std::vector<ExpertRecord>& experts) {
    std::vector<std::string> names;
    for (const ExpertRecord& expert : experts)
        names.push_back(expert.name);
    view_ = std::make_shared<AgreementView>(AgreementTable(std::move(names)));
    for (ExpertWords& words : words_for(experts))
        view_->titles.push_back(std::move(words.title));
}

void AgreementBuilder::add(const PanelOpinion& opinion, Collection::Id id, std::string name) {
    view_->table.add(opinion);
    view_->ids.push_back(id);
    view_->names.push_back(std::move(name));
    if (view_->question_of.empty()) {
        for (const Answer& answer : opinion.answers)
            view_->questions.push_back(answer.text);
        for (const ExpertOpinion& expert : opinion.experts)
            view_->question_of.push_back(opinion.answers.empty() ? 0 : expert.question);
    }
    std::vector<AgreementView::Answer> answers;
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        const PanelOpinion one = part(opinion, q);
        answers.push_back({one.score, disagreement_of(one).mutual_information});
    }
    view_->answers.push_back(std::move(answers));
    view_->alone.push_back(alone_in(opinion, view_->table.threshold()));
    view_->disputed.push_back(
        opinion.answers.empty() ? 0
                                : largest_disagreement(opinion, view_->table.threshold()).question);
}

AgreementViewPtr AgreementBuilder::finish() {
    view_->matrix = view_->table.matrix();
    return view_;
}

}  // namespace dfd::ui
