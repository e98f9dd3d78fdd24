#include "core/casework/store/path_key.h"

#include <algorithm>

#include "core/base/text.h"

namespace dfd {
namespace {

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}
bool digit(char letter) {
    return letter >= '0' && letter <= '9';
}

}  // namespace

std::vector<std::uint8_t> path_key(const std::filesystem::path& path) {
    const std::string& text = path.native();
    std::vector<std::uint8_t> key;
    for (std::size_t i = 0; i < text.size();) {
        if (!digit(text[i])) {
            key.push_back(text[i] == '/' ? 1 : static_cast<std::uint8_t>(lower(text[i])));
            ++i;
            continue;
        }
        // A number: '0' for its place among other characters, then the count of its digits, then
        // these.
        std::size_t end = i;
        while (end < text.size() && digit(text[end]))
            ++end;
        while (i + 1 < end && text[i] == '0')
            ++i;
        key.push_back('0');
        key.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(end - i, 255)));
        key.insert(key.end(), text.begin() + static_cast<std::ptrdiff_t>(i),
                   text.begin() + static_cast<std::ptrdiff_t>(end));
        i = end;
    }
    return key;
}

std::string search_text(const std::string& text) {
    auto searched = printable(text, std::string::npos);
    std::transform(searched.begin(), searched.end(), searched.begin(), lower);
    return searched;
}

}  // namespace dfd
