#include "core/training/folds/encode.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <opencv2/imgcodecs.hpp>

#include "core/base/digest.h"
#include "core/engine/scoring/evaluator.h"
#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "core/training/folds/feature_store.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using test::file_bytes;
using test::sentence_of;
using test::TemporaryFolder;
using test::write_bytes;

ExpertRecord add_expert(const fs::path& folder, const std::string& name,
                        const std::string& architecture, const InputPolicy& input) {
    torch::manual_seed(5);
    auto network = make_network(architecture);
    StateDict tensors;
    for (const auto& item : named_tensors(*network))
        tensors.emplace_back(item.name, item.tensor.detach());
    ExpertRecord record;
    record.name = name;
    record.architecture = architecture;
    record.file = name + ".safetensors";
    record.sha256 = write_safetensors(folder / record.file, tensors);
    record.input = input;
    record.gradcam_layer = find_architecture(architecture).gradcam_layer;
    return record;
}

class EncodeTest : public ::testing::Test {
  protected:
    /// One panel for all tests: an expert with resized input and one at native resolution.
    static void SetUpTestSuite() {
        shared_ = new TemporaryFolder;
        fs::create_directories(*shared_ / "panel");
        PanelRecord panel;
        panel.name = "panel";
        panel.title = panel.licence = panel.origin = "test";
        InputPolicy small;
        small.size = 64;
        InputPolicy native;
        native.resize = Resize::Native;
        panel.experts = {add_expert(*shared_ / "panel", "atto", "convnextv2_atto", small),
                         add_expert(*shared_ / "panel", "luma", "trace_luma", native)};
        write_panel(*shared_ / "panel", panel);
    }
    static void TearDownTestSuite() {
        delete shared_;
        shared_ = nullptr;
    }

    void SetUp() override {
        for (int i = 0; i < 7; ++i) {
            ManifestRow row;
            row.path = folder / ("p" + std::to_string(i) + (i == 3 ? " \xff.png" : ".png"));
            row.fake = i % 2 == 1;
            cv::imwrite(row.path.native(),
                        testing::make_picture(96 + 16 * i, 80, static_cast<std::uint64_t>(i)));
            rows.push_back(row);
        }
        write_manifest(folder / "m.csv", rows);
        options.manifest = folder / "m.csv";
        options.panel = panel_folder();
        options.out = folder / "f.safetensors";
        options.device = "cpu";
        options.batch = 3;
    }
    static fs::path panel_folder() { return *shared_ / "panel"; }

    /// Computed by the network alone, one picture at a time.
    static std::vector<float> expected(const fs::path& picture, std::size_t expert) {
        const torch::NoGradGuard no_gradients;
        const auto panel = read_panel(panel_folder());
        auto network = load_expert(panel, panel.experts[expert]);
        const auto input =
            expert_input(read_picture(picture).pixels, panel.experts[expert].input, torch::kCPU);
        const auto pooled = network->pool(network->feature_map(input)).contiguous();
        return {pooled.data_ptr<float>(), pooled.data_ptr<float>() + pooled.numel()};
    }
    void expect_features_of_rows(const Features& features, std::size_t expert) const {
        ASSERT_EQ(features.rows(), static_cast<std::int64_t>(rows.size()));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto want = expected(rows[i].path, expert);
            const auto got = features.row(static_cast<std::int64_t>(i));
            ASSERT_EQ(got.size(), want.size());
            double largest = 0, difference = 0;
            for (std::size_t c = 0; c < want.size(); ++c) {
                largest = std::max(largest, std::abs(static_cast<double>(want[c])));
                difference = std::max(difference, std::abs(static_cast<double>(want[c] - got[c])));
            }
            EXPECT_GT(largest, 0);
            EXPECT_LT(difference, 1e-4 * largest) << i;
            EXPECT_EQ(features.digests[i], sha256_hex_of_file(rows[i].path));
        }
    }

    TemporaryFolder folder;
    std::vector<ManifestRow> rows;
    EncodeOptions options;
    static inline TemporaryFolder* shared_ = nullptr;
};

