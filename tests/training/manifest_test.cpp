#include "core/training/manifest/manifest.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "core/base/csv_line.h"
#include "core/training/manifest/csv.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/says.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using test::file_bytes;
using test::sentence_of;
using test::TemporaryFolder;
using test::write_bytes;

const std::string kHeader = "path,label,source,group,operation,parameters,mask,cluster,fold\n";

class ManifestTest : public ::testing::Test {
  protected:
    Manifest read(const std::string& text) const {
        write_bytes(folder / "m.csv", text);
        return read_manifest(folder / "m.csv");
    }
    std::string why_not(const std::string& text) const {
        return sentence_of<TrainingError>([&] { (void)read(text); });
    }

    TemporaryFolder folder;
};

TEST_F(ManifestTest, EveryFieldComesBackAsItWasWritten) {
    ManifestRow odd;
    odd.path = folder / "a, \"b\"\r\nc \xff\xfe.png";
    odd.fake = true;
    odd.source = "line\nbreak, \"quoted\"";
    odd.group = " spaces kept ";
    odd.operation = "copy-move";
    odd.parameters = R"({"quality":90,"twin":"real/x.jpg","a":[0.1,2]})";
    odd.mask = folder / "masks" / "m,1.png";
    odd.cluster = 3;
    odd.fold = kTestFold;
    ManifestRow plain;
    plain.path = "/elsewhere/b.jpg";
    plain.fold = 0;
    write_manifest(folder / "m.csv", {odd, plain});

    const auto manifest = read_manifest(folder / "m.csv");
    EXPECT_EQ(manifest.file, folder / "m.csv");
    ASSERT_EQ(manifest.rows.size(), 2u);
    const auto& row = manifest.rows[0];
    EXPECT_EQ(row.path, odd.path);
    EXPECT_TRUE(row.fake);
    EXPECT_EQ(row.source, odd.source);
    EXPECT_EQ(row.group, odd.group);
    EXPECT_EQ(row.operation, odd.operation);
    EXPECT_EQ(row.mask, odd.mask);
    EXPECT_EQ(row.cluster, 3);
    EXPECT_EQ(row.fold, kTestFold);
    EXPECT_EQ(manifest.resolve(row.parameter("twin")), folder / "real/x.jpg");
    EXPECT_EQ(row.parameter("quality"), "");  // not a string
    EXPECT_EQ(row.parameter("absent"), "");
    EXPECT_EQ(nlohmann::json::parse(row.parameters).at("a").dump(), "[0.1,2]");
    EXPECT_EQ(manifest.rows[1].path, plain.path);
    EXPECT_FALSE(manifest.rows[1].fake);
    EXPECT_EQ(manifest.rows[1].cluster, -1);
    EXPECT_EQ(manifest.rows[1].fold, 0);

    // A round trip changes no byte.
    const auto bytes = file_bytes(folder / "m.csv");
    EXPECT_TRUE(bytes.starts_with(kHeader));
    write_manifest(folder / "m.csv", manifest.rows);
    EXPECT_EQ(file_bytes(folder / "m.csv"), bytes);
}

TEST_F(ManifestTest, PathsInsideTheFolderAreRelativeSoThatItMayMove) {
    fs::create_directories(folder / "data/sub");
    ManifestRow inside, outside, dotted;
    inside.path = folder / "data/sub/a.png";
    inside.mask = folder / "data/masks/a.png";
    inside.parameters = R"({"twin":"sub/t.png"})";
    outside.path = folder / "other/b.png";
    dotted.path = folder / "data/..c.png";  // begins with two dots but is inside
    write_manifest(folder / "data/m.csv", {inside, outside, dotted});
    const auto text = file_bytes(folder / "data/m.csv");
    EXPECT_SAYS(text, "\nsub/a.png,real,");
    EXPECT_SAYS(text, ",masks/a.png,");
    EXPECT_SAYS(text, "\n" + (folder / "other/b.png").native() + ",real,");
    EXPECT_SAYS(text, "\n..c.png,real,");

    fs::rename(folder / "data", folder / "moved");
    const auto manifest = read_manifest(folder / "moved/m.csv");
    EXPECT_EQ(manifest.rows[0].path, folder / "moved/sub/a.png");
    EXPECT_EQ(manifest.rows[0].mask, folder / "moved/masks/a.png");
    EXPECT_EQ(manifest.resolve(manifest.rows[0].parameter("twin")), folder / "moved/sub/t.png");
    EXPECT_EQ(manifest.rows[1].path, folder / "other/b.png");
    EXPECT_EQ(manifest.rows[2].path, folder / "moved/..c.png");
    EXPECT_EQ(manifest.stored_path(manifest.rows[0].path), "sub/a.png");
    EXPECT_EQ(manifest.stored_path(manifest.rows[1].path), folder / "other/b.png");
}

