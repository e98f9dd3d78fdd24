// The sample pictures that come with the program, recognised by their bytes. Plain C++.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dfd {

/// A sample picture. This project rendered all of them, and edited some.
struct SamplePicture {
    const char* file;    ///< its name in resources/samples
    const char* sha256;  ///< of the file's bytes, lower-case hexadecimal
    const char* words;   ///< what it is: a sentence in English, to be said
};

[[nodiscard]] std::span<const SamplePicture> sample_pictures();

/// What the file with this digest is, in the language in use; empty unless it is a sample. With the
/// starter panel's scores also what these are worth for a rendering.
[[nodiscard]] std::string sample_words(std::string_view sha256, bool scored_by_starter);

}  // namespace dfd