TEST_F(EncodeTest, EveryRowHasThePooledFeaturesOfItsPicture) {
    double last = -1;
    const auto summary = encode(options, [&](double done, double total, const std::string&) {
        EXPECT_GT(done, last);
        EXPECT_EQ(total, 7);
        last = done;
    });
    EXPECT_EQ(summary.rows, 7);
    EXPECT_EQ(summary.computed, 7);
    EXPECT_EQ(summary.width, 320);
    const auto features = read_features(options.out);
    EXPECT_EQ(features.width, 320);
    EXPECT_EQ(features.architecture, "convnextv2_atto");
    EXPECT_EQ(features.expert, "atto");
    EXPECT_EQ(features.panel, "panel");
    EXPECT_EQ(features.panel_digest, read_panel(panel_folder()).digest);
    EXPECT_TRUE(features.whole());
    EXPECT_EQ(features.paths[3], "p3 \xff.png");
    expect_features_of_rows(features, 0);
    require_same_rows(features, read_manifest(options.manifest), options.out);
    EXPECT_FALSE(fs::exists(folder / "f.safetensors.part"));
}

TEST_F(EncodeTest, NativeExpertsByNameSeePicturesAsTheyAre) {
    options.expert = "luma";
    (void)encode(options);
    expect_features_of_rows(read_features(options.out), 1);
    options.expert = "2";
    EXPECT_SAYS(sentence_of<PanelError>([&] { encode(options); }), "0 atto, 1 luma");
}

TEST_F(EncodeTest, ResumesWhereItWasStopped) {
    std::stop_source source;
    EXPECT_THROW(encode(
                     options,
                     [&](double done, double, const std::string&) {
                         if (done == 4)
                             source.request_stop();
                     },
                     source.get_token()),
                 Cancelled);
    EXPECT_FALSE(fs::exists(options.out));
    ASSERT_TRUE(fs::exists(folder / "f.safetensors.part"));
    // Killed while appending: the partial record at the end is ignored.
    {
        std::ofstream stream(folder / "f.safetensors.part", std::ios::binary | std::ios::app);
        stream << std::string(64, 'a') << "half";
    }
    const auto summary = encode(options);
    EXPECT_EQ(summary.computed, 4);  // one batch of three was finished
    expect_features_of_rows(read_features(options.out), 0);
    EXPECT_FALSE(fs::exists(folder / "f.safetensors.part"));
}

TEST_F(EncodeTest, OnlyNewOrChangedPicturesAreComputedAgain) {
    (void)encode(options);
    EXPECT_EQ(encode(options).computed, 0);
    cv::imwrite(rows[1].path.native(), testing::make_picture(100, 100, 99));
    std::swap(rows[0], rows[6]);
    auto added = rows[2];
    added.path = folder / "added.png";
    fs::copy_file(rows[2].path, added.path);  // the same bytes, so known
    rows.push_back(added);
    write_manifest(options.manifest, rows);
    EXPECT_EQ(encode(options).computed, 1);
    expect_features_of_rows(read_features(options.out), 0);
    options.expert = "1";                    // features of another expert are not reused
    EXPECT_EQ(encode(options).computed, 7);  // eight rows, two of them with the same picture
}

