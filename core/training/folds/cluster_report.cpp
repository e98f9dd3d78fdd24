#include "core/training/folds/cluster_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "core/panel/json_line.h"
#include "core/training/charts/chart.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr std::int64_t kMostPoints = 3000;  // maximum number of points in a chart

std::string decimal(double value, int digits = 3) {
    if (!std::isfinite(value))
        return "–";
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string percent(double share) {
    return decimal(100 * share, 1) + " %";
}

std::string name_or_unknown(const std::string& name) {
    return name.empty() ? "(unknown)" : name;
}

// Escapes a table cell: names come from a file.
std::string cell(const std::string& name) {
    std::string text;
    for (const char c : name_or_unknown(name))
        text += c == '|' ? std::string("\\|") : std::string(1, c == '\n' || c == '\r' ? ' ' : c);
    return text;
}

ordered_json number(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

std::string report_json(const ClusterReport& report, const ClusterOptions& options,
                        const Features& features, const Projection& projection) {
    ordered_json json;
    json["panel"] = features.panel;
    json["panel_digest"] = features.panel_digest;
    json["expert"] = features.expert;
    json["architecture"] = features.architecture;
    json["rows"] = features.rows();
    json["width"] = features.width;
    json["scale"] = scale_name(options.scale);
    json["k"] = options.k_means.clusters;
    json["restarts"] = options.k_means.restarts;
    json["seed"] = options.k_means.seed;
    json["inertia"] = report.clustering.inertia;
    json["iterations"] = report.clustering.iterations;
    json["converged"] = report.clustering.converged;
    json["silhouette"] = {{"mean", number(report.silhouette.mean)},
                          {"rows", report.silhouette.rows},
                          {"sampled", report.silhouette.sampled}};
    json["explained_variance"] = projection.explained;
    json["clusters"] = ordered_json::array();
    for (std::size_t i = 0; i < report.contents.size(); ++i) {
        const auto& contents = report.contents[i];
        json["clusters"].push_back({{"cluster", i},
                                    {"size", contents.size()},
                                    {"real", contents.real},
                                    {"fake", contents.fake},
                                    {"silhouette", number(report.silhouette.cluster[i])},
                                    {"operations", contents.operations},
                                    {"sources", contents.sources}});
    }
    return json_lines(json);
}

std::string projection_svg(const ClusterReport& report, const std::vector<ManifestRow>& rows,
                           const Projection& projection, std::uint64_t seed) {
    const auto drawn = sample_rows(static_cast<std::int64_t>(rows.size()), kMostPoints, seed);
    const auto some =
        static_cast<std::size_t>(drawn.size()) < rows.size()
            ? " (" + std::to_string(drawn.size()) + " of " + std::to_string(rows.size()) + ")"
            : std::string();
    const auto chart = [&](const std::string& title, std::size_t groups, const auto& name,
                           const auto& group_of) {
        Chart result;
        result.title = title + some;
        result.x_label =
            "first component, " + percent(projection.explained[0]) + " of the variance";
        result.y_label = "second, " + percent(projection.explained[1]);
        for (std::size_t i = 0; i < groups; ++i) {
            ChartSeries series;
            series.kind = ChartSeries::Kind::Points;
            series.name = name(i);
            series.colour = static_cast<int>(i);
            result.series.push_back(series);
        }
        for (const auto index : drawn) {
            const auto row = static_cast<std::size_t>(index);
            auto& series = result.series[group_of(row)];
            series.x.push_back(projection.x[row]);
            series.y.push_back(projection.y[row]);
        }
        return result;
    };
    return charts_svg({chart(
                           "Pictures by label", 2,
                           [](std::size_t i) { return std::string(i == 0 ? "real" : "fake"); },
                           [&](std::size_t row) { return std::size_t{rows[row].fake ? 1u : 0u}; }),
                       chart(
                           "Pictures by cluster", report.contents.size(),
                           [](std::size_t i) { return "cluster " + std::to_string(i); },
                           [&](std::size_t row) {
                               return static_cast<std::size_t>(report.clustering.cluster[row]);
                           })});
}

}  // namespace

const char* scale_name(FeatureScale scale) {
    switch (scale) {
        case FeatureScale::L2:
            return "l2";
        case FeatureScale::Standard:
            return "standard";
        case FeatureScale::None:
            break;
    }
    return "none";
}

std::vector<ClusterContents> cluster_contents(const std::vector<ManifestRow>& rows,
                                              const Clustering& clustering) {
    std::vector<ClusterContents> contents;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto cluster = static_cast<std::size_t>(clustering.cluster.at(i));
        if (cluster >= contents.size())
            contents.resize(cluster + 1);
        ++(rows[i].fake ? contents[cluster].fake : contents[cluster].real);
        ++contents[cluster].sources[rows[i].source];
        if (rows[i].fake)
            ++contents[cluster].operations[rows[i].operation];
    }
    return contents;
}

