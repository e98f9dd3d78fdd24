// How the experts agree over many pictures, for one that lists them.
#pragma once

#include <QtGlobal>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/opinion/agreement.h"

namespace dfd::ui {

/// Immutable; computed off the UI thread.
struct AgreementView {
    explicit AgreementView(AgreementTable of) : table(std::move(of)) {}

    AgreementTable table;
    AgreementMatrix matrix;
    std::vector<std::string> titles;  ///< of the experts, for people
    std::vector<qint64> ids;          ///< pictures: ids in the list or the case
    std::vector<std::string> names;   ///< file names (raw bytes) or labels
    /// A question's answer to a picture. A panel that asks one question has one of these.
    struct Answer {
        double score = 0;    ///< the panel's
        double dispute = 0;  ///< mutual information in bits
    };
    std::vector<std::vector<Answer>> answers;  ///< of each picture, by question
    std::vector<std::size_t> disputed;         ///< of each picture: the question disputed most
    /// Of each picture: the experts that are on another side than all others of their question.
    std::vector<std::vector<std::size_t>> alone;
    std::vector<std::string> questions;    ///< their texts; empty if the panel asks one
    std::vector<std::size_t> question_of;  ///< by expert

    [[nodiscard]] const Answer& most_disputed(std::size_t picture) const {
        return answers[picture][disputed[picture]];
    }
};
using AgreementViewPtr = std::shared_ptr<const AgreementView>;

/// Runs on another thread. Null if it was stopped; throws an exception with a sentence.
using ComputeAgreement = std::function<AgreementViewPtr(const std::stop_token&)>;

}  // namespace dfd::ui
