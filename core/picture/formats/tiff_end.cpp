// Where a TIFF ends: behind the last byte that one of its directories refers to.
#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "core/picture/formats/containers.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kMostDirectories = 10'000;
constexpr std::uint64_t kMostNumbers = 1 << 23;  // fields and offsets, in all directories

enum Tag : std::uint16_t {
    kCompression = 259,
    kImageDescription = 270,
    kStripOffsets = 273,
    kStripSizes = 279,
    kFreeOffsets = 288,
    kFreeSizes = 289,
    kTileOffsets = 324,
    kTileSizes = 325,
    kSubDirectories = 330,
    kGlobalParameters = 400,
    kJpegOffset = 513,
    kJpegSize = 514,
    kExif = 34665,
    kGps = 34853,
    kInteroperability = 40965,
};

constexpr std::array<std::pair<Tag, Tag>, 4> kOffsetsAndSizes = {{{kStripOffsets, kStripSizes},
                                                                  {kFreeOffsets, kFreeSizes},
                                                                  {kTileOffsets, kTileSizes},
                                                                  {kJpegOffset, kJpegSize}}};
constexpr std::array kDirectories = {kSubDirectories, kGlobalParameters, kExif, kGps,
                                     kInteroperability};

/// Visits directories and remembers the farthest byte.
class Walk {
  public:
    explicit Walk(Bytes tiff)
        : tiff_(tiff),
          little_(text_at(tiff, 0, "II")),
          wide_(number(2, 2) == 43 ? std::size_t{8} : std::size_t{4}) {}

    /// 0 where something that the directories hold does not tell.
    std::size_t end() {
        std::vector<std::uint64_t> waiting{number(wide_, wide_)};
        std::set<std::uint64_t> seen;
        while (!waiting.empty() && known_) {
            const std::uint64_t at = waiting.back();
            waiting.pop_back();
            if (at == 0 || at >= tiff_.size() || !seen.insert(at).second)
                continue;
            if (seen.size() > kMostDirectories)
                return 0;
            visit(at, waiting);
        }
        return known_ ? static_cast<std::size_t>(std::min<std::uint64_t>(end_, tiff_.size())) : 0;
    }

  private:
    struct Field {
        std::uint64_t at = 0;  ///< of its values
        std::uint64_t count = 0;
        std::size_t size = 0;  ///< of a value
    };

    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t count) const {
        return (little_ ? little_endian(tiff_, at, count) : big_endian(tiff_, at, count))
            .value_or(0);
    }
    [[nodiscard]] std::uint64_t value(const Field& field, std::uint64_t index) const {
        return number(field.at + index * field.size, field.size);
    }
    void reach(std::uint64_t at, std::uint64_t size) {
        if (at <= tiff_.size())
            end_ = std::max(end_, at + std::min<std::uint64_t>(size, tiff_.size() - at));
    }

    /// Overlapping directories may not make the walk long.
    bool too_many(std::uint64_t more) {
        numbers_ += more;
        known_ = known_ && numbers_ <= kMostNumbers;
        return !known_;
    }

    void visit(std::uint64_t at, std::vector<std::uint64_t>& waiting) {
        const std::size_t head = wide_ == 8 ? 8 : 2;
        const std::size_t entry = wide_ == 8 ? 20 : 12;
        const std::uint64_t fields = number(at, head);
        if (fields > tiff_.size() / entry || too_many(fields))
            return;
        std::vector<std::pair<std::uint64_t, Field>> found;
        for (std::uint64_t i = 0; i < fields; ++i) {
            const std::uint64_t place = at + head + i * entry;
            Field field;
            field.size = tiff_value_size(number(place + 2, 2));
            field.count = number(place + 4, wide_);
            if (field.size == 0 || field.count > tiff_.size())
                continue;
            const std::uint64_t bytes = field.count * field.size;
            field.at = bytes <= wide_ ? place + 4 + wide_ : number(place + 4 + wide_, wide_);
            if (bytes > wide_)
                reach(field.at, bytes);
            found.emplace_back(number(place, 2), field);
        }
        const std::uint64_t next = at + head + fields * entry;
        reach(at, next + wide_ - at);
        waiting.push_back(number(next, wide_));
        follow(found, waiting);
    }

    void follow(const std::vector<std::pair<std::uint64_t, Field>>& found,
                std::vector<std::uint64_t>& waiting) {
        const auto field = [&](std::uint64_t tag) -> const Field* {
            const auto place =
                std::ranges::find(found, tag, [](const auto& one) { return one.first; });
            return place == found.end() ? nullptr : &place->second;
        };
        for (const auto& [offsets_tag, sizes_tag] : kOffsetsAndSizes) {
            const Field* offsets = field(offsets_tag);
            const Field* sizes = field(sizes_tag);
            if (offsets == nullptr)
                continue;
            // Old files leave the sizes out.
            if (sizes == nullptr || sizes->count < offsets->count)
                known_ = false;
            if (!known_ || too_many(offsets->count))
                return;
            for (std::uint64_t i = 0; i < offsets->count; ++i)
                reach(value(*offsets, i), value(*sizes, i));
        }
        for (const Tag tag : kDirectories) {
            const Field* list = field(tag);
            if (list == nullptr || too_many(list->count))
                continue;
            for (std::uint64_t i = 0; i < list->count; ++i)
                waiting.push_back(value(*list, i));
        }
        // JPEG of TIFF 6.0 has tables anywhere, and ImageJ's stacks have slices that no directory
        // names.
        constexpr std::uint64_t kOldJpeg = 6;
        const Field* compression = field(kCompression);
        const Field* description = field(kImageDescription);
        if ((compression != nullptr && value(*compression, 0) == kOldJpeg) ||
            (description != nullptr && text_at(tiff_, description->at, "ImageJ=")))
            known_ = false;
    }

    Bytes tiff_;
    bool little_;
    std::size_t wide_;  ///< bytes of an offset: 4, or 8 in a BigTIFF
    std::uint64_t end_ = 0;
    std::uint64_t numbers_ = 0;
    bool known_ = true;
};

}  // namespace

std::size_t tiff_end(Bytes tiff) {
    const std::size_t end = Walk(tiff).end();
    // Cloud-optimised files repeat the last four bytes of a tile behind it; others round up.
    constexpr std::size_t kFiller = 4;
    return end > 0 && tiff.size() - end <= kFiller ? tiff.size() : end;
}

}  // namespace dfd::picture_detail
