#include "core/training/folds/cluster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <set>

#include "core/base/dice.h"
#include "core/engine/scoring/evaluator.h"
#include "core/training/folds/cluster_report.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using test::file_bytes;
using test::sentence_of;
using test::TemporaryFolder;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Clustering run(const std::vector<float>& values, std::int64_t width, int clusters,
               std::uint64_t seed = 1, int restarts = 10) {
    KMeansOptions options;
    options.clusters = clusters;
    options.seed = seed;
    options.restarts = restarts;
    return k_means({values, width}, options);
}

/// Blobs of `each` points around corners 10 apart, deviation 1, interleaved.
std::vector<float> blobs(int count, int each, std::int64_t width) {
    Dice dice(7);
    std::vector<float> values;
    for (int i = 0; i < count * each; ++i)
        for (std::int64_t j = 0; j < width; ++j)
            values.push_back(
                static_cast<float>(dice.gaussian() + (j == i % count ? 10.0 * (1 + i % 2) : 0.0)));
    return values;
}

TEST(KMeans, FourPointsOnALineByHand) {
    const auto two = run({0, 1, 9, 11, 12}, 1, 2);
    EXPECT_EQ(two.cluster, (std::vector<int>{1, 1, 0, 0, 0}));  // 0 is the larger cluster
    // Means 1/2 and 32/3: squared distances 1/4 + 1/4 + 25/9 + 1/9 + 16/9.
    EXPECT_NEAR(two.inertia, 0.5 + 42.0 / 9, 1e-6);
    EXPECT_TRUE(two.converged);
    EXPECT_GE(two.iterations, 2);
}

TEST(KMeans, OneClusterIsTheMean) {
    const auto one = run({0, 0, 2, 0, 0, 2, 2, 2}, 2, 1);
    EXPECT_EQ(one.cluster, (std::vector<int>{0, 0, 0, 0}));
    EXPECT_NEAR(one.inertia, 8, 1e-6);
    EXPECT_EQ(run({4, 5, 6}, 3, 1).cluster, (std::vector<int>{0}));
}

TEST(KMeans, AsManyClustersAsRowsLeaveNothingOver) {
    const auto all = run({3, 1, 4, 15, 9, 2, 6}, 1, 7);
    EXPECT_EQ(std::set<int>(all.cluster.begin(), all.cluster.end()).size(), 7u);
    EXPECT_NEAR(all.inertia, 0, 1e-12);
}

TEST(KMeans, SeparatedBlobsAreFound) {
    constexpr int kBlobs = 5, kEach = 60;
    const auto values = blobs(kBlobs, kEach, 8);
    for (const std::uint64_t seed : {1, 2, 3}) {
        const auto found = run(values, 8, kBlobs, seed);
        for (int i = 0; i < kBlobs * kEach; ++i)
            EXPECT_EQ(found.cluster[static_cast<std::size_t>(i)],
                      found.cluster[static_cast<std::size_t>(i % kBlobs)]);
        EXPECT_EQ(std::set<int>(found.cluster.begin(), found.cluster.begin() + kBlobs).size(),
                  static_cast<std::size_t>(kBlobs));
    }
}

TEST(KMeans, TheSameSeedGivesTheSameAndRestartsNeverHurt) {
    Dice dice(3);
    std::vector<float> values(400 * 3);
    for (auto& value : values)
        value = static_cast<float>(dice.unit());
    const auto first = run(values, 3, 6, 5);
    const int threads = cv::getNumThreads();
    cv::setNumThreads(1);
    cv::theRNG()();
    const auto again = run(values, 3, 6, 5);
    cv::setNumThreads(threads);
    EXPECT_EQ(first.cluster, again.cluster);
    EXPECT_EQ(first.inertia, again.inertia);
    EXPECT_LE(first.inertia, run(values, 3, 6, 5, 1).inertia);
    std::vector<int> sizes(6);
    for (const int cluster : first.cluster)
        ++sizes[static_cast<std::size_t>(cluster)];
    EXPECT_TRUE(std::is_sorted(sizes.rbegin(), sizes.rend()));
}

