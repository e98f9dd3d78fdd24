#include "core/training/folds/encode.h"

#include <c10/util/Exception.h>
#include <torch/types.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <unordered_set>

#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/engine/devices/torch_device.h"
#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_networks.h"
#include "core/picture/picture.h"
#include "core/training/folds/feature_store.h"
#include "core/training/photos/picture_reader.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListed = 10;

struct LoadedPicture {
    std::string digest;
    Pixels pixels;        ///< empty when the features are known or the picture is unreadable
    std::string problem;  ///< a sentence when the picture is unreadable
};

using Digests = std::unordered_set<std::string>;

/// Reads a picture, or only hashes it when its features are known.
LoadedPicture load_picture(const fs::path& path, const Digests& known, PictureMemory& memory) {
    LoadedPicture loaded;
    const auto bytes = PictureMemory::bytes_of(path, loaded.problem);
    if (!loaded.problem.empty())
        return loaded;
    if (!known.empty()) {
        loaded.digest = sha256_hex(bytes);
        if (known.contains(loaded.digest))
            return loaded;
    }
    auto picture = memory.decode(bytes, loaded.problem);
    loaded.digest = std::move(picture.facts.sha256);
    loaded.pixels = std::move(picture.pixels);
    return loaded;
}

using Reader = PictureReader<LoadedPicture>;

/// One expert on a device; loaded on first use.
class Encoder {
  public:
    Encoder(const PanelRecord& panel, const ExpertRecord& expert, const std::string& device)
        : panel_(panel), expert_(expert), device_(choose_device(device, info_)) {}

    /// [N,C] float32 on the CPU, contiguous.
    torch::Tensor pooled(std::span<const Reader::Read> pictures) try {
        const torch::NoGradGuard no_gradients;
        if (!network_) {
            use_all_processors();
            network_ = load_expert(panel_, expert_);
            network_->to(device_);
        }
        std::vector<torch::Tensor> inputs;
        for (const auto& picture : pictures)
            inputs.push_back(expert_input(picture.item.pixels, expert_.input, device_));
        return_free_memory();
        const auto maps = network_->feature_map(torch::cat(inputs));
        return network_->pool(maps).to(torch::kCPU, torch::kFloat32).contiguous();
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id, "Encoding");
    }

  private:
    const PanelRecord& panel_;
    const ExpertRecord& expert_;
    DeviceInfo info_;
    torch::Device device_;
    std::shared_ptr<ExpertNetwork> network_;
};

std::size_t find_expert(const PanelRecord& panel, const std::string& wanted) {
    std::size_t index = 0;
    const auto* const end = wanted.data() + wanted.size();
    const auto parsed = std::from_chars(wanted.data(), end, index);
    if (parsed.ec == std::errc() && parsed.ptr == end && index < panel.experts.size())
        return index;
    std::string names;
    for (std::size_t i = 0; i < panel.experts.size(); ++i) {
        if (panel.experts[i].name == wanted)
            return i;
        names += (i ? ", " : "") + std::to_string(i) + " " + panel.experts[i].name;
    }
    throw PanelError("The panel " + panel.name + " has no expert \"" + wanted + "\"; it has " +
                     names + ".");
}

/// Reusable features of an earlier run at `out`. Any other kind of file is not overwritten.
Features earlier_features(const fs::path& out, const Features& wanted) {
    if (!fs::exists(out))
        return {};
    try {
        auto earlier = read_features(out);
        const bool same = earlier.panel_digest == wanted.panel_digest &&
                          earlier.expert == wanted.expert && earlier.width == wanted.width;
        return same ? std::move(earlier) : Features{};
    } catch (const TrainingError& error) {
        throw TrainingError(
            "The file " + out.native() +
            " is something else and is not overwritten; choose another --out or delete it. (" +
            error.what() + ")");
    }
}

void refuse_unreadable(const std::vector<std::string>& problems, std::size_t rows,
                       const fs::path& part) {
    if (problems.empty())
        return;
    std::string text =
        std::to_string(problems.size()) + " of " + std::to_string(rows) +
        " pictures could not be read, so no features were written; repair them or remove their "
        "rows from the manifest, and run this again (computed features are kept in " +
        part.native() + "):";
    for (std::size_t i = 0; i < std::min(problems.size(), kListed); ++i)
        text += "\n  " + problems[i];
    if (problems.size() > kListed)
        text += "\n  and " + std::to_string(problems.size() - kListed) + " more";
    throw TrainingError(text);
}

}  // namespace

