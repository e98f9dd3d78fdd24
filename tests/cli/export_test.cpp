// `dfd export` end to end: reports are read back by other programs, records replayed, and
// signatures verified with the openssl program.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "core/base/digest.h"
#include "core/picture/picture.h"
#include "tests/cli/dfd_test.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kNotUtf8 = "caf\xE9 <b>.png";

class ExportCommand : public DfdTest {
  protected:
    void SetUp() override {
        ::unsetenv("DISPLAY");
        ::unsetenv("QT_QPA_PLATFORM");
        ::setenv("LC_ALL", "de_DE.UTF-8", 1);  // would show decimal commas, where installed
        fs::create_directories(folder / "pictures");
        const auto desk = read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/desk.jpg");
        write_png(folder / "pictures/desk.png", thumbnail(desk.pixels, 200));
        write_png(folder / "pictures" / kNotUtf8, thumbnail(desk.pixels, 160));
        write_png(folder / "pictures/tiny.png", thumbnail(desk.pixels, 40));
        test::write_bytes(folder / "pictures/page.jpg", "<html>not a picture</html>");
        file = folder / "case.dfd";
        const auto scanned = run(
            {"scan", folder / "pictures", "--case", file, "--panel", kStarter, "--device", "cpu"});
        ASSERT_EQ(scanned.status, 1) << scanned.err;  // page.jpg is not a picture
        ASSERT_TRUE(
            succeeds({"case", "note", file, folder / "pictures/desk.png", "Look at the lamp."}));
    }
    void TearDown() override { ::unsetenv("LC_ALL"); }
    [[nodiscard]] json last_of_log() const {
        return json_lines(run({"case", "log", file, "--format", "json"}).out).back();
    }

    std::string file;
};

TEST_F(ExportCommand, LinesAreTheListAndTheLogKnowsTheFile) {
    const auto out =
        run({"export", file, "--format", "jsonl", "--out", folder / "case.jsonl", "--by", "berta"});
    ASSERT_EQ(out.status, 0) << out.err;
    std::istringstream exported(test::file_bytes(folder / "case.jsonl"));
    std::istringstream listed(run({"case", "list", file, "--format", "json"}).out);
    int count = 0;
    for (std::string line, other; std::getline(exported, line); ++count) {
        ASSERT_TRUE(std::getline(listed, other));
        auto object = json::parse(line);
        EXPECT_TRUE(object.contains("exhibit"));
        object.erase("exhibit");
        EXPECT_EQ(object, json::parse(other));
    }
    EXPECT_EQ(count, 4);  // includes pictures with warnings
    const auto entry = last_of_log();
    EXPECT_EQ(entry["action"], "exported");
    EXPECT_EQ(entry["by"], "berta");
    EXPECT_EQ(entry["details"]["sha256"], sha256_hex_of_file(folder / "case.jsonl"));
    EXPECT_SAYS(out.out, entry["details"]["sha256"]);

    const auto chosen = run({"export", file, "--format", "csv", "--out", folder / "one.csv",
                             folder / "pictures/desk.png", "--state", "scored"});
    ASSERT_EQ(chosen.status, 0) << chosen.err;
    EXPECT_SAYS(chosen.out, "1 exhibit,");
    EXPECT_EQ(last_of_log()["details"]["chosen"],
              "named one by one, and of these: scored; by path, A first");
    EXPECT_TRUE(succeeds({"case", "verify", file, "--no-files"}));
}

