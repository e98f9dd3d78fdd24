// As much of CBOR (RFC 8949) as it takes to find a few texts in a map.
// Internal to core/picture/provenance.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// Walks items in order. Every read is bounded by the bytes; after a failure nothing more is read.
class CborReader {
  public:
    explicit CborReader(Bytes bytes) : bytes_(bytes) {}

    /// The next item if it is text of known length (as it stands); otherwise nothing, and the item
    /// stays.
    std::optional<std::string> text();
    /// Goes past the next item, whatever it is; false when it is broken or too deeply nested.
    bool skip(int depth = 0);
    /// If the next item is a map of known length: calls `each` with every key that is text, the
    /// reader standing at its value, which `each` may read or leave. False when it is no such map.
    bool map(const std::function<void(const std::string& key, CborReader value)>& each);
    /// The same for the items of an array.
    bool array(const std::function<void(CborReader item)>& each);

  private:
    struct Head {
        int type = 0;  ///< CBOR's major type
        std::uint64_t value = 0;
        bool open_ended = false;
        std::size_t next = 0;
    };
    [[nodiscard]] std::optional<Head> head() const;

    Bytes bytes_;
    std::size_t at_ = 0;
};

}  // namespace dfd::picture_detail
