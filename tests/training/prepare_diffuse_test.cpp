#include "core/training/fakes/prepare_diffuse.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <set>

#include "core/engine/scoring/evaluator.h"
#include "core/training/manifest/manifest.h"
#include "tests/training/diffusion_stub.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using nlohmann::json;
using testing::DiffusionStub;
using testing::Folder;
using testing::tree_of;
namespace fs = std::filesystem;

constexpr int kPhotos = 5;

void write_photos(const fs::path& folder, int count = kPhotos) {
    fs::create_directories(folder / "house");
    for (int i = 0; i < count; ++i) {
        // The last one is too small for shrinking.
        const auto picture = testing::make_picture(i + 1 == count ? 150 : 400, 300,
                                                   static_cast<std::uint64_t>(i) + 40);
        cv::imwrite((folder / "house" / ("p" + std::to_string(i) + ".jpg")).native(), picture,
                    {cv::IMWRITE_JPEG_QUALITY, 93});
    }
}

DiffuseOptions options_for(const Folder& folder, const std::string& url, const char* out = "out") {
    DiffuseOptions options;
    options.photos = folder.path() / "photos";
    options.out = folder.path() / out;
    options.server.url = url;
    options.server.timeout_seconds = 20;
    options.server.attempts = 2;
    options.server.first_wait_seconds = 0.01;
    options.side = 128;
    options.per_photo = 2;
    return options;
}

std::vector<std::string> names_in(const std::map<std::string, std::string>& tree) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : tree)
        names.push_back(name);
    return names;
}

/// The quantisation tables (DQT segments) of a JPEG, which depend on its quality.
std::string tables_of(const std::string& jpeg) {
    std::string tables;
    for (std::size_t at = 2;
         at + 4 <= jpeg.size() && jpeg[at] == '\xFF' && jpeg[at + 1] != '\xDA';) {
        const auto length =
            static_cast<std::size_t>(static_cast<unsigned char>(jpeg[at + 2])) * 256 +
            static_cast<unsigned char>(jpeg[at + 3]);
        if (jpeg[at + 1] == '\xDB')
            tables += jpeg.substr(at, length + 2);
        at += length + 2;
    }
    return tables;
}

struct Twins {
    ManifestRow real;
    ManifestRow fake;
    cv::Mat real_picture;
    cv::Mat fake_picture;
    json parameters;  // of the fake
};

/// Pairs every fake with its twin and checks the invariants of each pair.
std::vector<Twins> twins_in(const fs::path& out) {
    const auto manifest = read_manifest(out / "manifest.csv");
    std::map<fs::path, ManifestRow> reals;
    for (const auto& row : manifest.rows)
        if (!row.fake)
            reals[row.path] = row;
    std::vector<Twins> all;
    for (const auto& row : manifest.rows) {
        if (!row.fake)
            continue;
        const auto twin = reals.find(manifest.resolve(row.parameter("twin")));
        EXPECT_TRUE(twin != reals.end()) << row.parameter("twin");
        if (twin == reals.end())
            continue;
        all.push_back({twin->second, row, cv::imread(twin->first.native()),
                       cv::imread(row.path.native()), json::parse(row.parameters)});
    }
    EXPECT_EQ(2 * all.size(), manifest.rows.size());
    return all;
}

void expect_published_alike(const Twins& twins) {
    EXPECT_EQ(twins.real.path.extension(), twins.fake.path.extension());
    ASSERT_FALSE(twins.real_picture.empty());
    EXPECT_EQ(twins.real_picture.size(), twins.fake_picture.size());
    if (twins.real.path.extension() == ".jpg") {
        const auto tables = tables_of(test::file_bytes(twins.real.path));
        EXPECT_GE(tables.size(), 130u);
        EXPECT_EQ(tables, tables_of(test::file_bytes(twins.fake.path)));
    }
}