TEST_F(EncodeTest, UnreadablePicturesAreListedAndTheOthersKept) {
    for (int i = 0; i < 12; ++i) {
        ManifestRow row;
        row.path = folder / ("missing" + std::to_string(i) + ".png");
        rows.insert(rows.begin() + 2, row);
    }
    write_bytes(folder / "missing5.png", "<html>not a picture</html>");
    write_manifest(options.manifest, rows);
    const auto why = sentence_of<TrainingError>([&] { encode(options); });
    EXPECT_SAYS(why, "12 of 19 pictures could not be read");
    EXPECT_SAYS(why, "\n  " + (folder / "missing11.png").native() + ": ");
    EXPECT_SAYS(why, "missing5.png");
    EXPECT_SAYS(why, "and 2 more");
    EXPECT_EQ(why.find("missing1.png"), std::string::npos) << why;
    EXPECT_FALSE(fs::exists(options.out));
    rows.erase(rows.begin() + 2, rows.begin() + 14);
    write_manifest(options.manifest, rows);
    EXPECT_EQ(encode(options).computed, 0);
    expect_features_of_rows(read_features(options.out), 0);
}

TEST_F(EncodeTest, ShardsJoinToTheWholeInAnyOrder) {
    (void)encode(options);
    const auto whole = read_features(options.out);
    std::vector<fs::path> shards;
    options.shards = 3;
    for (const int shard : {2, 0, 1}) {
        options.shard = shard;
        options.out = folder / ("s" + std::to_string(shard));
        (void)encode(options);
        shards.push_back(options.out);
    }
    EXPECT_EQ(read_features(folder / "s1").first_row, 2);
    EXPECT_EQ(read_features(folder / "s1").rows(), 2);
    const auto joined = join_features(shards);
    EXPECT_EQ(joined.paths, whole.paths);
    EXPECT_EQ(joined.digests, whole.digests);
    EXPECT_EQ(joined.width, whole.width);
    ASSERT_EQ(joined.values.size(), whole.values.size());
    for (std::size_t i = 0; i < whole.values.size(); ++i)
        ASSERT_NEAR(joined.values[i], whole.values[i], 1e-4);  // batches were divided differently
    require_same_rows(joined, read_manifest(options.manifest), "joined");

    const auto why = [](const std::vector<fs::path>& files) {
        return sentence_of<TrainingError>([&] { (void)join_features(files); });
    };
    EXPECT_SAYS(why({shards[0], shards[1]}), "rows 2 to 3 (of 7, from 0) are missing");
    EXPECT_SAYS(why({shards[1], shards[2]}), "rows 4 to 6");
    EXPECT_SAYS(why({shards[0], shards[1], shards[1], shards[2]}), "also in another shard");
    EXPECT_SAYS(why({}), "no shards");
    options.expert = "luma";
    options.shard = 2;
    options.out = folder / "other";
    (void)encode(options);
    EXPECT_SAYS(why({shards[1], shards[2], options.out}), "the expert luma");
    EXPECT_SAYS(sentence_of<TrainingError>([&] {
                    require_same_rows(read_features(shards[0]), read_manifest(options.manifest),
                                      shards[0]);
                }),
                "one shard (rows 4 to 6 of 7)");
}

TEST_F(EncodeTest, MoreShardsThanRowsLeaveEmptyOnes) {
    std::vector<fs::path> shards;
    options.shards = 9;
    for (options.shard = 0; options.shard < 9; ++options.shard) {
        options.out = folder / ("s" + std::to_string(options.shard));
        (void)encode(options);
        shards.push_back(options.out);
    }
    EXPECT_EQ(read_features(shards[0]).rows(), 0);
    expect_features_of_rows(join_features(shards), 0);
}

TEST_F(EncodeTest, MovedRowsAreRecognisedByTheirPictures) {
    (void)encode(options);
    const auto features = read_features(options.out);
    fs::create_directories(folder / "elsewhere");
    write_manifest(folder / "elsewhere/m.csv", rows);
    require_same_rows(features, read_manifest(folder / "elsewhere/m.csv"), options.out);
    write_bytes(rows[4].path, "changed");
    EXPECT_SAYS(sentence_of<TrainingError>([&] {
                    require_same_rows(features, read_manifest(folder / "elsewhere/m.csv"),
                                      options.out);
                }),
                "row 6");
}