TEST(KMeans, EveryRowIsInTheClusterWithTheNearestMean) {
    constexpr std::int64_t kWidth = 4;
    const auto values = blobs(3, 100, kWidth);
    const auto found = run(values, kWidth, 7);
    ASSERT_TRUE(found.converged);
    const cv::Mat rows(300, kWidth, CV_32F, const_cast<float*>(values.data()));
    cv::Mat means = cv::Mat::zeros(7, kWidth, CV_64F);
    for (int i = 0; i < rows.rows; ++i) {
        const int cluster = found.cluster[static_cast<std::size_t>(i)];
        cv::Mat mean = means.row(cluster);
        const auto size = std::count(found.cluster.begin(), found.cluster.end(), cluster);
        cv::scaleAdd(cv::Mat_<double>(rows.row(i)), 1.0 / static_cast<double>(size), mean, mean);
    }
    double inertia = 0;
    for (int i = 0; i < rows.rows; ++i) {
        const cv::Mat_<double> row = rows.row(i);
        const auto distance = [&](int cluster) {
            return cv::norm(row, means.row(cluster), cv::NORM_L2SQR);
        };
        const double own = distance(found.cluster[static_cast<std::size_t>(i)]);
        for (int cluster = 0; cluster < 7; ++cluster)
            EXPECT_LE(own, distance(cluster) + 1e-4);
        inertia += own;
    }
    EXPECT_NEAR(found.inertia, inertia, 1e-3);
}

TEST(KMeans, NoClusterIsEmptyAmongManyDuplicates) {
    std::vector<float> values(200, 5.0f);  // 200 rows with four distinct values
    values[17] = 6;
    values[90] = -4;
    values[91] = -4.5f;
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
        const auto found = run(values, 1, 4, seed, 1);
        EXPECT_EQ(std::set<int>(found.cluster.begin(), found.cluster.end()).size(), 4u);
        EXPECT_NEAR(found.inertia, 0, 1e-9);
        EXPECT_EQ(std::count(found.cluster.begin(), found.cluster.end(), 0), 197);
    }
}

TEST(KMeans, WhatCannotBeClusteredIsRefused) {
    const auto why = [](const std::vector<float>& values, std::int64_t width, int clusters) {
        return sentence_of<TrainingError>([&] { (void)run(values, width, clusters); });
    };
    EXPECT_SAYS(why({1, 2, 3}, 1, 4), "4 clusters cannot be made of 3 rows");
    EXPECT_SAYS(why({}, 2, 1), "0 rows");
    EXPECT_SAYS(why({7, 7, 7, 7}, 1, 2), "1 different features");
    EXPECT_NEAR(run({7, 7, 7, 7}, 1, 1).inertia, 0, 1e-12);
    EXPECT_SAYS(why({1, 2, 3, kNan}, 2, 1), "row 1");
    EXPECT_SAYS(why({1, std::numeric_limits<float>::infinity(), 3, 4}, 2, 1), "row 0");
    EXPECT_SAYS(why({1, 2}, 1, 0), "at least 1");
}

TEST(KMeans, StopsWhenAsked) {
    std::stop_source source;
    source.request_stop();
    const std::vector<float> values{1, 2, 3};
    EXPECT_THROW((void)k_means({values, 1}, {}, {}, source.get_token()), Cancelled);
}

TEST(FeatureScale, RowsToLengthOneOrColumnsToVarianceOne) {
    std::vector<float> values{3, 4, 0, 0, -6, 8};
    scale_features(values, 2, FeatureScale::L2);  // (.6,.8) (0,0) (-.6,.8), mean (0, 1.6/3)
    const std::vector<double> lengths{0.6, 0.8 - 1.6 / 3, 0, -1.6 / 3, -0.6, 0.8 - 1.6 / 3};
    for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_NEAR(values[i], lengths[i], 1e-6);

    values = {1, 1e6f, 3, 1e6f};
    scale_features(values, 2, FeatureScale::Standard);
    EXPECT_EQ(values, (std::vector<float>{-1, 0, 1, 0}));  // the constant column becomes 0
    values = {1, 5, 3, 9};
    scale_features(values, 2, FeatureScale::None);
    EXPECT_EQ(values, (std::vector<float>{-1, -2, 1, 2}));
    values = {1, kNan};
    EXPECT_THROW(scale_features(values, 1, FeatureScale::L2), TrainingError);
}

