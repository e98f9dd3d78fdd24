// Compares the results of two pictures: their scores, facts and metadata. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"
#include "core/picture/pixels/registration.h"

namespace dfd {

/// One side of a comparison.
struct ComparedPicture {
    std::string name;         ///< raw bytes of a path, or a label
    Examination examination;  ///< from Decoded on; without an opinion there are no scores
    ScoredBy by;              ///< what scored it
    QuestionBands bands;
};

enum class ComparedKind {
    Answer,    ///< the panel's answer to a question
    Expert,    ///< the score of an expert
    Fact,      ///< a fact about the file
    Origin,    ///< a statement of the file about its origin
    Metadata,  ///< an entry of its metadata
};

/// The same thing of both pictures, as text in the language in use; empty where one lacks it.
struct ComparedLine {
    ComparedKind kind = ComparedKind::Fact;
    std::string name;
    std::string first, second;
    [[nodiscard]] bool differs() const { return first != second; }
};

/// All lines, equal ones too, in the order of ComparedKind.
[[nodiscard]] std::vector<ComparedLine> compared_lines(const ComparedPicture& first,
                                                       const ComparedPicture& second);

/// How the second picture lies over the first, and how much they differ there.
[[nodiscard]] std::string registration_sentence(const Registration& found);

/// The sentence, then the lines that differ; ends with a line break.
[[nodiscard]] std::string comparison_text(const Registration& found,
                                          const std::vector<ComparedLine>& lines);

/// One JSON object on one line: pictures [{path, sha256}], registration {laid, scale, degrees,
/// right, down, likeness, share_covered, mean_difference, share_differing}, lines [{kind, name,
/// first, second, differs}]. English always.
[[nodiscard]] std::string comparison_json(const ComparedPicture& first,
                                          const ComparedPicture& second, const Registration& found);

/// The difference as a picture: grey, black where there is none, brighter by `gain`; blue where the
/// second picture does not reach.
[[nodiscard]] Pixels difference_picture(const Registration& found, double gain = 4);

}  // namespace dfd
