#include "core/base/hexadecimal.h"

#include <array>
#include <random>

namespace dfd {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

int value_of(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const auto byte : bytes)
        text += {kDigits[byte >> 4], kDigits[byte & 15]};
    return text;
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of(kDigits) == std::string_view::npos;
}

bool is_sha256_hex(std::string_view text) {
    return text.size() == 64 && is_hex(text);
}

std::string random_id() {
    std::random_device source;
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes)
        byte = static_cast<std::uint8_t>(source());
    return to_hex(bytes);
}

std::vector<std::uint8_t> from_hex(std::string_view digits) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        const int high = value_of(digits[i]), low = value_of(digits[i + 1]);
        if (high < 0 || low < 0)
            break;
        bytes.push_back(static_cast<std::uint8_t>(16 * high + low));
    }
    return bytes;
}

}  // namespace dfd