std::string encode_text(const EncodeSummary& summary, const fs::path& out) {
    return out.native() + ": " + std::to_string(summary.rows) + " pictures, " +
           std::to_string(summary.width) + " features each (" + std::to_string(summary.computed) +
           " newly computed)\n";
}

EncodeSummary encode(const EncodeOptions& options, const Progress& progress, std::stop_token stop) {
    if (options.shards < 1 || options.shard < 0 || options.shard >= options.shards ||
        options.batch < 1)
        throw TrainingError(
            "Shard " + std::to_string(options.shard) + " of " + std::to_string(options.shards) +
            " in batches of " + std::to_string(options.batch) +
            " cannot be encoded; shards are counted from 0, and a batch is at least 1.");
    const auto manifest = read_manifest(options.manifest);
    if (manifest.rows.empty())
        throw TrainingError("The manifest " + options.manifest.native() + " contains no picture.");
    const auto panel = find_panel(options.panel);
    const auto& expert = panel.experts[find_expert(panel, options.expert)];
    if (expert.kind != ExpertKind::Network)
        throw TrainingError("The expert " + expert.name +
                            " is no network of this program, so it has no features that could be "
                            "read.");

    Features features;
    features.width = find_architecture(expert.architecture).feature_width;
    features.panel = panel.name;
    features.panel_digest = panel.digest;
    features.expert = expert.name;
    features.architecture = expert.architecture;
    features.manifest_rows = static_cast<std::int64_t>(manifest.rows.size());
    features.first_row = features.manifest_rows * options.shard / options.shards;
    const auto end = features.manifest_rows * (options.shard + 1) / options.shards;
    const auto rows = std::span(manifest.rows)
                          .subspan(static_cast<std::size_t>(features.first_row),
                                   static_cast<std::size_t>(end - features.first_row));

    if (options.out.has_parent_path())
        fs::create_directories(options.out.parent_path());
    Encoder encoder(panel, expert, options.device);
    const auto earlier = earlier_features(options.out, features);
    const fs::path part = options.out.native() + ".part";
    FeatureStore store(part, panel.digest + ' ' + expert.sha256, features.width);
    for (std::int64_t i = 0; i < earlier.rows(); ++i)
        store.add(earlier.digests[static_cast<std::size_t>(i)], earlier.row(i));

    const auto batch = expert.input.resize == Resize::Native
                           ? std::size_t{1}
                           : static_cast<std::size_t>(options.batch);
    const auto known = store.digests();
    Reader pictures(rows.size(), picture_readers(), [&](std::uint64_t i, PictureMemory& memory) {
        return load_picture(rows[i].path, known, memory);
    });
    EncodeSummary summary{static_cast<std::int64_t>(rows.size()), 0, features.width};
    std::vector<Reader::Read> waiting;
    std::uint64_t waiting_bytes = 0;
    const auto compute = [&] {
        const auto pooled = encoder.pooled(waiting);
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            const std::span values(
                pooled.data_ptr<float>() + i * static_cast<std::size_t>(features.width),
                static_cast<std::size_t>(features.width));
            if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
                throw TrainingError("The expert " + expert.name +
                                    " computed features that are not finite numbers for the "
                                    "picture with the SHA-256 " +
                                    waiting[i].item.digest + "; try `dfd panel verify`.");
            store.add(waiting[i].item.digest, values);
            ++summary.computed;
        }
        waiting.clear();
        waiting_bytes = 0;
    };
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (progress)
            progress(static_cast<double>(i), static_cast<double>(rows.size()),
                     "encoding with " + expert.name);
        check_stop(stop);  // even if the next picture is ready
        auto read = pictures.next(stop);
        const auto& loaded = read.item;
        features.paths.push_back(manifest.stored_path(rows[i].path));
        features.digests.push_back(loaded.digest);
        if (!loaded.problem.empty()) {
            problems.push_back(rows[i].path.native() + ": " + loaded.problem);
        } else if (!store.contains(loaded.digest)) {
            waiting_bytes += read.memory.bytes();
            waiting.push_back(std::move(read));
        }
        if (waiting.size() == batch || waiting_bytes > kReadAheadBytes / 2)
            compute();
    }
    if (!waiting.empty())
        compute();
    refuse_unreadable(problems, rows.size(), part);

    features.values.resize(rows.size() * static_cast<std::size_t>(features.width));
    for (std::size_t i = 0; i < rows.size(); ++i)
        store.read(features.digests[i], std::span(features.values)
                                            .subspan(i * static_cast<std::size_t>(features.width),
                                                     static_cast<std::size_t>(features.width)));
    write_features(options.out, features);
    store.remove();
    return summary;
}

}  // namespace dfd
