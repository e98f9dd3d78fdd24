// The directory of zip files, zip64 included.
#include "core/checkpoint/zip_directory.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const InputAsFile file(input);
    const InputFile opened(file.path());
    for (const auto& entry : read_zip_directory(opened))
        require(entry.size <= input.size() && entry.offset <= input.size() - entry.size);
}

}  // namespace dfd::fuzz
