// Reads a picture of which several files may be copies. For background threads.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"

namespace dfd::ui {

namespace source_detail {
[[nodiscard]] std::runtime_error changed_error(const Source& source);
[[nodiscard]] std::runtime_error no_source_error();
}  // namespace source_detail

/// Calls `read` for one source after the other and returns the first result whose `facts.sha256`
/// equals `sha256` (hexadecimal; empty accepts any content). Blocks. If none succeeds, throws the
/// problem of the first source. Throws Cancelled and std::bad_alloc at once.
template <class Read>
[[nodiscard]] auto first_matching(const std::vector<Source>& sources, const std::string& sha256,
                                  const Read& read) {
    std::exception_ptr problem;
    for (const Source& source : sources) {
        try {
            auto found = read(source);
            if (sha256.empty() || found.facts.sha256 == sha256)
                return found;
            throw source_detail::changed_error(source);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception&) {
            if (!problem)
                problem = std::current_exception();
        }
    }
    if (problem)
        std::rethrow_exception(problem);
    throw source_detail::no_source_error();
}

/// The first of `sources` that can be read and has this SHA-256 (hexadecimal; empty accepts any
/// content). Blocks. Throws the problem of the first source, with a sentence, or std::bad_alloc.
[[nodiscard]] Picture read_first(const std::vector<Source>& sources, const std::string& sha256);

}  // namespace dfd::ui
