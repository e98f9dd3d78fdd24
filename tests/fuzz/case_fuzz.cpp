// Recognising and opening what may be a case.
#include <fstream>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/store/case_recognition.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    static const test::TemporaryFolder folder;
    const auto path = folder / "input";
    std::ofstream(path, std::ios::binary) << as_view(input);
    if (!is_case_file(path))
        return;
    const CaseFile file(path, CaseAccess::Read);
    (void)count_exhibits(file);
    for (const auto& row : exhibit_rows(file, find_exhibits(file)))
        (void)row;
}

}  // namespace dfd::fuzz
