// Catalogues of translated sentences. What stands behind the first NUL is a sentence to look for.
#include "core/base/language.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const auto text = as_view(input);
    const auto end = text.find('\0');
    const auto catalogue = Catalogue::read_po(text.substr(0, end));
    const auto sentence = end == text.npos ? text : text.substr(end + 1);
    (void)catalogue.find(sentence);
    (void)catalogue.find(sentence, "a button", 2);
    (void)catalogue.find_filled(sentence);
}

}  // namespace dfd::fuzz