TEST_F(ManifestTest, AStepThatWritesToAnotherFolderStillMeansTheSameFiles) {
    fs::create_directories(folder / "a");
    fs::create_directories(folder / "b");
    write_bytes(folder / "a/m.csv",
                "path,label,parameters,mask\nf.png,fake,\"{\"\"twin\"\":\"\"r.png\"\"}\",k.png\n");
    write_manifest(folder / "b/m.csv", read_manifest(folder / "a/m.csv").rows);
    const auto manifest = read_manifest(folder / "b/m.csv");
    EXPECT_EQ(manifest.rows[0].path, folder / "a/f.png");
    EXPECT_EQ(manifest.rows[0].mask, folder / "a/k.png");
    EXPECT_EQ(manifest.resolve(manifest.rows[0].parameter("twin")), folder / "a/r.png");
    // Written again, it becomes relative.
    write_manifest(folder / "a/again.csv", manifest.rows);
    EXPECT_SAYS(file_bytes(folder / "a/again.csv"), R"({""twin"":""r.png""})");
}

TEST_F(ManifestTest, AFolderWhoseNameIsNotUtf8KeepsItsTwins) {
    const auto odd = folder.path() / "\xff odd";
    fs::create_directories(odd);
    write_bytes(odd / "m.csv",
                "path,label,parameters\nf.png,fake,\"{\"\"twin\"\":\"\"r.png\"\"}\"\n");
    const auto manifest = read_manifest(odd / "m.csv");
    EXPECT_EQ(manifest.rows[0].path, odd / "f.png");
    EXPECT_EQ(manifest.resolve(manifest.rows[0].parameter("twin")), odd / "r.png");
    write_manifest(odd / "n.csv", manifest.rows);
    EXPECT_EQ(read_manifest(odd / "n.csv").rows[0].parameter("twin"), "r.png");
}

TEST_F(ManifestTest, ARelativeFileNameMakesNoDifference) {
    write_bytes(folder / "m.csv", "path,label\nsub/../a.png,real\n");
    const auto before = fs::current_path();
    fs::current_path(folder.path());
    const auto manifest = read_manifest("m.csv");
    fs::current_path(before);
    EXPECT_EQ(manifest.rows[0].path, fs::canonical(folder.path()) / "a.png");
}

TEST_F(ManifestTest, ColumnsInAnyOrderByteOrderMarkAndCarriageReturns) {
    const auto manifest = read("\xEF\xBB\xBF\"label\",fold,path\r\n1,test,a.png\r\n\r\n0,,b.png");
    ASSERT_EQ(manifest.rows.size(), 2u);
    EXPECT_TRUE(manifest.rows[0].fake);
    EXPECT_EQ(manifest.rows[0].path, folder / "a.png");
    EXPECT_EQ(manifest.rows[0].fold, kTestFold);
    EXPECT_FALSE(manifest.rows[1].fake);
    EXPECT_EQ(manifest.rows[1].fold, kNoFold);
    EXPECT_EQ(read("path,label\n").rows.size(), 0u);
}

