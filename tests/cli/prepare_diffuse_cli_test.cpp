// `dfd prepare diffuse` end to end, with a stub server.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "core/training/manifest/manifest.h"
#include "tests/cli/dfd_test.h"
#include "tests/says.h"
#include "tests/training/diffusion_stub.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using nlohmann::json;
using testing::DiffusionStub;
namespace fs = std::filesystem;

class PrepareDiffuseCommand : public DfdTest {
  protected:
    PrepareDiffuseCommand() {
        fs::create_directories(folder / "photos");
        for (int i = 0; i < 3; ++i)
            cv::imwrite((folder / "photos" / (std::to_string(i) + ".jpg")).native(),
                        testing::make_picture(320, 260, static_cast<std::uint64_t>(i)));
    }
    [[nodiscard]] std::vector<std::string> command(std::vector<std::string> more) const {
        more.insert(more.begin(), {"prepare", "diffuse"});
        return more;
    }
    [[nodiscard]] std::vector<std::string> whole(const std::string& url,
                                                 std::vector<std::string> more = {}) const {
        more.insert(more.end(), {"--photos", folder / "photos", "--out", folder / "out", "--side",
                                 "128", "--server", url, "--retry-wait", "0.01"});
        return command(std::move(more));
    }
};

TEST_F(PrepareDiffuseCommand, MakesFakesAndResumes) {
    DiffusionStub stub([](const json& asked, int number, httplib::Response& response) {
        if (number == 2)
            response.status = 422;
        else
            DiffusionStub::good(asked, response);
    });
    const auto arguments = whole(stub.url(), {"--mode", "inpaint", "--strength", "0.9-0.95",
                                              "--prompt", "a cat", "--seed", "4", "--steps", "9"});
    const auto first = run(arguments);
    EXPECT_EQ(first.status, 1) << first.err;
    EXPECT_SAYS(first.err, "1.jpg, fake 1: ");
    EXPECT_SAYS(first.out, "2 made, 0 already present, 1 failed");
    const auto second = run(arguments);
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_SAYS(second.out, "1 made, 2 already present, 0 failed");
    EXPECT_EQ(stub.asked(), 4);
    for (const auto& asked : stub.questions()) {
        EXPECT_EQ(asked["prompt"], "a cat");
        EXPECT_EQ(asked["steps"], 9);
        EXPECT_GE(asked["denoising_strength"], 0.9);
        EXPECT_LE(asked["denoising_strength"], 0.95);
    }
    const auto manifest = read_manifest(folder / "out" / "manifest.csv");
    EXPECT_EQ(manifest.rows.size(), 6u);
    for (const auto& row : manifest.rows)
        EXPECT_TRUE(fs::exists(row.path)) << row.path;
}

TEST_F(PrepareDiffuseCommand, ListsModels) {
    DiffusionStub stub;
    const auto listed = run(command({"--list-models", "--server", stub.url()}));
    EXPECT_EQ(listed.status, 0) << listed.err;
    EXPECT_EQ(listed.out, "painter.safetensors [0123456789]\nfolder/other.ckpt\n");
}

TEST_F(PrepareDiffuseCommand, SaysWhatIsWrong) {
    auto url = std::string("http://192.0.2.1:7860");
    const auto remote = run(whole(url));
    EXPECT_EQ(remote.status, 1);
    EXPECT_SAYS(remote.err, "--allow-remote");
    {
        const DiffusionStub stub;
        url = stub.url();
    }
    const auto gone = run(whole(url));
    EXPECT_EQ(gone.status, 1);
    EXPECT_SAYS(gone.err, "cannot be reached");
    EXPECT_EQ(run(command({"--photos", folder / "photos"})).status, 2);
    EXPECT_EQ(run(whole(url, {"--strength", "high"})).status, 2);
    EXPECT_EQ(run(whole(url, {"--mode", "outpaint"})).status, 2);
    EXPECT_EQ(run(whole(url, {"--prompt", "a", "--prompts", "b"})).status, 2);
}

/// Answers two requests and delays the third until release().
struct SlowThird {
    DiffusionStub stub{[this](const json& asked, int number, httplib::Response& response) {
        if (number == 3)
            stub.hold();
        DiffusionStub::good(asked, response);
    }};

    void wait_for(Process& process) const {
        while (stub.asked() < 3 && process.running())
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
};

TEST_F(PrepareDiffuseCommand, AnInterruptKeepsFinishedFakes) {
    SlowThird server;
    auto& stub = server.stub;
    auto process = start(whole(stub.url()));
    server.wait_for(process);
    const auto start = std::chrono::steady_clock::now();
    process.send(SIGINT);
    const auto finished = process.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    EXPECT_EQ(finished.status, 130) << finished.err;
    EXPECT_EQ(read_manifest(folder / "out" / "manifest.csv").rows.size(), 4u);
    stub.release();
    EXPECT_EQ(run(whole(stub.url())).status, 0);
    EXPECT_EQ(stub.asked(), 4);
}

TEST_F(PrepareDiffuseCommand, AKillKeepsFinishedFakes) {
    SlowThird server;
    auto& stub = server.stub;
    auto process = start(whole(stub.url()));
    server.wait_for(process);
    process.send(SIGKILL);
    EXPECT_EQ(process.wait().status, 128 + SIGKILL);
    EXPECT_EQ(read_manifest(folder / "out" / "manifest.csv").rows.size(), 4u);
    stub.release();
    const auto again = run(whole(stub.url()));
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_SAYS(again.out, "2 already present");
    EXPECT_EQ(stub.asked(), 4);
}

}  // namespace
}  // namespace dfd