TEST(PrepareDiffuse, ImageToImage) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    DiffusionStub stub;
    auto options = options_for(folder, stub.url());
    options.per_photo = 3;
    options.prompts = {"a red door", "a \"blue\", old door"};
    options.negative_prompt = "text";
    std::size_t reported = 0;
    const auto summary = prepare_diffuse(options, [&](const DiffuseProgress& seen) {
        if (seen.reading)
            return;
        EXPECT_EQ(seen.done, ++reported);
        EXPECT_EQ(seen.total, 15u);
        EXPECT_EQ(seen.failure, "");
    });
    EXPECT_EQ(summary.made, 15u);
    EXPECT_EQ(summary.reused + summary.failed + summary.skipped.size(), 0u);
    EXPECT_EQ(reported, 15u);
    EXPECT_EQ(stub.asked(), 15);
    EXPECT_EQ(stub.lists(), 1);

    const auto twins = twins_in(options.out);
    ASSERT_EQ(twins.size(), 15u);
    std::set<std::string> prompts;
    std::set<std::string> extensions;
    std::set<int> seeds;
    for (const auto& pair : twins) {
        expect_published_alike(pair);
        EXPECT_EQ(pair.fake.operation, "img2img");
        EXPECT_EQ(pair.real.operation, "");
        EXPECT_TRUE(pair.fake.mask.empty());
        EXPECT_EQ(pair.fake.source, "house");
        EXPECT_EQ(pair.real.source, "house");
        EXPECT_FALSE(pair.fake.group.empty());
        EXPECT_EQ(pair.fake.group, pair.real.group);
        EXPECT_EQ(pair.real.cluster, -1);
        EXPECT_EQ(pair.fake.fold, kNoFold);
        EXPECT_EQ(pair.parameters["model"], "painter");
        EXPECT_EQ(pair.parameters["sampler"], "Euler a");
        EXPECT_EQ(pair.parameters["steps"], 25);
        EXPECT_EQ(pair.parameters["negative_prompt"], "text");
        EXPECT_GE(pair.parameters["strength"], 0.4);
        EXPECT_LE(pair.parameters["strength"], 0.8);
        EXPECT_EQ(pair.parameters["photograph"], json::parse(pair.real.parameters)["photograph"]);
        EXPECT_GT(cv::norm(pair.real_picture, pair.fake_picture, cv::NORM_L1),
                  3.0 * static_cast<double>(pair.real_picture.total()));
        prompts.insert(pair.parameters["prompt"]);
        extensions.insert(pair.real.path.extension());
        seeds.insert(pair.parameters["seed"].get<int>());
    }
    EXPECT_EQ(prompts.size(), 2u);
    EXPECT_EQ(seeds.size(), 15u);
    EXPECT_EQ(twins.front().fake.path.filename().stem(), "000000-001");
    EXPECT_EQ(twins.back().fake.path.filename().stem(), "000004-003");
    EXPECT_EQ(twins.front().parameters["photograph"], "house/p0.jpg");
    for (const auto& asked : stub.questions()) {
        EXPECT_EQ(asked["width"], 128);
        EXPECT_EQ(asked["height"], 128);
    }
}

TEST(PrepareDiffuse, TheSameSeedGivesTheSameBytes) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    DiffusionStub stub;
    for (const auto mode : {DiffusionMode::ImageToImage, DiffusionMode::Inpaint}) {
        auto options = options_for(folder, stub.url());
        options.mode = mode;
        options.per_photo = 1;
        static_cast<void>(prepare_diffuse(options));
        options.out = folder.path() / "again";
        static_cast<void>(prepare_diffuse(options));
        const auto first = tree_of(folder.path() / "out");
        const auto again = tree_of(folder.path() / "again");
        EXPECT_EQ(first.size(), mode == DiffusionMode::Inpaint ? 17u : 12u);
        EXPECT_TRUE(first == again);
        options.seed = 2;
        options.out = folder.path() / "other";
        static_cast<void>(prepare_diffuse(options));
        EXPECT_FALSE(first == tree_of(folder.path() / "other"));
        for (const auto* out : {"out", "again", "other"})
            fs::remove_all(folder.path() / out);
    }
}