std::string cluster_markdown(const ClusterReport& report) {
    std::set<std::string> operations;
    for (const auto& contents : report.contents)
        for (const auto& [name, count] : contents.operations)
            operations.insert(name);
    std::string text = "| cluster | pictures | real | fake | fake share | silhouette |";
    std::string rule = "| --- | --- | --- | --- | --- | --- |";
    for (const auto& name : operations) {
        text += " " + cell(name) + " |";
        rule += " --- |";
    }
    text += '\n' + rule + '\n';
    for (std::size_t i = 0; i < report.contents.size(); ++i) {
        const auto& contents = report.contents[i];
        text += "| " + std::to_string(i) + " | " + std::to_string(contents.size()) + " | " +
                std::to_string(contents.real) + " | " + std::to_string(contents.fake) + " | " +
                percent(static_cast<double>(contents.fake) / static_cast<double>(contents.size())) +
                " | " + decimal(report.silhouette.cluster[i]) + " |";
        for (const auto& name : operations) {
            const auto found = contents.operations.find(name);
            text +=
                " " + std::to_string(found == contents.operations.end() ? 0 : found->second) + " |";
        }
        text += '\n';
    }
    text += "\nMean silhouette " + decimal(report.silhouette.mean);
    if (report.silhouette.sampled)
        text += " (of a sample of " + std::to_string(report.silhouette.rows) + " pictures)";
    text += ", inertia " + decimal(report.clustering.inertia) + ", " +
            std::to_string(report.clustering.iterations) + " iterations" +
            (report.clustering.converged ? "" : ", not converged") + ".\n";
    return text;
}

ClusterReport cluster_manifest(const ClusterOptions& options,
                               const std::function<void(double)>& progress, std::stop_token stop) {
    auto manifest = read_manifest(options.manifest);
    auto features = read_features(options.features);
    require_same_rows(features, manifest, options.features);
    scale_features(features.values, features.width, options.scale);
    const PointsView points{features.values, features.width};

    ClusterReport report;
    report.clustering = k_means(points, options.k_means, progress, std::move(stop));
    report.silhouette = silhouette(points, report.clustering.cluster, options.k_means.seed);
    report.contents = cluster_contents(manifest.rows, report.clustering);
    for (std::size_t i = 0; i < manifest.rows.size(); ++i)
        manifest.rows[i].cluster = report.clustering.cluster[i];
    if (!options.report.empty()) {
        const auto projection = project_onto_plane(points);
        fs::create_directories(options.report);
        write_atomically(options.report / "clusters.json",
                         report_json(report, options, features, projection));
        write_atomically(
            options.report / "clusters.md",
            "# " + std::to_string(options.k_means.clusters) + " clusters of " +
                std::to_string(features.rows()) + " pictures\n\nFeatures of the expert " +
                features.expert + " (" + features.architecture + ") of the panel " +
                features.panel + ", scaled: " + scale_name(options.scale) + "; " +
                std::to_string(options.k_means.restarts) + " restarts, seed " +
                std::to_string(options.k_means.seed) + ".\n\n" + cluster_markdown(report) +
                "\n![Principal components, by label and by cluster](projection.svg)\n");
        write_atomically(options.report / "projection.svg",
                         projection_svg(report, manifest.rows, projection, options.k_means.seed));
    }
    write_manifest(options.out, manifest.rows);
    return report;
}

}  // namespace dfd
