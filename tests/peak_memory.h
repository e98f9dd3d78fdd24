// How much a piece of code adds to the peak memory of the process.
#pragma once

#include <cstdint>
#include <optional>

#include "app/bench/peak_memory.h"

namespace dfd::test {

/// In bytes. None where the system does not tell, and under sanitizers, which keep freed memory.
template <class Work>
[[nodiscard]] std::optional<std::int64_t> added_peak(const Work& work) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    work();
    return std::nullopt;
#else
    const bool known = reset_peak_memory();
    const std::int64_t before = peak_memory();
    work();
    if (!known || before == 0)
        return std::nullopt;
    return peak_memory() - before;
#endif
}

}  // namespace dfd::test
