#include "ui/studies/subject.h"

#include <QCoreApplication>

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(PictureSubject)
};

}  // namespace

std::optional<PictureSubject> study_subject(const Collection& collection,
                                            const std::shared_ptr<Evaluator>& evaluator,
                                            QString& obstacle) {
    obstacle.clear();
    const Exhibit* const exhibit = collection.current();
    const PanelOpinion* const opinion = exhibit == nullptr ? nullptr : exhibit->opinion();
    const auto by = collection.shown_by();
    if (exhibit == nullptr)
        obstacle = Words::tr("Select a picture.");
    else if (opinion == nullptr || !by)
        obstacle = Words::tr("This is available once the picture has a score.");
    if (!obstacle.isEmpty())
        return std::nullopt;
    PictureSubject subject = collection.subject(*by);
    subject.sha256 = exhibit->examination->facts.sha256;
    subject.size = QSize(exhibit->examination->width, exhibit->examination->height);
    subject.opinion = *opinion;
    if (!evaluator)
        obstacle = Words::tr("This is not available without a panel. Choose one in the toolbar.");
    else if (by->panel.digest != evaluator->panel().digest ||
             by->precision != evaluator->precision())
        obstacle = Words::tr(
            "This score comes from another panel or precision. Choose that panel to use this.");
    else
        subject.evaluator = evaluator;
    return subject;
}

}  // namespace dfd::ui
