// Reading a picture that several files may hold. For background threads.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"

namespace dfd::ui {

namespace source_detail {
[[nodiscard]] std::runtime_error has_changed(const Source& source);
[[nodiscard]] std::runtime_error nowhere();
}  // namespace source_detail

/// What `read` makes of the first of `sources` that can be read and whose `facts.sha256` is this
/// (hexadecimal; empty: any content will do). Blocks. Throws what is wrong with the first one, a
/// sentence; at once Cancelled and std::bad_alloc.
template <class Read>
[[nodiscard]] auto first_of(const std::vector<Source>& sources, const std::string& sha256,
                            const Read& read) {
    std::exception_ptr problem;
    for (const Source& source : sources) {
        try {
            auto found = read(source);
            if (sha256.empty() || found.facts.sha256 == sha256)
                return found;
            throw source_detail::has_changed(source);
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
    throw source_detail::nowhere();
}

/// The first of `sources` that can be read and has this SHA-256 (hexadecimal; empty: any content
/// will do). Blocks. Throws what is wrong with the first one, a sentence; std::bad_alloc.
[[nodiscard]] Picture read_first(const std::vector<Source>& sources, const std::string& sha256);

}  // namespace dfd::ui
