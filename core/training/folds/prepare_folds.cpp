#include "core/training/folds/prepare_folds.h"

#include <algorithm>

#include "core/training/folds/few_pictures.h"
#include "core/training/manifest/folders.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

fs::path between(const FoldsOptions& options, const char* ending) {
    const auto folder = options.work.empty() ? options.out.parent_path() : options.work;
    return folder / (options.out.stem().native() + ending);
}

}  // namespace

fs::path features_file(const FoldsOptions& options) {
    return between(options, ".features.safetensors");
}

fs::path clustered_file(const FoldsOptions& options) {
    return between(options, ".clustered.csv");
}

fs::path sample_file(const FoldsOptions& options) {
    return between(options, ".few.csv");
}

SplitReport prepare_folds(const FoldsOptions& options, const Progress& progress,
                          const std::function<void(const std::string&)>& report,
                          std::stop_token stop) {
    const auto notify = [&](const std::string& text) {
        if (report)
            report(text);
    };
    for (const auto& folder : {options.out.parent_path(), options.work})
        if (!folder.empty())
            make_folder(folder);

    auto encoding = options.encode;
    auto all = read_manifest(encoding.manifest);
    auto rows = all.rows.size();
    if (options.per_group > 0) {
        const auto few = few_pictures(all, options.per_group, options.cluster.k_means.seed);
        rows = few.rows.size();
        encoding.manifest = sample_file(options);
        write_manifest(encoding.manifest, few.rows);
    }
    if (const int clusters = options.cluster.k_means.clusters;
        static_cast<std::size_t>(std::max(0, clusters)) > rows)  // fail before hours of encoding
        throw TrainingError(std::to_string(clusters) + " clusters cannot be made of " +
                            std::to_string(rows) + " pictures; ask for fewer clusters.");
    encoding.out = features_file(options);
    encoding.shard = 0;
    encoding.shards = 1;
    notify(encode_text(encode(encoding, progress, stop), encoding.out));

    auto clustering = options.cluster;
    clustering.features = encoding.out;
    clustering.manifest = encoding.manifest;
    clustering.out = clustered_file(options);
    notify(cluster_markdown(cluster_manifest(
        clustering,
        [&](double fraction) {
            if (progress)
                progress(fraction, 1, "clustering");
        },
        stop)));

    auto manifest = read_manifest(clustering.out);
    auto folds = split(manifest, options.split);
    if (options.per_group > 0) {
        spread_folds(manifest, all, folds);
        manifest = std::move(all);
    }
    write_manifest(options.out, manifest.rows);
    notify(split_text(folds));
    return folds;
}

}  // namespace dfd