TEST_F(ExportCommand, PagesAreReadBackAsTextAndAsPictures) {
    const auto out = run({"export", file, "--format", "pdf", "--out", folder / "case.pdf"});
    ASSERT_EQ(out.status, 0) << out.err;
    EXPECT_EQ(out.err, "");
    // Lines may break anywhere.
    const auto text =
        std::regex_replace(shell("pdftotext -layout case.pdf -").out, std::regex("\\s+"), " ");
    for (const std::string part :
         {"Report on a case", "case.dfd", "Exhibit 4 of 4", "desk.png", "caf\uFFFD <b>.png",
          "Look at the lamp.", "could not be examined", "trace_luma-2",
          "Starter panel: four small experts", "What this report can and cannot say",
          "It is not the probability that the picture is fake"})
        EXPECT_SAYS(text, part) << part << '\n';
    const auto details = last_of_log();
    EXPECT_EQ(details["details"]["format"], "pdf");
    for (const auto& line : {run({"case", "list", file, "--format", "json"}).out})
        EXPECT_SAYS(text,
                    json::parse(line.substr(0, line.find('\n')))["sha256"].get<std::string>());
    EXPECT_EQ(shell("pdffonts case.pdf | tail -n +3 | grep -v ' yes '").out, "");  // embedded

    // No page is blank, and the first exhibit's pictures have colours.
    ASSERT_EQ(shell("pdftoppm -r 20 -png case.pdf page").status, 0);
    int pages = 0;
    bool colour = false;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        if (!entry.path().filename().native().starts_with("page"))
            continue;
        ++pages;
        const auto pixels = read_picture(entry.path()).pixels;
        int darkest = 255;
        for (std::size_t i = 0; i < pixels.rgb.size(); i += 3) {
            darkest = std::min<int>(darkest, pixels.rgb[i]);
            colour |= std::abs(pixels.rgb[i] - pixels.rgb[i + 2]) > 60;
        }
        EXPECT_LT(darkest, 200) << entry.path();
    }
    EXPECT_GE(pages, 6);
    EXPECT_TRUE(colour);
}

TEST_F(ExportCommand, ExportedRecordsReplayAndSignaturesHold) {
    ASSERT_EQ(shell("openssl genpkey -algorithm ed25519 -out key.pem && "
                    "openssl pkey -in key.pem -pubout -out pub.pem")
                  .status,
              0);
    const auto out = run({"export", file, "--record", "--out", folder / "records", "--sign",
                          folder / "key.pem", "--state", "scored"});
    ASSERT_EQ(out.status, 0) << out.err;
    fs::path record;
    for (const auto& entry : fs::directory_iterator(folder / "records"))
        if (entry.path().extension() == ".json" &&
            entry.path().filename().native().starts_with("desk-"))
            record = entry.path();
    ASSERT_FALSE(record.empty());
    const auto replayed = run({"replay", record, "--file", folder / "pictures/desk.png", "--panel",
                               kStarter, "--device", "cpu"});
    EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
    EXPECT_EQ(shell("openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -sigfile '" +
                    record.native() + ".sig' -in '" + record.native() + "'")
                  .status,
              0);
    // Equal to the record that scoring writes now, apart from times and library versions.
    ASSERT_TRUE(succeeds({"score", folder / "pictures/desk.png", "--record", folder / "now",
                          "--panel", kStarter, "--device", "cpu"}));
    auto then = json::parse(test::file_bytes(record));
    auto now = json::parse(test::file_bytes(folder / "now" / record.filename().native()));
    EXPECT_EQ(then, now);

    fs::remove(folder / "pictures/desk.png");
    const auto without = run({"export", file, "--record", "--out", folder / "records"});
    EXPECT_EQ(without.status, 1);
    EXPECT_SAYS(without.err, "desk.png: ");
    EXPECT_SAYS(without.err, "page.jpg: It has no score.");
}

TEST_F(ExportCommand, WrongUseIsReportedAndChangesNothing) {
    EXPECT_EQ(run({"export", file, "--out", folder / "x"}).status, 2);
    EXPECT_EQ(run({"export", file, "--record", "--format", "csv", "--out", folder / "x"}).status,
              2);
    const auto before = sha256_hex_of_file(folder / "pictures/desk.png");
    const auto over =
        run({"export", file, "--format", "html", "--out", folder / "pictures/desk.png"});
    EXPECT_EQ(over.status, 1);
    EXPECT_SAYS(over.err, "is an exhibit of the case");
    EXPECT_EQ(sha256_hex_of_file(folder / "pictures/desk.png"), before);
    EXPECT_EQ(run({"export", file, "--format", "html", "--out", file}).status, 1);
    EXPECT_TRUE(succeeds({"case", "verify", file}));
}

}  // namespace
}  // namespace dfd