TEST_F(EncodeTest, OtherFilesAreNotOverwritten) {
    write_bytes(options.out, "my diary");
    EXPECT_SAYS(sentence_of<TrainingError>([&] { encode(options); }), "something else");
    EXPECT_EQ(file_bytes(options.out), "my diary");
    options.out = folder / "g";
    write_bytes(folder / "g.part", "my other diary");
    EXPECT_SAYS(sentence_of<TrainingError>([&] { encode(options); }), "g.part");
    EXPECT_EQ(file_bytes(folder / "g.part"), "my other diary");
    {
        const FeatureStore store(folder / "h.part", "x", 3);
        options.out = folder / "h";
        EXPECT_SAYS(sentence_of<TrainingError>([&] { encode(options); }), "Another process");
    }
    options.shard = 3;
    options.shards = 3;
    EXPECT_SAYS(sentence_of<TrainingError>([&] { encode(options); }), "counted from 0");
    options = {};
    write_bytes(folder / "none.csv", "path,label\n");
    options.manifest = folder / "none.csv";
    EXPECT_SAYS(sentence_of<TrainingError>([&] { encode(options); }), "no picture");
}

TEST_F(EncodeTest, DamagedFeaturesAreRefused) {
    (void)encode(options);
    auto features = read_features(options.out);
    const auto good = file_bytes(options.out);
    const auto why = [&](const fs::path& file) {
        return sentence_of<TrainingError>([&] { (void)read_features(file); });
    };
    write_bytes(folder / "cut", good.substr(0, good.size() - 10));
    EXPECT_NE(why(folder / "cut"), "(nothing was thrown)");
    EXPECT_SAYS(why(folder / "missing"), "missing");
    EXPECT_SAYS(why(*shared_ / "panel/atto.safetensors"), "not written by `dfd prepare encode`");
    features.values[400] = std::numeric_limits<float>::quiet_NaN();
    write_features(folder / "nan", features);
    EXPECT_SAYS(why(folder / "nan"), "p1.png");
    EXPECT_SAYS(sentence_of<TrainingError>([&] { write_features(folder / "no/f", features); }),
                "no/f");
}

TEST(FeatureStoreTest, KeepsCompleteRecords) {
    const TemporaryFolder folder;
    const std::string a(64, 'a'), b(64, 'b');
    {
        FeatureStore store(folder / "s", "origin", 2);
        store.add(a, std::vector<float>{1, 2});
        store.add(b, std::vector<float>{3, 4});
        store.add(a, std::vector<float>{9, 9});  // known: the first is kept
        EXPECT_EQ(store.size(), 2u);
        EXPECT_THROW(store.add(a, std::vector<float>{1}), TrainingError);
        EXPECT_THROW(store.add("short", std::vector<float>{1, 2}), TrainingError);
    }
    auto bytes = file_bytes(folder / "s");
    bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // in b's record
    write_bytes(folder / "s", bytes);
    FeatureStore store(folder / "s", "origin", 2);
    EXPECT_EQ(store.size(), 1u);
    EXPECT_TRUE(store.contains(a));
    EXPECT_FALSE(store.contains(b));
    std::vector<float> kept(2);
    store.read(a, kept);
    EXPECT_EQ(kept, (std::vector<float>{1, 2}));
    store.add(b, std::vector<float>{5, 6});
    store.read(b, kept);
    EXPECT_EQ(kept, (std::vector<float>{5, 6}));
    EXPECT_SAYS(sentence_of<TrainingError>([&] { FeatureStore(folder / "s", "origin", 2); }),
                "Another process");
}

TEST(FeatureStoreTest, StartsAgainAfterAnIncompleteHeader) {
    const TemporaryFolder folder;
    write_bytes(folder / "s", "dfd-feat");
    FeatureStore store(folder / "s", "origin", 1);
    store.add(std::string(64, '0'), std::vector<float>{1});
    EXPECT_EQ(store.size(), 1u);
}

}  // namespace
}  // namespace dfd
