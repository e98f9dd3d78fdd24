#include "core/training/folds/features.h"

#include <torch/types.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/panel/safetensors.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "dfd-features-1";
constexpr std::size_t kDigestBytes = 32;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
    throw TrainingError("The features " + file.native() + " cannot be used: " + why + ".");
}

torch::Tensor tensor_of(const Safetensors& file, const std::string& name, torch::ScalarType type,
                        std::int64_t dimensions, const fs::path& path) {
    for (const auto& [found, tensor] : file.tensors)
        if (found == name) {
            if (tensor.scalar_type() != type || tensor.dim() != dimensions)
                refuse(path,
                       "its tensor \"" + name +
                           "\" does not have the type or shape that `dfd prepare encode` writes");
            return tensor.contiguous();
        }
    refuse(path, "it has no tensor \"" + name + "\"; it was not written by `dfd prepare encode`");
}

std::string text_of(const Safetensors& file, const char* name, const fs::path& path) {
    const auto found = file.metadata.find(name);
    if (found == file.metadata.end())
        refuse(path, std::string("its metadata have no \"") + name + "\"");
    return found->second;
}

std::int64_t number_of(const Safetensors& file, const char* name, const fs::path& path) {
    const auto text = text_of(file, name, path);
    std::int64_t value = -1;
    const auto* end = text.data() + text.size();
    if (const auto parsed = std::from_chars(text.data(), end, value);
        parsed.ec != std::errc() || parsed.ptr != end || value < 0)
        refuse(path, std::string("its metadata entry \"") + name + "\" is not a number");
    return value;
}

Safetensors open(const fs::path& file) {
    try {
        return read_safetensors(file);
    } catch (const CheckpointError& error) {
        throw TrainingError(std::string("The features cannot be read. ") + error.what());
    }
}

void check_one_origin(const Features& first, const Features& other, const fs::path& file) {
    if (other.panel_digest != first.panel_digest || other.expert != first.expert ||
        other.width != first.width)
        refuse(file, "it was made by the expert " + other.expert + " of the panel " + other.panel +
                         ", the first shard by " + first.expert + " of " + first.panel +
                         " (or the panel has changed since); encode all shards with one panel");
    if (other.manifest_rows != first.manifest_rows)
        refuse(file, "its manifest had " + std::to_string(other.manifest_rows) +
                         " rows, the first shard's had " + std::to_string(first.manifest_rows) +
                         "; encode all shards of one manifest");
}

}  // namespace

Features read_features(const fs::path& path) {
    const auto file = open(path);
    const auto format = file.metadata.find("format");
    if (format == file.metadata.end() || format->second != kFormat)
        refuse(path, "it was not written by `dfd prepare encode`");
    Features features;
    features.panel = text_of(file, "panel", path);
    features.panel_digest = text_of(file, "panel_digest", path);
    features.expert = text_of(file, "expert", path);
    features.architecture = text_of(file, "architecture", path);
    features.first_row = number_of(file, "first_row", path);
    features.manifest_rows = number_of(file, "manifest_rows", path);

    const auto values = tensor_of(file, "features", torch::kFloat32, 2, path);
    const auto digests = tensor_of(file, "sha256", torch::kUInt8, 2, path);
    const auto paths = tensor_of(file, "paths", torch::kUInt8, 1, path);
    const auto rows = values.size(0);
    features.width = values.size(1);
    features.values.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
    const auto* text = reinterpret_cast<const char*>(paths.data_ptr<std::uint8_t>());
    const auto* const end = text + paths.numel();
    while (text != end) {
        const auto* const stop = std::find(text, end, '\0');
        if (stop == end)
            refuse(path, "its last path is truncated");
        features.paths.emplace_back(std::string(text, stop));
        text = stop + 1;
    }
    if (features.rows() != rows || digests.size(0) != rows ||
        digests.size(1) != static_cast<std::int64_t>(kDigestBytes) || features.width < 1)
        refuse(path, "it has " + std::to_string(rows) + " rows of features for " +
                         std::to_string(features.rows()) + " paths and " +
                         std::to_string(digests.size(0)) + " digests");
    if (features.first_row > features.manifest_rows - rows)
        refuse(path, "its rows are beyond the end of their manifest");
    for (std::int64_t i = 0; i < rows; ++i)
        features.digests.push_back(
            to_hex({digests.data_ptr<std::uint8_t>() + static_cast<std::size_t>(i) * kDigestBytes,
                    kDigestBytes}));
    const auto broken = std::find_if(features.values.begin(), features.values.end(),
                                     [](float value) { return !std::isfinite(value); });
    if (broken != features.values.end())
        refuse(path, "the features of " +
                         features
                             .paths[static_cast<std::size_t>((broken - features.values.begin()) /
                                                             features.width)]
                             .native() +
                         " are not all finite numbers; encode again");
    return features;
}

