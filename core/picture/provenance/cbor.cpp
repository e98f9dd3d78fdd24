#include "core/picture/provenance/cbor.h"

namespace dfd::picture_detail {
namespace {

enum Type { kUnsigned, kNegative, kByteString, kText, kArray, kMap, kTag, kSimple };
constexpr int kDeepest = 16;

}  // namespace

std::optional<CborReader::Head> CborReader::head() const {
    const auto first = big_endian(bytes_, at_, 1);
    if (!first)
        return std::nullopt;
    Head head{static_cast<int>(*first >> 5), *first & 31, false, at_ + 1};
    if (head.value >= 24 && head.value <= 27) {
        const std::size_t size = std::size_t{1} << (head.value - 24);
        const auto value = big_endian(bytes_, at_ + 1, size);
        if (!value)
            return std::nullopt;
        head.value = *value;
        head.next += size;
    } else if (head.value > 27) {
        head.open_ended = true;
        if (head.value != 31)
            return std::nullopt;
    }
    return head;
}

std::optional<std::string> CborReader::text() {
    const auto item = head();
    if (!item || item->type != kText || item->open_ended || !has(bytes_, item->next, item->value))
        return std::nullopt;
    const Bytes text = part(bytes_, item->next, item->value);
    at_ = item->next + item->value;
    return std::string(text.begin(), text.end());
}

bool CborReader::skip(int depth) {
    const auto item = head();
    if (!item || depth > kDeepest)
        return false;
    at_ = item->next;
    if (item->type == kByteString || item->type == kText) {
        if (!item->open_ended) {
            const bool inside = has(bytes_, at_, item->value);
            at_ = inside ? at_ + item->value : bytes_.size();
            return inside;
        }
    } else if (item->type == kTag) {
        return !item->open_ended && skip(depth + 1);
    } else if (item->type != kArray && item->type != kMap) {
        return !item->open_ended;
    }
    if (item->open_ended) {
        while (big_endian(bytes_, at_, 1) != 0xFF)
            if (!skip(depth + 1))
                return false;
        ++at_;
        return true;
    }
    const int each = item->type == kMap ? 2 : 1;
    for (std::uint64_t i = 0; i < item->value; ++i) {  // bounded by the bytes
        for (int half = 0; half < each; ++half)
            if (!skip(depth + 1))
                return false;
    }
    return true;
}

bool CborReader::map(const std::function<void(const std::string& key, CborReader value)>& each) {
    const auto item = head();
    if (!item || item->type != kMap || item->open_ended)
        return false;
    at_ = item->next;
    for (std::uint64_t i = 0; i < item->value; ++i) {
        const auto key = text();
        if (!key && !skip())
            return false;
        if (key)
            each(*key, *this);
        if (!skip())
            return false;
    }
    return true;
}

bool CborReader::array(const std::function<void(CborReader item)>& each) {
    const auto item = head();
    if (!item || item->type != kArray || item->open_ended)
        return false;
    at_ = item->next;
    for (std::uint64_t i = 0; i < item->value; ++i) {
        each(*this);
        if (!skip())
            return false;
    }
    return true;
}

}  // namespace dfd::picture_detail
