// Generators' settings: their JSON, graphs and texts. The first byte says under which key.
#include "core/base/text.h"
#include "core/picture/provenance/generator_json.h"
#include "core/picture/provenance/origin.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    using namespace picture_detail;
    if (input.empty())
        return;
    constexpr const char* kKeys[] = {
        "parameters", "prompt",   "workflow",    "Comment",         "sd-metadata",
        "Dream",      "Software", "Description", "generation_data", "invokeai_metadata"};
    const std::string text(as_view(input.subspan(1)));
    const auto* const key = kKeys[input[0] % std::size(kKeys)];
    if (const auto hint = generation_hint({{"PNG text", key, text, false}}))
        require(is_utf8(hint->sentence) && is_utf8(hint->evidence));
    (void)software_hints({}, {{"PNG text", key, text, false}});
    (void)from_comfy_graph(object_of(text));
    (void)from_comfy_editor(object_of(text));
    (void)user_comment_text(input);
    require(is_utf8(text_of_latin1(input)));
    require(is_utf8(source_type(text).words));
}

}  // namespace dfd::fuzz
