// A minimal CBOR reader (RFC 8949) for finding texts in maps.
// Internal to core/picture/provenance.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// Reads items in order. Every read is bounds-checked; after a failure nothing more is read.
class CborReader {
  public:
    explicit CborReader(Bytes bytes) : bytes_(bytes) {}

    /// Reads the next item if it is text of definite length. Otherwise returns nullopt and does not
    /// advance. The text is not validated.
    std::optional<std::string> text();
    /// Skips the next item. False when it is broken or too deeply nested.
    bool skip(int depth = 0);
    /// If the next item is a map of definite length, calls `each` for every text key with a reader
    /// at its value. `each` need not read it. False when it is not such a map or is broken.
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
