// A question that a panel answers. Plain C++.
#pragma once

#include <string>

namespace dfd {

/// A panel that asks one question has none of these: it asks whether the picture is fake.
struct Question {
    std::string id;    ///< short and unique in the panel, for files and exports: "generated"
    std::string text;  ///< with a question mark: "Made by a generator?"
    std::string fake;  ///< what a high score supports, a sentence
    std::string real;  ///< what a low score supports, a sentence
};

}  // namespace dfd
