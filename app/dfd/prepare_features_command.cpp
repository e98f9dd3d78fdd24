#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "app/dfd/shard_option.h"
#include "app/dfd/word_option.h"
#include "core/base/text.h"
#include "core/training/folds/few_pictures.h"
#include "core/training/folds/prepare_folds.h"

namespace dfd {
namespace {

// --- encode -------------------------------------------------------------------------------------

struct EncodeArguments {
    EncodeOptions encode;
    std::vector<std::filesystem::path> join;
};

int run_join(const EncodeArguments& options) {
    const auto whole = join_features(options.join);
    if (!options.encode.manifest.empty())
        require_same_rows(whole, read_manifest(options.encode.manifest), options.encode.out);
    write_features(options.encode.out, whole);
    std::cout << visible(options.encode.out.native()) << ": " << whole.rows() << " pictures, "
              << whole.width << " features each" << std::endl;
    return kAllDone;
}

int run_encode(const EncodeArguments& options, const std::stop_token& stop) {
    EncodeSummary summary;
    {
        ProgressLine line;
        summary = encode(options.encode, progress_to(line), stop);
    }
    std::cout << encode_text(summary, options.encode.out) << std::flush;
    return kAllDone;
}

void add_encode_options(CLI::App& command, EncodeOptions& encode) {
    command.add_option("--panel", encode.panel,
                       "A panel's name or path; default: the default panel");
    command
        .add_option("--expert", encode.expert,
                    "The expert's index in the panel (from 0), or its name")
        ->capture_default_str();
    add_device_option(command, encode.device);
    command
        .add_option(
            "--batch", encode.batch,
            "Pictures encoded together (always one by experts that read the native resolution)")
        ->check(kFromOne)
        ->capture_default_str();
}

void add_encode(CLI::App& prepare, Chosen& chosen, const std::shared_ptr<std::uint64_t>& seed) {
    auto options = std::make_shared<EncodeArguments>();
    auto* command = prepare.add_subcommand(
        "encode", "Compute an expert's pooled features of every picture of a manifest");
    auto& encode = options->encode;
    auto* manifest = command->add_option("manifest", encode.manifest, "CSV of pictures");
    command
        ->add_option("--out", encode.out,
                     "Output file (safetensors); called FILE.part until it is complete")
        ->required();
    add_encode_options(*command, encode);
    auto* shard =
        add_shard_option(*command, encode.shard, encode.shards,
                         "I/N: encode only the I-th (from 0) of N equal parts of the rows");
    command
        ->add_option("--join", options->join,
                     "Encode nothing; join the files of the shards (checked against the manifest, "
                     "if it is given)")
        ->excludes(shard);
    command->add_option("--seed", *seed, "Accepted as in the other steps; nothing here is random");
    command->callback([options, manifest, seed, &chosen] {
        if (options->join.empty() && manifest->count() == 0)
            throw CLI::RequiredError("manifest (or --join)");
        chosen = [options](const std::stop_token& stop) {
            return options->join.empty() ? resumable([&] { return run_encode(*options, stop); })
                                         : run_join(*options);
        };
    });
}

// --- cluster ------------------------------------------------------------------------------------

int run_cluster(const ClusterOptions& options, const std::stop_token& stop) {
    ClusterReport report;
    {
        ProgressLine line;
        report = cluster_manifest(
            options, [&](double fraction) { line.show(fraction, 1, "clustering"); }, stop);
    }
    std::cout << cluster_markdown(report) << std::flush;
    return kAllDone;
}

void add_cluster_options(CLI::App& command, ClusterOptions& options) {
    command.add_option("--k", options.k_means.clusters, "Number of clusters")
        ->required()
        ->check(kFromOne);
    command.add_option("--report", options.report,
                       "Folder for clusters.json, clusters.md and projection.svg");
    takes_word(command.add_option("--scale", options.scale,
                                  "l2: scale every picture's features to length 1 (default); "
                                  "standard: every feature to variance 1; none"),
               std::map<std::string, FeatureScale>{{"l2", FeatureScale::L2},
                                                   {"standard", FeatureScale::Standard},
                                                   {"none", FeatureScale::None}});
    command
        .add_option("--restarts", options.k_means.restarts, "Number of runs; the best one is kept")
        ->check(kFromOne)
        ->capture_default_str();
}

void add_cluster(CLI::App& prepare, Chosen& chosen) {
    auto options = std::make_shared<ClusterOptions>();
    auto* command = prepare.add_subcommand(
        "cluster", "Group a manifest's pictures by their features (k-means), without labels");
    command->add_option("features", options->features, "Features from `dfd prepare encode`")
        ->required();
    command->add_option("--manifest", options->manifest, "Manifest that was encoded")->required();
    command->add_option("--out", options->out, "Output manifest, with clusters")->required();
    add_cluster_options(*command, *options);
    command->add_option("--seed", options->k_means.seed, "Seed of the starting points")
        ->capture_default_str();
    set_action(*command, chosen, options, run_cluster);
}

// --- split --------------------------------------------------------------------------------------

struct SplitArguments {
    SplitOptions split;
    std::filesystem::path manifest;
    std::filesystem::path spread;
    std::filesystem::path out;
};

int run_split(const SplitArguments& options) {
    auto manifest = read_manifest(options.manifest);
    auto report = split(manifest, options.split);
    if (!options.spread.empty()) {
        auto all = read_manifest(options.spread);
        spread_folds(manifest, all, report);
        manifest = std::move(all);
    }
    write_manifest(options.out, manifest.rows);
    std::cout << split_text(report) << std::flush;
    return kAllDone;
}

void add_split_options(CLI::App& command, SplitOptions& split) {
    command
        .add_option("--folds", split.folds, "Default: as many as there are clusters (otherwise 5)")
        ->check(CLI::Range(2, 1000));
    takes_word(command.add_option("--by", split.by,
                                  "Split by cluster (default), random (the baseline: similar "
                                  "folds) or source (whole publishers)"),
               std::map<std::string, SplitBy>{{"cluster", SplitBy::Cluster},
                                              {"random", SplitBy::Random},
                                              {"source", SplitBy::Source}});
    command
        .add_option("--test", split.test,
                    "Share of the pictures to set aside as fold \"test\" first")
        ->check(CLI::Range(0.0, 0.9));
    command
        .add_option("--test-sources", split.test_sources,
                    "Sources of which all pictures are set aside, too")
        ->delimiter(',');
}

void add_split(CLI::App& prepare, Chosen& chosen) {
    auto options = std::make_shared<SplitArguments>();
    auto* command = prepare.add_subcommand(
        "split",
        "Split a manifest into folds; an expert that holds out fold K learns from all others");
    command->add_option("manifest", options->manifest, "CSV of pictures, clustered")->required();
    command->add_option("--out", options->out, "Output manifest, with folds")->required();
    command->add_option("--spread", options->spread,
                        "A longer manifest, whose pictures get the folds of their groups; it is "
                        "written to --out instead");
    add_split_options(*command, options->split);
    command->add_option("--seed", options->split.seed, "Seed of all random choices")
        ->capture_default_str();
    command->callback([options, &chosen] {
        chosen = [options](const std::stop_token&) { return run_split(*options); };
    });
}

// --- folds: all three steps ---------------------------------------------------------------------

int run_folds(const FoldsOptions& options, const std::stop_token& stop) {
    std::optional<ProgressLine> line(std::in_place);
    prepare_folds(
        options,
        [&](double done, double total, const std::string& what) { line->show(done, total, what); },
        [&](const std::string& text) {
            line.emplace();  // clears the line and restarts the time estimate
            std::cout << text << std::endl;
        },
        stop);
    std::cout << visible(options.out.native()) << std::endl;
    return kAllDone;
}

void add_folds(CLI::App& prepare, Chosen& chosen) {
    struct Arguments {
        FoldsOptions folds;
        std::uint64_t seed = 1;
    };
    auto arguments = std::make_shared<Arguments>();
    auto& options = arguments->folds;
    auto* command = prepare.add_subcommand(
        "folds", "Encode, cluster and split in one command; run it again to resume");
    command->add_option("manifest", options.encode.manifest, "CSV of pictures")->required();
    command->add_option("--out", options.out, "Output manifest, with folds")->required();
    command->add_option(
        "--work", options.work,
        "Folder for the features and the clustered manifest; default: the folder of --out");
    add_encode_options(*command, options.encode);
    add_cluster_options(*command, options.cluster);
    add_split_options(*command, options.split);
    command
        ->add_option("--per-group", options.per_group,
                     "Encode and cluster at most this many pictures per group; the others get the "
                     "fold of their group. Default: all")
        ->check(kFromOne);
    command->add_option("--seed", arguments->seed, "Seed of clusters and folds")
        ->capture_default_str();
    command->callback([arguments, &chosen] {
        auto& folds = arguments->folds;
        folds.cluster.k_means.seed = folds.split.seed = arguments->seed;
        chosen = [arguments](const std::stop_token& stop) {
            return resumable([&] { return run_folds(arguments->folds, stop); });
        };
    });
}

}  // namespace

void add_prepare_features(CLI::App& prepare, Chosen& chosen) {
    add_encode(prepare, chosen, std::make_shared<std::uint64_t>(1));
    add_cluster(prepare, chosen);
    add_split(prepare, chosen);
    add_folds(prepare, chosen);
}

}  // namespace dfd
