// A question that a panel answers. Plain C++.
#pragma once

#include <string>

#include "core/base/language.h"

namespace dfd {

/// A panel that asks one question has none of these: it asks whether the picture is fake. A panel's
/// own texts are English and said where they are shown; those below have translations, and so have
/// the ids where people read them.
struct Question {
    std::string id;    ///< short and unique in the panel, for files and exports: "generated"
    std::string text;  ///< with a question mark: "Made by a generator?"
    std::string fake;  ///< what a high score supports, a sentence
    std::string real;  ///< what a low score supports, a sentence
};

/// What the bundled panel asks.
inline constexpr const char* kBundledTexts[] = {
    to_say("generated"),
    to_say("Made by a generator?"),
    to_say("The whole picture was made by a generator."),
    to_say("The picture is a photograph that no generator made."),
    to_say("edited"),
    to_say("Edited in places?"),
    to_say("A part of the picture was pasted, removed, retouched or synthesised."),
    to_say("The picture is as it was taken, apart from processing of the whole: size, tone, "
           "sharpening, recompression.")};

}  // namespace dfd