TEST(PrepareDiffuse, InpaintingKeepsThePhotographAroundItsMask) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    DiffusionStub stub;  // redraws everything, also outside the mask
    auto options = options_for(folder, stub.url());
    options.mode = DiffusionMode::Inpaint;
    options.side = 192;
    options.per_photo = 8;
    const auto summary = prepare_diffuse(options);
    EXPECT_EQ(summary.made, 32u);
    EXPECT_EQ(summary.skipped.size(), 1u);  // too small
    int lossless = 0;
    for (const auto& pair : twins_in(options.out)) {
        expect_published_alike(pair);
        EXPECT_EQ(pair.fake.operation, "inpaint-diffusion");
        EXPECT_GE(pair.parameters["strength"], 0.75);
        EXPECT_GT(pair.parameters["server_change_outside"], 3.0);
        const auto mask = cv::imread(pair.fake.mask.native(), cv::IMREAD_UNCHANGED);
        ASSERT_EQ(mask.type(), CV_8U);
        ASSERT_EQ(mask.size(), pair.fake_picture.size());
        const int edited = cv::countNonZero(mask);
        EXPECT_EQ(cv::countNonZero(mask == 255), edited);
        EXPECT_GT(edited, static_cast<int>(mask.total()) / 60);
        EXPECT_LT(edited, static_cast<int>(mask.total()) * 2 / 3);
        cv::Mat near;
        cv::dilate(mask, near, cv::Mat::ones(33, 33, CV_8U));
        cv::Mat difference;
        cv::absdiff(pair.real_picture, pair.fake_picture, difference);
        EXPECT_GT(cv::mean(difference, mask)[1], 4);
        if (cv::countNonZero(near == 0) == 0)
            continue;
        EXPECT_LT(cv::mean(difference, near == 0)[1], 1.5);  // only compression artefacts
        if (pair.real.path.extension() != ".png")
            continue;
        ++lossless;
        cv::Mat outside;
        difference.copyTo(outside, near == 0);
        EXPECT_EQ(cv::norm(outside, cv::NORM_INF), 0) << pair.fake.path;
    }
    EXPECT_GE(lossless, 2);
    for (const auto& asked : stub.questions()) {
        const auto mask = testing::from_base64(asked["mask"], cv::IMREAD_UNCHANGED);
        EXPECT_EQ(mask.cols, asked["width"].get<int>());
        EXPECT_EQ(mask.rows, asked["height"].get<int>());
        EXPECT_EQ(cv::countNonZero(mask == 255), cv::countNonZero(mask));
    }
}

