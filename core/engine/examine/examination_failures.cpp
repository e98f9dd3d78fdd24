#include "core/engine/examine/examination_failures.h"

#include <algorithm>
#include <new>
#include <string>

#include "core/base/language.h"
#include "core/engine/scoring/evaluator.h"

namespace dfd {

bool reads_whole(const PanelRecord& panel, bool everywhere) {
    return std::ranges::any_of(panel.experts, [&](const ExpertRecord& expert) {
        return expert.input.resize == Resize::Native && (everywhere || !expert.input.windows);
    });
}

Failure failure_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const PictureError& e) {
        return e.failure();
    } catch (const std::bad_alloc&) {
        return {failure_codes::kOutOfMemory,
                to_say("Not enough memory for this picture; close other programs, use a smaller "
                       "batch, or examine a smaller copy.")};
    } catch (const DeviceError& e) {
        return {failure_codes::kDevice, e.what()};
    } catch (const std::exception& e) {
        const InEnglish english;
        return {failure_codes::kInternal, say("Unexpected failure: %1", {e.what()})};
    } catch (...) {
        return {failure_codes::kInternal, to_say("Unexpected failure of an unknown kind.")};
    }
}

std::uint64_t bytes_to_examine(std::uint64_t pixels, const ExaminationNeeds& needs) {
    // Measured: resources/manual/numbers.md, "Memory".
    constexpr std::uint64_t kInWindows = std::uint64_t{300} << 20, kEachPixel = 24;
    // 50 to 58 in windows of 6 to 16 megapixels of the starter panel without its encoder, and what
    // the smallest needed besides. Not measured on other panels.
    constexpr std::uint64_t kEachPixelOfWhole = 72;
    // From one large PNG, which took 90 MB more with heatmaps; smaller ones are an estimate.
    constexpr std::uint64_t kMaps = std::uint64_t{100} << 20, kMapsEachPixel = 8;
    const std::uint64_t scoring =
        needs.whole ? kEachPixelOfWhole * pixels : std::min(kInWindows, kEachPixel * pixels);
    const std::uint64_t maps = needs.maps ? std::min(kMaps, kMapsEachPixel * pixels) : 0;
    return decoded_bytes(pixels) + std::max(scoring + maps, needs.decoder * pixels);
}

}  // namespace dfd
