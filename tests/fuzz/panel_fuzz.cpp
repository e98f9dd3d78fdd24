// panel.json.
#include <fstream>

#include "core/panel/panel_record.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    static const test::TemporaryFolder folder;
    std::ofstream(folder / "panel.json", std::ios::binary) << as_view(input);
    const auto panel = read_panel(folder.path());
    require(!panel.experts.empty());
    for (const auto& expert : panel.experts)
        require(panel.questions.empty() || expert.question < panel.questions.size());
}

}  // namespace dfd::fuzz
