#include "core/panel/safetensors.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/digest.h"
#include "core/base/wording.h"
#include "core/checkpoint/impostor.h"
#include "core/checkpoint/tensor_checks.h"

namespace dfd {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

using nlohmann::json;

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPiece = 4u << 20;

struct TypeName {
    const char* name;
    torch::ScalarType type;
};
constexpr std::array<TypeName, 10> kTypes{{{"F64", torch::kFloat64},
                                           {"F32", torch::kFloat32},
                                           {"F16", torch::kFloat16},
                                           {"BF16", torch::kBFloat16},
                                           {"I64", torch::kInt64},
                                           {"I32", torch::kInt32},
                                           {"I16", torch::kInt16},
                                           {"I8", torch::kInt8},
                                           {"U8", torch::kUInt8},
                                           {"BOOL", torch::kBool}}};

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
    throw CheckpointError(quoted(file) + " " + what);
}

/// Parses the JSON header. Refuses what a parser would silently accept: repeated names, deep
/// nesting.
json parse_header(std::string_view text, const std::filesystem::path& file) {
    std::set<std::string> names;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > 3)
            fail(file, "has a header nested deeper than safetensors allows. Fetch it again.");
        if (depth == 1 && event == json::parse_event_t::key &&
            !names.insert(parsed.get<std::string>()).second)
            fail(file, "lists the tensor " + quoted_name(parsed.get<std::string>()) +
                           " twice in its header. Get it from its authors again.");
        return true;
    };
    try {
        auto header = json::parse(text, watch);
        if (header.is_object())
            return header;
    } catch (const json::exception&) {
    }
    fail(file,
         "has a damaged header: it is not the JSON object of a safetensors file. Fetch it again.");
}

struct Entry {
    std::string name;
    torch::ScalarType type{};
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0;
};

std::vector<std::int64_t> read_shape(const json& value) {
    std::vector<std::int64_t> shape;
    for (const auto& size : value) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > (std::uint64_t{1} << 62))
            return {-1};
        shape.push_back(size.get<std::int64_t>());
    }
    return shape;
}

Entry read_entry(const std::string& name, const json& value, std::uint64_t data_size,
                 const std::filesystem::path& file) {
    const auto refuse = [&](const std::string& why) {
        fail(file, "has an invalid entry for the tensor " + quoted_name(name) + ": " + why +
                       ". The file is damaged; fetch it again.");
    };
    const auto field = [&](const char* key, bool (json::*is)() const noexcept) -> const json& {
        const auto found = value.is_object() ? value.find(key) : value.end();
        if (!value.is_object() || found == value.end() || !((*found).*is)())
            refuse(std::string("its field \"") + key + "\" is missing or has the wrong type");
        return *found;
    };
    Entry entry;
    entry.name = name;
    const auto dtype = field("dtype", &json::is_string).get<std::string>();
    const auto type =
        std::ranges::find_if(kTypes, [&](const auto& each) { return dtype == each.name; });
    if (type == kTypes.end())
        refuse("its element type " + quoted_name(dtype) + " is not supported");
    entry.type = type->type;
    entry.shape = read_shape(field("shape", &json::is_array));
    const auto elements = checked_elements(entry.shape);
    if (elements < 0 || entry.shape.size() > 32)
        refuse("its shape is invalid");
    const auto& offsets = field("data_offsets", &json::is_array);
    if (offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
        refuse("its data offsets are not two unsigned integers");
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    if (entry.begin > entry.end || entry.end > data_size)
        refuse("its data ends at " + std::to_string(entry.end) + " of " +
               std::to_string(data_size) + " bytes");
    const auto need = static_cast<unsigned __int128>(elements) * c10::elementSize(entry.type);
    if (need != entry.end - entry.begin)
        refuse("shape " + shape_text(entry.shape) + " of " + dtype + " does not fill its " +
               std::to_string(entry.end - entry.begin) + " bytes");
    return entry;
}

torch::Tensor view_of(const std::shared_ptr<const FileMapping>& mapping, std::uint8_t* data,
                      const Entry& entry, const std::filesystem::path& file) {
    const auto bytes = static_cast<std::size_t>(entry.end - entry.begin);
    if (entry.type == torch::kBool &&
        std::any_of(data, data + bytes, [](std::uint8_t b) { return b > 1; }))
        fail(file, "has bytes other than 0 and 1 in the tensor " + quoted_name(entry.name) +
                       " of booleans. Fetch it again.");
    const auto options = torch::TensorOptions().dtype(entry.type);
    if (bytes == 0)
        return torch::empty(entry.shape, options);
    if (reinterpret_cast<std::uintptr_t>(data) % c10::elementSize(entry.type) != 0) {
        auto copy = torch::empty(entry.shape, options);
        std::memcpy(copy.data_ptr(), data, bytes);
        return copy;
    }
    return torch::from_blob(
        data, entry.shape, [mapping](void*) {}, options);
}

Metadata read_metadata(const json& value, const std::filesystem::path& file) {
    Metadata metadata;
    if (!value.is_object())
        fail(file, "has \"__metadata__\" that is not an object of strings. Fetch it again.");
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string())
            fail(file, "has the metadata entry " + quoted_name(key) +
                           ", which is not a string. Fetch it again.");
        metadata[key] = text.get<std::string>();
    }
    return metadata;
}

