// The items of a HEIF file that hold metadata: which there are (iinf) and where they are (iloc).
#include <algorithm>
#include <map>

#include "core/picture/formats/containers.h"

namespace dfd::picture_detail {
namespace {

using Items = std::map<std::uint64_t, HeifItem>;  // by their numbers

constexpr std::size_t kMostItems = 32;
constexpr std::size_t kWidestNumber = 8;

std::string_view text_to_zero(Bytes bytes) {
    const auto zero = std::ranges::find(bytes, std::uint8_t{0});
    return {reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::size_t>(zero - bytes.begin())};
}

/// A cursor over numbers; every number behind the end is nothing.
class Numbers {
  public:
    explicit Numbers(Bytes bytes) : bytes_(bytes) {}
    [[nodiscard]] std::uint64_t next(std::size_t size) {
        const auto number = big_endian(bytes_, at_, size);
        at_ = number ? at_ + size : bytes_.size();
        past_end_ = past_end_ || !number;
        return number.value_or(0);
    }
    void skip(std::size_t count) {
        past_end_ = past_end_ || !has(bytes_, at_, count);
        at_ = past_end_ ? bytes_.size() : at_ + count;
    }
    [[nodiscard]] bool past_end() const { return past_end_; }

  private:
    Bytes bytes_;
    std::size_t at_ = 0;
    bool past_end_ = false;
};

/// The items of the two types.
Items named_items(Bytes list) {
    Items items;
    const std::size_t count_size = list.empty() || list[0] == 0 ? 2 : 4;
    each_box(part(list, 4 + count_size), [&](std::string_view type, Bytes entry) {
        if (type != "infe" || entry.empty() || entry[0] < 2 || items.size() >= kMostItems)
            return;
        const std::size_t id_size = entry[0] == 2 ? 2 : 4;
        const std::size_t type_at = 4 + id_size + 2;  // a protection's number in between
        const bool exif = text_at(entry, type_at, "Exif");
        if (!exif && !text_at(entry, type_at, "mime"))
            return;
        HeifItem item;
        item.type = exif ? "Exif" : "mime";
        if (!exif) {
            const std::size_t name_at = type_at + 4;
            const std::size_t name = text_to_zero(part(entry, name_at)).size();
            item.content_type = text_to_zero(part(entry, name_at + name + 1));
        }
        items.emplace(*big_endian(entry, 4, id_size), std::move(item));
    });
    return items;
}

/// Bytes of the numbers that tell of an extent.
struct ExtentSizes {
    std::size_t index = 0, offset = 0, length = 0;
};

/// Appends an item's extents to its data. `numbers` stands at the first one.
void read_extents(Bytes source, std::uint64_t base, std::size_t extents, const ExtentSizes& sizes,
                  std::size_t most, Numbers& numbers, HeifItem& item) {
    for (std::size_t i = 0; i < extents; ++i) {
        numbers.skip(sizes.index);
        const std::uint64_t offset = base + numbers.next(sizes.offset);
        const std::uint64_t length = numbers.next(sizes.length);
        const Bytes data = part(source, offset, sizes.length == 0 ? SIZE_MAX : length);
        item.whole = item.whole && !numbers.past_end() && data.size() >= length;
        const Bytes kept = part(data, 0, most - std::min(most, item.data.size()));
        item.data.insert(item.data.end(), kept.begin(), kept.end());
    }
}

/// Hands over the items that the list of places tells of, and removes them from `items`.
void each_placed(Bytes heif, Bytes all, std::size_t most, Items& items,
                 const std::function<void(const HeifItem& item)>& each) {
    const Bytes places = child_box(all, "iloc");
    if (!has(places, 0, 6))
        return;
    const unsigned version = places[0];
    const std::size_t base_size = places[5] >> 4U;
    const ExtentSizes sizes{version == 0 ? std::size_t{0} : std::size_t{places[5] & 15U},
                            std::size_t{places[4]} >> 4U, std::size_t{places[4] & 15U}};
    if (version > 2 ||
        std::max({sizes.index, sizes.offset, sizes.length, base_size}) > kWidestNumber)
        return;
    const std::size_t id_size = version < 2 ? 2 : 4;
    const Bytes in_box = child_box(all, "idat");
    Numbers numbers(part(places, 6));
    for (std::uint64_t left = numbers.next(id_size); left > 0 && !items.empty(); --left) {
        const auto found = items.find(numbers.next(id_size));
        const std::uint64_t method = version == 0 ? 0 : numbers.next(2) & 15U;
        const std::uint64_t other_file = numbers.next(2);
        const std::uint64_t base = numbers.next(base_size);
        const auto extents = static_cast<std::size_t>(numbers.next(2));
        if (numbers.past_end())
            return;
        if (found == items.end() || method > 1 || other_file != 0) {
            numbers.skip(extents * (sizes.index + sizes.offset + sizes.length));
            continue;
        }
        read_extents(method == 0 ? heif : in_box, base, extents, sizes, most, numbers,
                     found->second);
        each(found->second);
        items.erase(found);
    }
}

}  // namespace

void each_heif_item(Bytes heif, std::size_t most,
                    const std::function<void(const HeifItem& item)>& each) {
    const Bytes all = heif_descriptions(heif);
    Items items = named_items(child_box(all, "iinf"));
    each_placed(heif, all, most, items, each);
    for (auto& [id, item] : items) {
        item.whole = false;
        each(item);
    }
}

}  // namespace dfd::picture_detail
