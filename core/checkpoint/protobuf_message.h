// Reads protocol buffer messages as data, without a schema. Plain C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace dfd {

/// What is wrong with the bytes, as the middle of a sentence.
struct ProtobufDamaged {
    std::string why;
};

/// Reads the fields of one protocol buffer message in order. Throws ProtobufDamaged.
class ProtobufMessage {
  public:
    using Bytes = std::span<const char>;

    explicit ProtobufMessage(Bytes bytes) : rest_(bytes) {}

    /// Moves to the next field. False at the end.
    bool next() {
        if (rest_.empty())
            return false;
        const auto key = varint();
        field_ = key >> 3;
        content_ = {};
        switch (key & 7) {
            case 0:
                value_ = varint();
                break;
            case 1:
                content_ = take(8);
                break;
            case 2:
                content_ = take(varint());
                break;
            case 5:
                content_ = take(4);
                break;
            default:
                throw ProtobufDamaged{"it has a field of an unknown kind"};
        }
        packed_ = (key & 7) == 2;
        return true;
    }
    [[nodiscard]] std::uint64_t field() const { return field_; }
    [[nodiscard]] std::uint64_t value() const { return value_; }
    [[nodiscard]] Bytes content() const { return content_; }
    [[nodiscard]] std::string text() const { return {content_.begin(), content_.end()}; }
    /// A repeated integer: one value, or a packed list.
    template <class Add>
    void integers(const Add& add) const {
        if (!packed_) {
            add(value_);
            return;
        }
        ProtobufMessage list(content_);
        while (!list.rest_.empty())
            add(list.varint());
    }

  private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (rest_.empty())
                break;
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_ = rest_.subspan(1);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80)
                return value;
        }
        throw ProtobufDamaged{"a number in it is not complete"};
    }
    Bytes take(std::uint64_t count) {
        if (count > rest_.size())
            throw ProtobufDamaged{"it ends in the middle of a field"};
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    Bytes rest_, content_;
    std::uint64_t field_ = 0, value_ = 0;
    bool packed_ = false;
};

}  // namespace dfd