void write_features(const fs::path& file, const Features& features) {
    const auto rows = features.rows();
    // from_blob wants a mutable pointer; nothing here writes through it.
    const auto values =
        torch::from_blob(const_cast<float*>(features.values.data()), {rows, features.width});
    auto digests = torch::zeros({rows, static_cast<std::int64_t>(kDigestBytes)}, torch::kUInt8);
    std::string text;
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto index = static_cast<std::size_t>(i);
        const auto digest = from_hex(features.digests[index]);
        std::copy_n(digest.begin(), std::min(digest.size(), kDigestBytes),
                    digests.data_ptr<std::uint8_t>() + index * kDigestBytes);
        text += features.paths[index].native() + '\0';
    }
    const auto paths =
        torch::from_blob(text.data(), {static_cast<std::int64_t>(text.size())}, torch::kUInt8);
    try {
        write_safetensors(file, {{"features", values}, {"sha256", digests}, {"paths", paths}},
                          {{"format", kFormat},
                           {"panel", features.panel},
                           {"panel_digest", features.panel_digest},
                           {"expert", features.expert},
                           {"architecture", features.architecture},
                           {"first_row", std::to_string(features.first_row)},
                           {"manifest_rows", std::to_string(features.manifest_rows)}});
    } catch (const CheckpointError& error) {
        throw TrainingError(std::string("The features were not written. ") + error.what());
    }
}

Features join_features(const std::vector<fs::path>& files) {
    if (files.empty())
        throw TrainingError("There are no shards to join; give the files.");
    std::vector<std::pair<Features, fs::path>> shards;
    for (const auto& file : files) {
        shards.emplace_back(read_features(file), file);
        check_one_origin(shards.front().first, shards.back().first, file);
    }
    std::stable_sort(shards.begin(), shards.end(), [](const auto& a, const auto& b) {
        return a.first.first_row < b.first.first_row;
    });
    Features whole;
    std::int64_t next = 0;
    const auto missing = [&](std::int64_t end) {
        throw TrainingError("The shards are incomplete: rows " + std::to_string(next) + " to " +
                            std::to_string(end - 1) + " (of " +
                            std::to_string(shards.front().first.manifest_rows) +
                            ", from 0) are missing; encode and give every shard.");
    };
    for (auto& [shard, file] : shards) {
        if (shard.first_row > next)
            missing(shard.first_row);
        if (shard.first_row < next)
            refuse(file, "its rows are also in another shard; give every shard once");
        next += shard.rows();
        if (whole.paths.empty()) {
            whole = std::move(shard);
            continue;
        }
        whole.values.insert(whole.values.end(), shard.values.begin(), shard.values.end());
        whole.paths.insert(whole.paths.end(), shard.paths.begin(), shard.paths.end());
        whole.digests.insert(whole.digests.end(), shard.digests.begin(), shard.digests.end());
        shard.values = {};
    }
    if (next < whole.manifest_rows)
        missing(whole.manifest_rows);
    return whole;
}

void require_same_rows(const Features& features, const Manifest& manifest, const fs::path& file) {
    if (!features.whole())
        refuse(file, "it is one shard (rows " + std::to_string(features.first_row) + " to " +
                         std::to_string(features.first_row + features.rows() - 1) + " of " +
                         std::to_string(features.manifest_rows) +
                         "); join all of them with `dfd prepare encode --join`");
    if (features.rows() != static_cast<std::int64_t>(manifest.rows.size()))
        refuse(file, "it has " + std::to_string(features.rows()) + " rows, the manifest " +
                         manifest.file.native() + " has " + std::to_string(manifest.rows.size()) +
                         "; encode that manifest");
    for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
        const auto& path = manifest.rows[i].path;
        if (manifest.stored_path(path) == features.paths[i])
            continue;
        std::error_code missing;
        if (fs::is_regular_file(path, missing) && sha256_hex_of_file(path) == features.digests[i])
            continue;
        refuse(file, "row " + std::to_string(i + 2) + " of the manifest " + manifest.file.native() +
                         " is " + path.native() + ", but its features are of " +
                         features.paths[i].native() + "; encode that manifest");
    }
}

}  // namespace dfd
