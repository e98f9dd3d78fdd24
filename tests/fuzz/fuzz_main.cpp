// libFuzzer's entry. A reader refuses an input by an exception of ours; anything else is a finding.
#include <stdexcept>

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        dfd::fuzz::run_one({data, size});
    } catch (const std::runtime_error&) {  // PictureError, CheckpointError, PanelError, ...
    }
    return 0;
}