[[noreturn]] void fail_write(const std::filesystem::path& file, std::uint64_t size,
                             const std::error_code& error) {
    if (error.value() == ENOSPC || error.value() == EDQUOT)
        fail(file, "could not be written: the disk is full. It needs " + size_text(size) +
                       "; free some space and try again.");
    fail(file, "could not be written: " + error.message() +
                   ". Check that the folder exists and may be written to.");
}

}  // namespace

Safetensors read_safetensors(const std::filesystem::path& path) {
    const InputFile file(path);
    return read_safetensors(file.map(0, file.size()), path);
}

Safetensors read_safetensors(const std::shared_ptr<const FileMapping>& mapping,
                             const std::filesystem::path& file) {
    const auto size = mapping->size();
    const std::string_view bytes(reinterpret_cast<const char*>(mapping->data()), size);
    if (const auto sentence = impostor_sentence(file, bytes, size))
        throw CheckpointError(*sentence);
    std::uint64_t header_size = 0;
    if (size < sizeof header_size + 2)
        fail(file,
             "is too small (" + size_text(size) + ") for a safetensors file. Fetch it again.");
    std::memcpy(&header_size, bytes.data(), sizeof header_size);
    if (header_size > kLargestHeader || bytes[8] != '{')
        fail(file, "is not a safetensors file. Choose a .safetensors file.");
    if (header_size > size - sizeof header_size)
        fail(file, "is cut off inside its header. Fetch it again.");

    const auto header = parse_header(bytes.substr(8, header_size), file);
    const auto data_size = size - 8 - header_size;
    Safetensors result;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__")
            result.metadata = read_metadata(value, file);
        else
            entries.push_back(read_entry(name, value, data_size, file));
    }
    std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t expected = 0;
    for (const auto& entry : entries) {
        if (entry.begin != expected)
            fail(file, "has data of the tensor " + quoted_name(entry.name) +
                           " that overlaps another's or leaves a gap. Fetch it again.");
        expected = entry.end;
    }
    if (expected != data_size)
        fail(file, "has " + std::to_string(data_size - expected) +
                       " bytes that belong to no tensor. Fetch it again.");
    auto* data = mapping->data() + 8 + header_size;
    for (const auto& entry : entries)
        result.tensors.emplace_back(entry.name, view_of(mapping, data + entry.begin, entry, file));
    return result;
}

std::string write_safetensors(const std::filesystem::path& file, const StateDict& tensors,
                              const Metadata& metadata, const ReadProgress& progress) {
    // Tensors of a multiple of 64 bytes come first: they keep each other aligned without the gaps
    // that the format forbids. The rest follow by decreasing element size, so that every element is
    // aligned.
    std::vector<const StateDict::value_type*> order;
    for (const auto& item : tensors)
        order.push_back(&item);
    const auto rank = [](const StateDict::value_type* item) -> std::size_t {
        return item->second.nbytes() % kAlignment == 0 ? 0 : 9 - item->second.element_size();
    };
    std::ranges::stable_sort(order, {}, rank);

    auto header = nlohmann::ordered_json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t data_size = 0;
    for (const auto* item : order) {
        const auto& [name, tensor] = *item;
        const auto type = std::ranges::find_if(
            kTypes, [&](const auto& each) { return each.type == tensor.scalar_type(); });
        if (type == kTypes.end() || name == "__metadata__" || header.contains(name))
            fail(file, "cannot be written: the tensor " + quoted_name(name) +
                           " has a name or an element type that safetensors does not allow.");
        const auto end = data_size + tensor.nbytes();
        header[name] = {{"dtype", type->name},
                        {"shape", tensor.sizes().vec()},
                        {"data_offsets", {data_size, end}}};
        data_size = end;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const nlohmann::json::exception&) {
        fail(file, "cannot be written: a tensor's name or the metadata is not valid UTF-8.");
    }
    text.append((kAlignment - (8 + text.size()) % kAlignment) % kAlignment, ' ');
    const std::uint64_t header_size = text.size();

    const auto total = 8 + header_size + data_size;
    try {
        AtomicFile out(file);
        Sha256 digest;
        const auto write = [&](const void* data, std::size_t bytes) {
            const std::span piece(static_cast<const std::uint8_t*>(data), bytes);
            digest.add(piece);
            out.write(piece);
        };
        write(&header_size, sizeof header_size);
        write(text.data(), text.size());
        std::uint64_t done = 8 + header_size;
        for (const auto* item : order) {
            const auto flat = item->second.detach().to(torch::kCPU).contiguous();
            const auto* data = static_cast<const std::uint8_t*>(flat.data_ptr());
            for (std::size_t at = 0; at < flat.nbytes(); at += kPiece) {
                if (progress)
                    progress(done, total, item->first);
                const auto piece = std::min(kPiece, flat.nbytes() - at);
                write(data + at, piece);
                done += piece;
            }
        }
        if (progress)
            progress(done, total, "");
        out.put_in_place();
        sync_folder(file.has_parent_path() ? file.parent_path() : ".");
        return digest.hex();
    } catch (const std::system_error& error) {
        fail_write(file, total, error.code());
    }
}

}  // namespace dfd