TEST(SilhouetteTest, FourPointsByHand) {
    const std::vector<float> values{0, 1, 4, 6};
    const auto seen = silhouette({values, 1}, {0, 0, 1, 1}, 1);
    // a and b: (1, 5), (1, 4), (2, 3.5), (2, 5.5).
    const double first = (4.0 / 5 + 3.0 / 4) / 2;
    const double second = (1.5 / 3.5 + 3.5 / 5.5) / 2;
    EXPECT_NEAR(seen.cluster.at(0), first, 1e-9);
    EXPECT_NEAR(seen.cluster.at(1), second, 1e-9);
    EXPECT_NEAR(seen.mean, (first + second) / 2, 1e-9);
    EXPECT_EQ(seen.rows, 4);
    EXPECT_FALSE(seen.sampled);
}

TEST(SilhouetteTest, EdgesAreDefined) {
    const std::vector<float> values{0, 0, 5, 5, 5};
    EXPECT_TRUE(std::isnan(silhouette({values, 1}, {0, 0, 0, 0, 0}, 1).mean));
    // A row that is alone has 0; rows at distance 0 from their own cluster have 1.
    const auto alone = silhouette({values, 1}, {1, 2, 0, 0, 0}, 1);
    EXPECT_NEAR(alone.mean, 3.0 / 5, 1e-9);
    EXPECT_NEAR(alone.cluster.at(1), 0, 1e-9);
    // All rows equal: 0, not NaN.
    const std::vector<float> same(6, 2.0f);
    EXPECT_NEAR(silhouette({same, 1}, {0, 0, 0, 1, 1, 1}, 1).mean, 0, 1e-9);
}

TEST(SilhouetteTest, ASampleComesCloseAndSaysSo) {
    const auto values = blobs(3, 500, 6);
    std::vector<int> cluster;
    for (int i = 0; i < 1500; ++i)
        cluster.push_back(i % 3);
    const auto exact = silhouette({values, 6}, cluster, 1);
    const auto sampled = silhouette({values, 6}, cluster, 1, 300);
    EXPECT_FALSE(exact.sampled);
    EXPECT_TRUE(sampled.sampled);
    EXPECT_EQ(sampled.rows, 300);
    EXPECT_GT(exact.mean, 0.5);
    EXPECT_NEAR(sampled.mean, exact.mean, 0.03);
    EXPECT_EQ(silhouette({values, 6}, cluster, 1, 300).mean, sampled.mean);
    EXPECT_NE(silhouette({values, 6}, cluster, 2, 300).mean, sampled.mean);
}

TEST(SampleRows, AscendingAndDifferent) {
    EXPECT_EQ(sample_rows(3, 3, 1), (std::vector<std::int64_t>{0, 1, 2}));
    const auto some = sample_rows(1000, 100, 4);
    EXPECT_EQ(std::set<std::int64_t>(some.begin(), some.end()).size(), 100u);
    EXPECT_TRUE(std::is_sorted(some.begin(), some.end()));
    EXPECT_GE(some.front(), 0);
    EXPECT_LT(some.back(), 1000);
}

TEST(Project, AStretchedDirectionIsTheFirstComponent) {
    // Five points on two perpendicular lines: sum of squares 200 along (3,4)/5 and 50 across.
    const std::vector<float> values{6, 8, -6, -8, -4, 3, 4, -3, 100 - 100, 0};
    const auto seen = project_onto_plane({values, 2});
    EXPECT_NEAR(seen.x[0], 10, 1e-6);
    EXPECT_NEAR(seen.x[1], -10, 1e-6);
    EXPECT_NEAR(seen.x[2], 0, 1e-6);
    EXPECT_NEAR(std::abs(seen.y[2]), 5, 1e-6);
    EXPECT_NEAR(seen.y[2], -seen.y[3], 1e-6);
    EXPECT_NEAR(seen.explained[0], 200.0 / 250, 1e-6);
    EXPECT_NEAR(seen.explained[1], 50.0 / 250, 1e-6);
    // The mean is subtracted; a single column has no second component, a single point none at all.
    const std::vector<float> line{7, 9};
    EXPECT_NEAR(project_onto_plane({line, 1}).x[1], 1, 1e-6);
    EXPECT_NEAR(project_onto_plane({line, 1}).explained[0], 1, 1e-6);
    EXPECT_EQ(project_onto_plane({line, 1}).y[1], 0);
    EXPECT_EQ(project_onto_plane({line, 2}).explained[0], 0);
}

