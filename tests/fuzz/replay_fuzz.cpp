// Replay records.
#include "core/engine/replay/replay_record.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const InputAsFile file(input);
    const auto record = read_replay_record(file.path());
    require(!replay_record_json(record).empty());
}

}  // namespace dfd::fuzz