TEST_F(ManifestTest, ErrorsNameTheirRow) {
    EXPECT_SAYS(why_not(""), "is empty");
    EXPECT_SAYS(why_not("path,label,clutser\n"), "unknown column \"clutser\"");
    EXPECT_SAYS(why_not("path,label,path\n"), "\"path\" appears twice");
    EXPECT_SAYS(why_not("path,fold\n"), "\"label\" is missing");
    EXPECT_SAYS(why_not("label\n"), "\"path\" is missing");
    EXPECT_SAYS(why_not("path,label\na.png,real\nb.png,maybe\n"), "row 3: its label is \"maybe\"");
    EXPECT_SAYS(why_not("path,label\n,real\n"), "row 2: its path is empty");
    EXPECT_SAYS(why_not("path,label\na.png\n"), "row 2: it has 1 fields instead of 2");
    for (const auto* fold : {"-1", "x", "1.5", "2 ", "99999999999999"})
        EXPECT_SAYS(why_not(std::string("path,label,fold\na.png,real,") + fold + "\n"),
                    std::string("its fold is \"") + fold + "\"");
    EXPECT_SAYS(why_not("path,label,cluster\na.png,real,test\n"), "its cluster is \"test\"");
    EXPECT_SAYS(why_not("path,label,parameters\na.png,real,[1]\n"), "not a JSON object");
    EXPECT_SAYS(why_not("path,label,parameters\na.png,real,{\n"), "not a JSON object");
    // A stray quotation mark must not swallow the rows that follow.
    EXPECT_SAYS(why_not("path,label,source\na.png,real,\"x\nb.png,real,y\n"), "row 2");
    for (const auto& sentence : {why_not(""), why_not("path,label,clutser\n")})
        EXPECT_SAYS(sentence, (folder / "m.csv").native());
}

TEST_F(ManifestTest, NonFilesAreReportedAsSuch) {
    const auto why = [&](const fs::path& path) {
        return sentence_of<TrainingError>([&] { (void)read_manifest(path); });
    };
    EXPECT_SAYS(why(folder / "missing.csv"), "it does not exist");
    EXPECT_SAYS(why(folder.path()), "it is a folder");
    EXPECT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_SAYS(why(folder / "pipe"), "it is not a file");
    EXPECT_SAYS(why("/dev/null"), "it is not a file");
}

TEST_F(ManifestTest, WritingIsAllOrNothing) {
    write_atomically(folder / "f", "old");
    EXPECT_SAYS(sentence_of<TrainingError>([&] { write_atomically(folder / "no/f", "x"); }),
                "No such file");
    EXPECT_SAYS(sentence_of<TrainingError>([&] { write_atomically(folder.path(), "x"); }),
                folder.path().native());
    EXPECT_SAYS(sentence_of<TrainingError>([&] { write_manifest("/proc/m.csv", {}); }),
                "/proc/m.csv");
    write_atomically(folder / "f", std::string(3'000'000, 'n'));
    EXPECT_EQ(file_bytes(folder / "f").size(), 3'000'000u);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path()))
        ++files;
    EXPECT_EQ(files, 1u);  // no temporary file remains, after success or failure
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path().parent_path()))
        for (const auto* ending : {".tmp", ".part"})
            EXPECT_FALSE(entry.path().native().starts_with(folder.path().native() + ending));
}

TEST_F(ManifestTest, AFullDiskKeepsThePreviousFile) {
    write_bytes(folder / "f", "before");
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    auto* const handler = ::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 10'000;
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto why = sentence_of<TrainingError>(
        [&] { write_atomically(folder / "f", std::string(50'000, 'n')); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    EXPECT_SAYS(why, "f could not be written: File too large");
    EXPECT_EQ(file_bytes(folder / "f"), "before");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST_F(ManifestTest, AnUnwritableFolderKeepsThePreviousFile) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may write anywhere";
    write_bytes(folder / "m.csv", "before");
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    const auto why = sentence_of<TrainingError>([&] { write_manifest(folder / "m.csv", {}); });
    fs::permissions(folder.path(), fs::perms::owner_all);
    EXPECT_SAYS(why, "m.csv could not be written: Permission denied");
    EXPECT_EQ(file_bytes(folder / "m.csv"), "before");
}

TEST(Csv, FieldsComeBackFromTheirQuotedForm) {
    for (const std::string field : {"", "plain", "a,b", "a\"b", "\"", "two\nlines", "\r", "\xff"})
        EXPECT_EQ(parse_csv("x," + csv_field(field, CsvCells::Raw)).at(0).at(1), field);
    const auto rows = parse_csv("a,,\n,\n\"\",b\n");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0], (std::vector<std::string>{"a", "", ""}));
    EXPECT_EQ(rows[1], (std::vector<std::string>{"", ""}));
    EXPECT_EQ(rows[2], (std::vector<std::string>{"", "b"}));
    EXPECT_THROW((void)parse_csv("a,\"b\n"), TrainingError);
}

}  // namespace
}  // namespace dfd