class ClusterManifest : public ::testing::Test {
  protected:
    // Twelve pictures in two feature clusters; labels and operations are mixed across them.
    void SetUp() override {
        Features features;
        features.width = 2;
        features.panel = "p|q";
        features.panel_digest = std::string(64, 'd');
        features.expert = "e";
        features.architecture = "a";
        features.manifest_rows = 12;
        std::vector<ManifestRow> rows;
        for (int i = 0; i < 12; ++i) {
            ManifestRow row;
            row.path = folder / std::to_string(i).append(".png");
            row.fake = i % 3 == 0;
            if (row.fake)
                row.operation = i % 2 == 1 ? "spl|ice" : "blur";
            row.source = "s\xff";
            rows.push_back(row);
            features.paths.push_back(row.path.filename());
            features.digests.emplace_back(64, 'a');
            const bool right = i >= 8;
            features.values.push_back(right ? 10.0f : 0.1f * static_cast<float>(i));
            features.values.push_back(right ? 0.1f * static_cast<float>(i) : 10.0f);
        }
        write_manifest(folder / "m.csv", rows);
        write_features(folder / "f.safetensors", features);
        options.features = folder / "f.safetensors";
        options.manifest = folder / "m.csv";
        options.out = folder / "clustered.csv";
        options.report = folder / "new" / "report";
    }

    TemporaryFolder folder;
    ClusterOptions options;
};

TEST_F(ClusterManifest, FillsTheColumnAndReportsTheClusters) {
    const auto report = cluster_manifest(options);
    const auto manifest = read_manifest(folder / "clustered.csv");
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_EQ(manifest.rows[i].cluster, i < 8 ? 0 : 1);
    ASSERT_EQ(report.contents.size(), 2u);
    EXPECT_EQ(report.contents[0].real, 5);
    EXPECT_EQ(report.contents[0].fake, 3);
    EXPECT_EQ(report.contents[0].operations.at("blur"), 2);
    EXPECT_EQ(report.contents[1].real, 3);
    EXPECT_EQ(report.contents[1].operations.at("spl|ice"), 1);
    EXPECT_GT(report.silhouette.mean, 0.9);

    const auto json = nlohmann::json::parse(file_bytes(options.report / "clusters.json"));
    EXPECT_EQ(json.at("k"), 2);
    EXPECT_EQ(json.at("scale"), "l2");
    EXPECT_EQ(json.at("rows"), 12);
    EXPECT_EQ(json.at("converged"), true);
    EXPECT_EQ(json.at("clusters").at(0).at("operations").at("blur"), 2);
    EXPECT_EQ(json.at("clusters").at(1).at("size"), 4);
    EXPECT_NEAR(json.at("silhouette").at("mean").get<double>(), report.silhouette.mean, 1e-12);
    const auto text = file_bytes(options.report / "clusters.md");
    EXPECT_SAYS(text,
                "| cluster | pictures | real | fake | fake share | silhouette | blur | "
                "spl\\|ice |");
    EXPECT_SAYS(text, "| 0 | 8 | 5 | 3 | 37.5 % |");
    EXPECT_SAYS(text, "| 1 | 4 | 3 | 1 | 25.0 % |");
    const auto svg = file_bytes(options.report / "projection.svg");
    EXPECT_SAYS(svg, "<svg");
    EXPECT_SAYS(svg, "cluster 1");
    EXPECT_SAYS(svg, "real");
}

TEST_F(ClusterManifest, OneClusterHasNoSilhouette) {
    options.k_means.clusters = 1;
    const auto report = cluster_manifest(options);
    EXPECT_TRUE(std::isnan(report.silhouette.mean));
    const auto json = nlohmann::json::parse(file_bytes(options.report / "clusters.json"));
    EXPECT_TRUE(json.at("silhouette").at("mean").is_null());
}

TEST_F(ClusterManifest, FeaturesOfOtherRowsAreRefusedAndNothingIsWritten) {
    auto rows = read_manifest(options.manifest).rows;
    std::swap(rows[2], rows[3]);
    write_manifest(options.manifest, rows);
    EXPECT_SAYS(sentence_of<TrainingError>([&] { cluster_manifest(options); }), "3.png");
    rows.pop_back();
    write_manifest(options.manifest, rows);
    EXPECT_SAYS(sentence_of<TrainingError>([&] { cluster_manifest(options); }), "12 rows");
    EXPECT_FALSE(fs::exists(options.out));
    EXPECT_FALSE(fs::exists(options.report));
}

}  // namespace
}  // namespace dfd
