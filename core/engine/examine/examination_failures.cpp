#include "core/engine/examine/examination_failures.h"

#include <algorithm>
#include <new>
#include <string>

#include "core/base/formatted.h"
#include "core/base/wording.h"
#include "core/engine/examine/examiner.h"

namespace dfd {
namespace {

std::string megapixels(std::uint64_t pixels) {
    return formatted("%.1f", static_cast<double>(pixels) / 1e6);
}

}  // namespace

void refuse_for_memory(std::uint64_t pixels, std::uint64_t needed, std::uint64_t available) {
    throw PictureError({failure_codes::kOutOfMemory,
                        "Examining this picture of " + megapixels(pixels) +
                            " megapixels needs about " + size_text(needed) +
                            " of memory, but only " + size_text(available) +
                            " are free; close other programs, allow more memory, or examine a "
                            "smaller copy."});
}

Failure failure_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const PictureError& e) {
        return e.failure();
    } catch (const std::bad_alloc&) {
        return {failure_codes::kOutOfMemory,
                "Not enough memory for this picture; close other programs, use a smaller "
                "batch, or examine a smaller copy."};
    } catch (const DeviceError& e) {
        return {failure_codes::kDevice, e.what()};
    } catch (const std::exception& e) {
        return {failure_codes::kInternal, std::string("Unexpected failure: ") + e.what()};
    } catch (...) {
        return {failure_codes::kInternal, "Unexpected failure of an unknown kind."};
    }
}

std::uint64_t bytes_to_decode_and_examine(std::uint64_t pixels, std::uint64_t besides) {
    // Measured: resources/manual/numbers.md, "Memory".
    constexpr std::uint64_t kBesides = std::uint64_t{300} << 20, kBesidesEachPixel = 24;
    return decoded_bytes(pixels) +
           std::max(std::min(kBesides, kBesidesEachPixel * pixels), besides * pixels);
}

}  // namespace dfd
