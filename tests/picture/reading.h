// Reading a test's file with nothing on standard error, and what is said about it.
#pragma once

#include <algorithm>
#include <string>

#include "core/picture/picture.h"
#include "tests/picture/corpus.h"
#include "tests/picture/quiet_stderr.h"

namespace dfd::corpus {

[[nodiscard]] inline Picture read(const File& file, Provenance provenance = Provenance::Sought) {
    const test::QuietStderr quiet;
    return decode_picture(file, {}, provenance);
}

/// Whether one of the warnings has these words.
[[nodiscard]] inline bool warns(const Picture& picture, const std::string& words) {
    return std::ranges::any_of(picture.warnings, [&](const std::string& text) {
        return text.find(words) != std::string::npos;
    });
}

[[nodiscard]] inline bool declares_generated(const Picture& picture) {
    return std::ranges::any_of(picture.facts.provenance, &ProvenanceHint::declares_generated);
}

/// Empty if the bytes were decoded.
[[nodiscard]] inline Failure failure_of(const File& file) {
    const test::QuietStderr quiet;
    try {
        (void)decode_picture(file);
    } catch (const PictureError& error) {
        return error.failure();
    }
    return {};
}

}  // namespace dfd::corpus
