#include "core/training/prepare_folds.h"

#include "core/training/folders.h"

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

SplitReport prepare_folds(const FoldsOptions& options, const Progress& progress,
                          const std::function<void(const std::string&)>& report,
                          std::stop_token stop) {
    const auto tell = [&](const std::string& text) {
        if (report)
            report(text);
    };
    for (const auto& folder : {options.out.parent_path(), options.work})
        if (!folder.empty())
            make_folder(folder);

    auto encoding = options.encode;
    encoding.out = features_file(options);
    encoding.shard = 0;
    encoding.shards = 1;
    tell(encode_text(encode(encoding, progress, stop), encoding.out));

    auto clustering = options.cluster;
    clustering.features = encoding.out;
    clustering.manifest = encoding.manifest;
    clustering.out = clustered_file(options);
    tell(cluster_markdown(cluster_manifest(
        clustering,
        [&](double fraction) {
            if (progress)
                progress(fraction, 1, "clustering");
        },
        stop)));

    auto manifest = read_manifest(clustering.out);
    const auto folds = split(manifest, options.split);
    write_manifest(options.out, manifest.rows);
    tell(split_text(folds));
    return folds;
}

}  // namespace dfd
