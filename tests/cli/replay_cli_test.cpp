// `dfd score --record` and `dfd replay` end to end; signatures are verified with the openssl
// program.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// The bundled panel with small pictures.
class RecordAndReplay : public DfdTest {
  protected:
    RecordAndReplay() {
        ::setenv("DFD_PANELS", (folder / "panels").c_str(), 1);
        const auto sample =
            read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/desk.jpg");
        picture = folder / "set/a desk.png";
        fs::create_directories(picture.parent_path());
        write_png(picture, thumbnail(sample.pixels, 256));
    }
    /// The only record in a folder.
    static fs::path record_in(const fs::path& in) {
        fs::path found;
        for (const auto& entry : fs::directory_iterator(in))
            if (entry.path().extension() == ".json")
                found = entry.path();
        return found;
    }

    fs::path picture;
};

TEST_F(RecordAndReplay, EveryDifferenceIsReportedByExitStatusAndStage) {
    const auto scored = run({"score", "--panel", "starter", "--device", "cpu", "--record",
                             folder / "records", picture.native()});
    ASSERT_EQ(scored.status, 0) << scored.err;
    const auto record = record_in(folder / "records");
    ASSERT_TRUE(record.filename().native().starts_with("a desk-")) << record;
    const auto stage = [&](const std::vector<std::string>& more, int status) {
        std::vector<std::string> arguments{"replay", record.native(), "--format", "json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto done = run(arguments);
        EXPECT_EQ(done.status, status) << done.err;
        return done.status > 1 ? json() : json::parse(done.out)["first_difference"];
    };
    EXPECT_TRUE(stage({"--file", picture.native()}, 0).is_null());
    const auto text = run({"replay", record.native(), "--file", picture.native()});
    EXPECT_EQ(text.status, 0);
    EXPECT_SAYS(text.out, "The replay matches the record");
    const auto german = [&](const char* format) {
        return run({"replay", record.native(), "--file", picture.native(), "--language", "de",
                    "--format", format});
    };
    EXPECT_SAYS(german("text").out, "Die Nachrechnung stimmt mit der Aufzeichnung überein.");
    EXPECT_SAYS(german("json").out, "The file has the recorded bytes.");  // programs read it

    auto changed = read_picture(picture).pixels;
    changed.rgb[0] ^= 1;
    write_png(folder / "changed.png", changed);
    EXPECT_EQ(stage({"--file", folder / "changed.png"}, 1), "bytes");
    EXPECT_EQ(stage({"--file", picture.native(), "--precision", "bf16"}, 1), "precision");
    fs::create_directories(folder / "panels");
    fs::copy(std::string(DFD_SOURCE_DIR) + "/models/starter", folder / "panels/other",
             fs::copy_options::recursive);
    auto panel = test::file_bytes(folder / "panels/other/panel.json");
    panel += " ";  // the same experts, but another digest
    test::write_bytes(folder / "panels/other/panel.json", panel);
    EXPECT_EQ(stage({"--file", picture.native(), "--panel", folder / "panels/other"}, 1), "panel");

    test::write_bytes(folder / "broken.json", "{\"what\": 1}");
    const auto broken = run({"replay", folder / "broken.json", "--file", picture.native()});
    EXPECT_EQ(broken.status, 1);
    EXPECT_SAYS(broken.err, "broken.json cannot be used");
    EXPECT_EQ(run({"replay", record.native()}).status, 2);
    EXPECT_EQ(run({"replay", record.native(), "--file", folder / "none.png"}).status, 1);
    EXPECT_EQ(stage({"--file", picture.native(), "--panel", "no such panel"}, 3), nullptr);
}

TEST_F(RecordAndReplay, SignaturesAreVerifiedByOpenssl) {
    ASSERT_EQ(shell("openssl genpkey -algorithm ed25519 -out key.pem && "
                    "openssl pkey -in key.pem -pubout -out pub.pem")
                  .status,
              0);
    const auto scored = run({"score", "--record", folder / "records", "--sign", folder / "key.pem",
                             "--panel", kStarter, (folder / "set").native()});
    ASSERT_EQ(scored.status, 0) << scored.err;
    const auto record = record_in(folder / "records");
    const auto verify = "openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -sigfile '" +
                        record.native() + ".sig' -in '" + record.native() + "'";
    EXPECT_EQ(shell(verify).status, 0);
    test::write_bytes(record, test::file_bytes(record) + "\n");
    EXPECT_NE(shell(verify).status, 0);
    // Overwritten without a key, a record must lose its old signature.
    ASSERT_TRUE(
        succeeds({"score", "--record", folder / "records", "--panel", kStarter, picture.native()}));
    EXPECT_FALSE(fs::exists(record.native() + ".sig"));
}

TEST_F(RecordAndReplay, UnsuitableKeysAreRefusedBeforeAnythingIsScored) {
    ASSERT_EQ(shell("openssl genpkey -algorithm X25519 -out other.pem").status, 0);
    for (const char* key : {"other.pem", "missing.pem"}) {
        const auto refused = run({"score", "--record", folder / "records", "--sign", folder / key,
                                  "--panel", kStarter, picture.native()});
        EXPECT_EQ(refused.status, 2);
        EXPECT_TRUE(refused.out.empty());
        EXPECT_SAYS(refused.err, key);
    }
    EXPECT_EQ(run({"score", "--sign", folder / "other.pem", picture.native()}).status, 2);
}

TEST_F(RecordAndReplay, JsonAndVerboseTextShowProvenance) {
    const auto jpeg = std::string(DFD_SOURCE_DIR) + "/resources/samples/portrait.jpg";
    const auto object =
        json::parse(run({"score", "--panel", kStarter, "--format", "json", jpeg}).out);
    ASSERT_FALSE(object["provenance"].empty());
    EXPECT_EQ(object["provenance"].back()["kind"], "compression");
    const auto text = run({"score", "--panel", kStarter, "--verbose", jpeg});
    EXPECT_SAYS(text.out, "quantisation tables");
    EXPECT_EQ(run({"score", "--panel", kStarter, jpeg}).out.find("quantisation"),
              std::string::npos);
}

}  // namespace
}  // namespace dfd