TEST(PrepareDiffuse, ResumesAfterTheServerWasGone) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    DiffusionStub steady;
    auto options = options_for(folder, steady.url(), "undisturbed");
    static_cast<void>(prepare_diffuse(options));

    DiffusionStub failing([](const json& asked, int number, httplib::Response& response) {
        if (number <= 4)
            DiffusionStub::good(asked, response);
        else
            response.status = 503;
    });
    options.out = folder.path() / "out";
    options.server.url = failing.url();
    options.give_up = 2;
    try {
        static_cast<void>(prepare_diffuse(options));
        FAIL() << "a server that is gone was not noticed";
    } catch (const TrainingError& error) {
        const std::string sentence = error.what();
        EXPECT_NE(sentence.find("2 pictures in a row failed"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("4 are kept"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("503"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("p2.jpg, fake 2"), std::string::npos) << sentence;
    }
    EXPECT_EQ(failing.asked(), 4 + 2 * options.server.attempts);
    EXPECT_EQ(twins_in(options.out).size(), 4u);
    failing.stop();

    // The server is still down: nothing is lost, and the message says what to do.
    EXPECT_THROW(static_cast<void>(prepare_diffuse(options)), TrainingError);
    EXPECT_EQ(twins_in(options.out).size(), 4u);

    DiffusionStub back;
    options.server.url = back.url();
    const auto summary = prepare_diffuse(options);
    EXPECT_EQ(summary.made, 6u);
    EXPECT_EQ(summary.reused, 4u);
    std::multiset<std::uint64_t> answered;
    for (int i = 0; i < 4; ++i)
        answered.insert(
            failing.questions()[static_cast<std::size_t>(i)]["seed"].get<std::uint64_t>());
    for (const auto& asked : back.questions())
        answered.insert(asked["seed"].get<std::uint64_t>());
    EXPECT_EQ(answered.size(), 10u);
    for (const auto seed : answered)
        EXPECT_EQ(answered.count(seed), 1u);
    const auto resumed = tree_of(options.out);
    const auto undisturbed = tree_of(folder.path() / "undisturbed");
    EXPECT_EQ(names_in(resumed), names_in(undisturbed));
    EXPECT_TRUE(resumed == undisturbed);
}

TEST(PrepareDiffuse, RequestsNothingWhenAllIsPresent) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    auto stub = std::make_unique<DiffusionStub>();
    auto options = options_for(folder, stub->url());
    options.per_photo = 1;
    static_cast<void>(prepare_diffuse(options));
    const auto before = tree_of(options.out);
    stub.reset();
    EXPECT_EQ(prepare_diffuse(options).reused, 5u);  // works without a server
    EXPECT_TRUE(tree_of(options.out) == before);

    DiffusionStub later;
    options.server.url = later.url();
    fs::remove(options.out / "fake" /
               read_manifest(options.out / "manifest.csv").rows[3].path.filename());
    options.per_photo = 2;  // one was deleted, and five more are requested
    const auto summary = prepare_diffuse(options);
    EXPECT_EQ(summary.made, 6u);
    EXPECT_EQ(summary.reused, 4u);
    const auto after = tree_of(options.out);
    for (const auto& [name, bytes] : before)
        if (name != "manifest.csv") {
            EXPECT_TRUE(after.at(name) == bytes) << name;
        }
}

TEST(PrepareDiffuse, CountsAndSkipsAFailedPicture) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    std::ofstream(folder.path() / "photos" / "broken.jpg") << "no picture";
    DiffusionStub stub([](const json& asked, int number, httplib::Response& response) {
        if (number == 2)
            response.set_content("<html>", "text/html");
        else if (number == 3)  // result of a safety filter
            response.set_content(
                testing::answer_with(testing::encoded(cv::Mat::zeros(128, 128, CV_8UC3)), asked),
                "application/json");
        else if (number == 5)  // unchanged picture
            response.set_content(testing::answer_with(asked["init_images"][0], asked),
                                 "application/json");
        else
            DiffusionStub::good(asked, response);
    });
    auto options = options_for(folder, stub.url());
    options.give_up = 3;
    std::vector<std::string> failures;
    const auto summary = prepare_diffuse(options, [&](const DiffuseProgress& seen) {
        if (!seen.failure.empty())
            failures.push_back(seen.failure);
    });
    EXPECT_EQ(summary.made, 7u);
    EXPECT_EQ(summary.failed, 3u);
    EXPECT_EQ(summary.skipped.size(), 1u);
    ASSERT_EQ(failures.size(), 3u);
    EXPECT_NE(failures[0].find("p0.jpg, fake 2"), std::string::npos) << failures[0];
    EXPECT_NE(failures[0].find("not JSON"), std::string::npos) << failures[0];
    EXPECT_NE(failures[1].find("one colour"), std::string::npos) << failures[1];
    EXPECT_NE(failures[2].find("--strength"), std::string::npos) << failures[2];
    EXPECT_EQ(twins_in(options.out).size(), 7u);

    DiffusionStub good;
    options.server.url = good.url();
    EXPECT_EQ(prepare_diffuse(options).made, 3u);
    EXPECT_EQ(good.asked(), 3);
}

TEST(PrepareDiffuse, StopsWithinASlowAnswer) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    std::stop_source source;
    std::chrono::steady_clock::time_point stopped;
    DiffusionStub* self = nullptr;
    DiffusionStub stub([&](const json& asked, int number, httplib::Response& response) {
        if (number <= 3) {
            DiffusionStub::good(asked, response);
            return;
        }
        stopped = std::chrono::steady_clock::now();
        source.request_stop();
        self->hold();
    });
    self = &stub;
    const auto options = options_for(folder, stub.url());
    EXPECT_THROW(static_cast<void>(prepare_diffuse(options, {}, source.get_token())), Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - stopped, std::chrono::milliseconds(1500));
    EXPECT_EQ(twins_in(options.out).size(), 3u);
}

std::string refusal_of(const DiffuseOptions& options) {
    return test::sentence_of<TrainingError>([&] { static_cast<void>(prepare_diffuse(options)); });
}

