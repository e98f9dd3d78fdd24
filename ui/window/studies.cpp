#include "ui/window/studies.h"

#include "ui/studies/agreement/agreement_study.h"
#include "ui/studies/atlas/atlas_study.h"
#include "ui/studies/compare/compare_study.h"
#include "ui/studies/evidence/evidence_study.h"
#include "ui/studies/presentation/presentation_study.h"
#include "ui/studies/seen/seen_study.h"
#include "ui/studies/stability/stability_study.h"

namespace dfd::ui {
namespace {

template <class... Kinds>
std::vector<std::unique_ptr<Study>> each_of(StudyHost& host) {
    std::vector<std::unique_ptr<Study>> made;
    (made.push_back(std::make_unique<Kinds>(host)), ...);
    return made;
}

}  // namespace

std::vector<std::unique_ptr<Study>> make_studies(StudyHost& host) {
    return each_of<AgreementStudy, PresentationStudy, StabilityStudy, EvidenceStudy, SeenStudy,
                   AtlasStudy, CompareStudy>(host);
}

}  // namespace dfd::ui