TEST(PrepareDiffuse, RefusesOtherOptionsAndOtherPhotographs) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    DiffusionStub stub;
    auto options = options_for(folder, stub.url());
    options.per_photo = 1;
    static_cast<void>(prepare_diffuse(options));
    const auto before = tree_of(options.out);
    const auto expect_refused = [&](const DiffuseOptions& other, const std::string& name) {
        const auto sentence = refusal_of(other);
        EXPECT_NE(sentence.find("(" + name + " differs"), std::string::npos) << sentence;
    };
    auto other = options;
    other.steps = 30;
    expect_refused(other, "steps");
    other = options;
    other.prompts = {"something else"};
    expect_refused(other, "prompts");
    other = options;
    other.mode = DiffusionMode::Inpaint;
    other.strength = std::pair(0.4, 0.8);
    expect_refused(other, "mode");
    other = options;
    other.strength = std::pair(0.4, 0.9);
    expect_refused(other, "strength");
    other = options;
    other.seed = 77;
    expect_refused(other, "seed");
    other = options;
    other.strength = std::pair(0.4, 0.8);  // the default
    EXPECT_EQ(prepare_diffuse(other).reused, 5u);
    fs::rename(options.photos / "house" / "p1.jpg", options.photos / "house" / "p9.jpg");
    expect_refused(options, "names of photographs");
    EXPECT_TRUE(tree_of(options.out) == before);
    EXPECT_EQ(stub.asked(), 5);
}

TEST(PrepareDiffuse, RefusesInvalidOptions) {
    const Folder folder;
    write_photos(folder.path() / "photos");
    DiffusionStub stub;
    const auto options = options_for(folder, stub.url());
    const auto expect = [&](const std::function<void(DiffuseOptions&)>& change, const char* part) {
        auto other = options;
        change(other);
        const auto sentence = refusal_of(other);
        EXPECT_NE(sentence.find(part), std::string::npos) << part << ": " << sentence;
    };
    expect([](auto& o) { o.side = 500; }, "multiple of 64");
    expect([](auto& o) { o.side = 64; }, "multiple of 64");
    expect([](auto& o) { o.per_photo = 0; }, "1 to 1000");
    expect([](auto& o) { o.strength = std::pair(0.8, 0.4); }, "strength");
    expect([](auto& o) { o.strength = std::pair(0.0, 0.4); }, "strength");
    expect([](auto& o) { o.strength = std::pair(0.5, 1.5); }, "strength");
    expect([](auto& o) { o.prompts.clear(); }, "--prompt");
    expect([](auto& o) { o.prompts = {"\xFF\xFE"}; }, "UTF-8");
    expect([](auto& o) { o.steps = 0; }, "steps");
    expect([](auto& o) { o.out = o.photos / "fakes"; }, "inside the folder of photographs");
    expect([](auto& o) { o.out = o.photos; }, "inside the folder of photographs");
    expect([](auto& o) { o.photos /= "nowhere"; }, "does not exist");
    expect([](auto& o) { o.server.url = "http://example.com:7860"; }, "--allow-remote");
    EXPECT_FALSE(fs::exists(options.out));
    expect([](auto& o) { o.model = "absent"; }, "it has painter.safetensors [0123456789], folder");
    expect(
        [](auto& o) {
            o.out += "-taken", fs::create_directories(o.out),
                std::ofstream(o.out / "manifest.csv") << "path,label\na.jpg,real\n";
        },
        "was not made by this command");
    EXPECT_EQ(stub.asked(), 0);
}

TEST(PrepareDiffuse, ReadsPrompts) {
    const Folder folder;
    const auto file = folder.path() / "prompts.txt";
    std::ofstream(file) << "\xEF\xBB\xBF# what to draw\r\n\r\n  a caf\xC3\xA9 \r\nsecond, \"one\"";
    EXPECT_EQ(read_prompts(file), (std::vector<std::string>{"a caf\xC3\xA9", "second, \"one\""}));
    std::ofstream(file) << "# nothing\n\n";
    EXPECT_THROW(static_cast<void>(read_prompts(file)), TrainingError);
    std::ofstream(file) << "caf\xE9\n";
    EXPECT_THROW(static_cast<void>(read_prompts(file)), TrainingError);
    EXPECT_THROW(static_cast<void>(read_prompts(folder.path() / "absent")), TrainingError);
    EXPECT_THROW(static_cast<void>(read_prompts(folder.path())), TrainingError);
}

}  // namespace
}  // namespace dfd
