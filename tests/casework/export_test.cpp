// Tests of exports: every format is read back and compared with the case, with hostile file names.
#include <signal.h>
#include <sys/resource.h>

#include <cstdlib>
#include <sstream>
#include <variant>

#include "core/base/digest.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/exhibit_section.h"
#include "core/casework/report/export_case.h"
#include "core/casework/report/filter_words.h"
#include "core/casework/report/report_text.h"
#include "core/casework/store/audit_log.h"
#include "core/engine/replay/replay.h"
#include "core/opinion/limits.h"
#include "tests/casework/case_fixture.h"
#include "tests/casework/report_reading.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
using test::file_bytes;
using test::sentence_of;
using test::write_bytes;
namespace fs = std::filesystem;

constexpr const char* kHostile = "<script>alert('1')<\xE2\x80\xAE&\"gnp.png";
constexpr const char* kNotUtf8 = "caf\xE9.png";
constexpr const char* kNote = "first line, \"quoted\"\n</td><img src=x onerror=alert(2)> & more";

class Exports : public test::Casework {
  protected:
    Exports() {
        auto panel = test::fake_panel("fake", 3, false);
        for (auto& expert : panel.experts) {
            expert.sha256 = std::string(64, 'a');
            expert.gradcam_layer = "trunk.9";
        }
        evaluator = std::make_shared<test::FakeEvaluator>(panel);
        picture("a.png", 1);
        picture("below/b.png", 2);
        hostile = picture(kHostile, 3);
        picture(kNotUtf8, 4);
        gone = picture("gone.png", 5);
        jpeg = pictures() / "photo.jpg";
        const auto bytes = small_jpeg(test::numbered_picture(6, 96), 96);
        write_bytes(jpeg, {bytes.begin(), bytes.end()});
        write_bytes(pictures() / "page.png", "<html>not a picture</html>");
        for (const auto& name : {"photo.jpg", "page.png"})
            test::age(pictures() / name);
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
        fs::remove(gone);
        scan_all(file);
        const auto id = named_exhibit(file, hostile);
        mark_exhibits(file, {&id, 1}, Mark::Suspicious);
        tag_exhibits(file, {&id, 1}, "beach & <b>");
        add_note(file, id, kNote);
        set_thresholds(file, {"strict <1>", BandThresholds{0.2, 0.3}});
    }

    [[nodiscard]] ExportRequest request(CaseExport format, const std::string& name) const {
        ExportRequest request;
        request.format = format;
        request.out = folder / name;
        request.ids = find_exhibits(CaseFile(case_path(), CaseAccess::Read));
        request.chosen = [] { return filter_words({}); };
        request.by = "berta";
        request.program = "DeepFakeDefenders test";
        return request;
    }
    ExportSummary write(const ExportRequest& wanted) const {
        return export_case(case_path(), wanted);
    }
    [[nodiscard]] std::string written(CaseExport format, const std::string& name) const {
        const auto summary = write(request(format, name));
        EXPECT_EQ(summary.exhibits, 7);
        EXPECT_EQ(summary.sha256, sha256_hex_of_file(folder / name));
        return file_bytes(folder / name);
    }
    [[nodiscard]] std::vector<ExhibitRecord> records() const {
        const CaseFile file(case_path(), CaseAccess::Read);
        std::vector<ExhibitRecord> all;
        for (const auto id : find_exhibits(file))
            all.push_back(read_exhibit(file, id, true));
        return all;
    }
    /// Files in the folder other than the case and the pictures.
    [[nodiscard]] std::vector<std::string> left_behind() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder.path()))
            if (const auto name = entry.path().filename().native();
                name != "pictures" && !name.starts_with("case.dfd"))
                names.push_back(name);
        return names;
    }
    int openssl(const std::string& arguments) const {
        return std::system(
            ("cd '" + folder.path().native() + "' && openssl " + arguments + " > log 2>&1")
                .c_str());
    }

    fs::path hostile, gone, jpeg;
};

TEST_F(Exports, CsvIsReadBackFieldByField) {
    const auto lines = test::read_csv(written(CaseExport::Csv, "case.csv"));
    ASSERT_EQ(lines.size(), 8u);
    const auto& header = lines[0];
    const auto cell = [&](const std::vector<std::string>& line, const std::string& name) {
        const auto at = std::ranges::find(header, name);
        EXPECT_NE(at, header.end()) << name;
        return line.at(static_cast<std::size_t>(at - header.begin()));
    };
    const auto all = records();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& line = lines[i + 1];
        ASSERT_EQ(line.size(), header.size());
        EXPECT_EQ(cell(line, "path"), all[i].row.path.native());
        EXPECT_EQ(cell(line, "state"), state_name(all[i].row.state));
        EXPECT_EQ(cell(line, "thresholds"), "strict <1>");
        EXPECT_EQ(cell(line, "perceptual hash"), all[i].perceptual);
        if (!all[i].examination.opinion)
            continue;
        const auto& opinion = *all[i].examination.opinion;
        EXPECT_EQ(std::stod(cell(line, "score")), opinion.score);
        EXPECT_EQ(cell(line, "band"), band_name(band_of(opinion.score, {0.2, 0.3})));
        for (const auto& expert : opinion.experts)
            EXPECT_EQ(std::stod(cell(line, "score " + expert.name)), expert.score);
        EXPECT_LE(std::stod(cell(line, "lowest without one")), opinion.score);
    }
    const auto row = std::ranges::find_if(
        lines, [&](const auto& line) { return cell(line, "path") == hostile.native(); });
    ASSERT_NE(row, lines.end());
    EXPECT_TRUE(cell(*row, "notes").starts_with(kNote)) << cell(*row, "notes");
    EXPECT_TRUE(cell(*row, "marks").starts_with("suspicious by anna at 2"));
    EXPECT_EQ(cell(*row, "tags"), "beach & <b>");
}

TEST_F(Exports, JsonLinesExtendTheList) {
    auto wanted = request(CaseExport::JsonLines, "case.jsonl");
    (void)write(wanted);
    std::istringstream stream(file_bytes(folder / "case.jsonl"));
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto bands = active_thresholds(file).bands;
    const auto all = records();
    std::size_t count = 0;
    for (std::string line; std::getline(stream, line); ++count) {
        auto object = json::parse(line);
        const auto& record = all.at(count);
        const auto more = object["exhibit"];
        object.erase("exhibit");
        EXPECT_EQ(object, json::parse(to_json(record.examination, record.by, true, bands)));
        EXPECT_EQ(more["state"], state_name(record.row.state));
        EXPECT_EQ(more["sha256"], record.row.sha256);
        EXPECT_EQ(more["metadata"].size(), record.examination.facts.metadata.size());
        EXPECT_EQ(more["marks"].size(), record.marks.size());
        EXPECT_EQ(more["thresholds"]["profile"], "strict <1>");
        EXPECT_EQ(more["panel"]["weights"].size(), 3u);
        if (record.row.path == hostile) {
            EXPECT_EQ(more["notes"][0]["text"], kNote);
            EXPECT_EQ(more["notes"][0]["by"], "anna");
            EXPECT_EQ(more["mark"], "suspicious");
        }
        if (record.row.path == gone) {
            EXPECT_EQ(more["copies"], 0);
        }
        if (record.row.state == ExhibitState::Scored) {
            EXPECT_EQ(object["band"]["fake_from"], 0.3);
            EXPECT_EQ(more["scored"]["device"]["detail"], "2 threads");
            EXPECT_EQ(more["provenance_recorded"], true);
        }
    }
    EXPECT_EQ(count, 7u);
}

TEST_F(Exports, ProvenanceIsKeptAsItWasRead) {
    const auto hints = read_picture(jpeg, {}, Provenance::Sought).facts.provenance;
    ASSERT_FALSE(hints.empty());
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto record = read_exhibit(file, named_exhibit(file, jpeg), false);
    EXPECT_TRUE(record.provenance_recorded);
    ASSERT_EQ(record.examination.facts.provenance.size(), hints.size());
    for (std::size_t i = 0; i < hints.size(); ++i) {
        const auto& kept = record.examination.facts.provenance[i];
        EXPECT_EQ(kept.kind, hints[i].kind);
        EXPECT_EQ(kept.sentence, hints[i].sentence);
        EXPECT_EQ(kept.evidence, hints[i].evidence);
        EXPECT_EQ(kept.declares_generated, hints[i].declares_generated);
        EXPECT_EQ(kept.details, hints[i].details);
    }
    // Cases by older programs have no provenance.
    EXPECT_FALSE(provenance_recorded(R"({"format": "JPEG"})"));
    EXPECT_TRUE(facts_of(R"({"format": "JPEG"})").provenance.empty());
}

TEST_F(Exports, AnExpertWithoutAMapLeavesTheOthersTheirs) {
    const CaseFile file(case_path(), CaseAccess::Read);
    auto record = read_exhibit(file, named_exhibit(file, hostile), false);
    auto& opinion = record.examination.opinion.value();
    ASSERT_EQ(opinion.experts.size(), 3u);
    for (auto& expert : opinion.experts)
        expert.map = HeatMap{1, 1, {1}};
    set_unavailable(opinion.experts[2], "It is too odd.");
    combine(opinion);
    const auto thumbnail = small_jpeg(test::numbered_picture(3, 96), 96);
    const auto methods_of = [&](std::size_t pictures) {
        const auto section = exhibit_section(record, thumbnail, {});
        std::string words;
        for (const auto& block : section.blocks) {
            if (const auto* shown = std::get_if<ReportPictures>(&block)) {
                EXPECT_EQ(shown->pictures.size(), pictures);
            }
            if (const auto* facts = std::get_if<ReportFacts>(&block))
                for (const auto& fact : facts->facts)
                    if (fact.name == "Heatmaps")
                        words = fact.value;
        }
        return words;
    };
    // The picture, the mean, and two experts.
    const auto words = methods_of(4);
    EXPECT_SAYS(words, "Grad-CAM of the class");
    EXPECT_SAYS(words, "The largest value of any expert's map is 1, of the mean 1.");
    EXPECT_EQ(words.find("cclusion"), std::string::npos);
    record.by.panel.experts[1].gradcam_layer = kOcclusion;
    EXPECT_SAYS(methods_of(4), "and occlusion where the table says so");
    record.by.panel.experts[0].gradcam_layer = kOcclusion;
    EXPECT_TRUE(methods_of(4).starts_with("Occlusion of the class"));
    record.by.panel.experts[1].gradcam_layer = kOwnMap;
    EXPECT_SAYS(methods_of(4), ", and the expert's own map where the table says so");
    record.by.panel.experts[0].gradcam_layer = kOwnMap;
    EXPECT_TRUE(methods_of(4).starts_with("The experts' own maps of the class"));
}

TEST_F(Exports, HtmlContainsEveryFactEscaped) {
    const auto html = written(CaseExport::Html, "case.html");
    EXPECT_EQ(test::markup_fault(html), "");
    // No external resources, no scripts.
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("<img src=x"), std::string::npos);
    for (const char* reference : {"src=\"", "url(", "href=\""}) {
        const std::string_view start = reference;
        for (auto at = html.find(start); at != std::string::npos; at = html.find(start, at + 1)) {
            const auto target = std::string_view(html).substr(at + start.size(), 24);
            EXPECT_TRUE(target.starts_with("data:image/jpeg;base64,") || target.starts_with('#'))
                << target;
        }
    }
    EXPECT_EQ(html.find("://", html.find("xmlns") + 40), std::string::npos);
    EXPECT_EQ(html.find('\x01'), std::string::npos);

    const auto text = test::shown_text(html);
    const auto holds = [&](const std::string& part) { EXPECT_SAYS(text, part) << part; };
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto last = last_entry(file);
    for (const auto& part :
         {file.id(), last.digest, std::string("berta"), std::string("DeepFakeDefenders test"),
          std::string("looks real below 0.2, looks fake from 0.3 (profile \u201Cstrict <1>\u201D)"),
          std::string("Exhibit 7 of 7"), evaluator->panel().digest, std::string(64, 'a'),
          std::string("trunk.9"), std::string("Grad-CAM of the class \u201Cdeepfake\u201D"),
          std::string("2 threads"), std::string("beach & <b>"),
          std::string("Marked \u201Csuspicious\u201D by anna"),
          std::string("</td><img src=x onerror=alert(2)> & more")})
        holds(part);
    for (const auto& sentence : method_limits())
        holds(sentence);
    for (const auto& record : records()) {
        holds(report_line(record.row.path.native()));
        holds(record.row.sha256);
        holds(record.perceptual);
        for (const auto& hint : record.examination.facts.provenance)
            holds(hint.sentence);
        if (record.row.state == ExhibitState::Failed)
            holds(record.examination.failure.message);
        if (!record.examination.opinion)
            continue;
        holds(record.examination.facts.decoder);
        for (const auto& expert : record.examination.opinion->experts)
            holds(figure_text(expert.score));
        holds(figure_text(record.examination.opinion->spread));
    }
    // A file name cannot change the text direction; invalid bytes are replaced, and also shown in
    // hexadecimal.
    EXPECT_EQ(html.find("\xE2\x80\xAE"), std::string::npos);
    holds("[U+202E]&\"gnp.png");
    holds("caf\uFFFD.png");
    holds("636166e92e706e67");
    holds("missing: not found");
    // Three experts, their mean and the picture, for five scored pictures with a stored thumbnail;
    // one failed.
    std::size_t figures = 0;
    for (auto at = html.find("<figure>"); at != std::string::npos;
         at = html.find("<figure>", at + 1))
        ++figures;
    EXPECT_EQ(figures, 6u * 5u);
}

TEST_F(Exports, ADamagedThumbnailOnlyOmitsThePicture) {
    {
        Database database(case_path(), Database::Mode::Write);
        database.run(
            "DROP TRIGGER facts_fixed; UPDATE facts SET thumbnail = x'FFD8FF00' WHERE "
            "exhibit = (SELECT min(exhibit) FROM facts)");
    }
    const auto html = written(CaseExport::Html, "case.html");
    EXPECT_EQ(test::markup_fault(html), "");
    const std::string_view words = "The thumbnail in the case is damaged.";
    const auto first = html.find(words);
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(html.find(words, first + 1), std::string::npos);
}

TEST_F(Exports, AReportIsConsistent) {
    CaseFile writer(case_path(), CaseAccess::Write, "carl");
    auto wanted = request(CaseExport::Html, "case.html");
    const auto head = last_entry(writer).digest;
    bool noted = false;
    (void)export_case(case_path(), wanted, {}, [&](std::int64_t, std::int64_t) {
        if (!std::exchange(noted, true))
            add_note(writer, wanted.ids.back(), "written meanwhile");
    });
    const auto html = file_bytes(folder / "case.html");
    EXPECT_TRUE(noted);
    EXPECT_SAYS(html, head);
    EXPECT_EQ(html.find("written meanwhile"), std::string::npos);
}

TEST_F(Exports, StoppedOrOnAFullDiskTheTargetIsUnchanged) {
    write_bytes(folder / "case.html", "the one before");
    const auto wanted = request(CaseExport::Html, "case.html");
    std::stop_source stop;
    EXPECT_THROW((void)export_case(
                     case_path(), wanted, {},
                     [&](std::int64_t done, std::int64_t) {
                         if (done == 3)
                             stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    EXPECT_EQ(file_bytes(folder / "case.html"), "the one before");

    ::signal(SIGXFSZ, SIG_IGN);  // writes beyond the limit then fail like on a full disk
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{rlim_t{40000}, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto sentence = sentence_of<std::system_error>([&] { (void)write(wanted); });
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_SAYS(sentence, "case.html cannot be written");
    EXPECT_EQ(file_bytes(folder / "case.html"), "the one before");
    EXPECT_EQ(left_behind(), std::vector<std::string>{"case.html"});
}

TEST_F(Exports, ExportsAreLogged) {
    const auto summary = write(request(CaseExport::Csv, "case.csv"));
    {
        const CaseFile busy(case_path(), CaseAccess::Write);
        const auto why = try_log_export(case_path(), summary);
        EXPECT_SAYS(why, "is being written by");
    }
    EXPECT_EQ(try_log_export(case_path(), summary), "");
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto entry = last_entry(file);
    EXPECT_EQ(entry.action, "exported");
    EXPECT_EQ(entry.by, "berta");
    const auto details = json::parse(entry.details);
    EXPECT_EQ(details["format"], "csv");
    EXPECT_EQ(details["exhibits"], 7);
    EXPECT_EQ(details["chosen"], "all");
    EXPECT_EQ(details["sha256"], sha256_hex_of_file(folder / "case.csv"));
    EXPECT_TRUE(verify_case(case_path(), {false, {}}).problems.empty());
}

TEST_F(Exports, OriginalsAndTheCaseAreNeverReplaced) {
    for (const auto& path : {case_path(), fs::path(case_path().native() + "-wal"), jpeg}) {
        auto wanted = request(CaseExport::Csv, "unused");
        wanted.out = path;
        const auto sentence = sentence_of<CaseError>([&] { (void)write(wanted); });
        EXPECT_SAYS(sentence, "cannot replace");
    }
    EXPECT_EQ(records().size(), 7u);
}

TEST_F(Exports, AnEmptyCaseCanBeExported) {
    { const CaseFile empty(folder / "empty.dfd", CaseAccess::Create); }
    for (const auto format : {CaseExport::Csv, CaseExport::JsonLines, CaseExport::Html}) {
        ExportRequest wanted;
        wanted.format = format;
        wanted.out = folder / "empty.out";
        EXPECT_EQ(export_case(folder / "empty.dfd", wanted).exhibits, 0);
        const auto bytes = file_bytes(wanted.out);
        if (format == CaseExport::Csv) {
            EXPECT_EQ(test::read_csv(bytes).size(), 1u);
        }
        if (format == CaseExport::JsonLines) {
            EXPECT_EQ(bytes, "");
        }
        if (format == CaseExport::Html) {
            EXPECT_EQ(test::markup_fault(bytes), "");
            EXPECT_SAYS(bytes, "No exhibit was selected.");
        }
    }
}

TEST_F(Exports, SignaturesVerifyWithOpensslAndAreNeverStale) {
    ASSERT_EQ(openssl("genpkey -algorithm ed25519 -out key.pem"), 0);
    ASSERT_EQ(openssl("pkey -in key.pem -pubout -out pub.pem"), 0);
    auto wanted = request(CaseExport::Html, "case.html");
    wanted.key = folder / "key.pem";
    (void)write(wanted);
    const std::string check =
        "pkeyutl -verify -rawin -pubin -inkey pub.pem -sigfile case.html.sig -in case.html";
    EXPECT_EQ(openssl(check), 0);
    auto bytes = file_bytes(folder / "case.html");
    bytes[bytes.size() / 2] ^= 1;
    write_bytes(folder / "case.html", bytes);
    EXPECT_NE(openssl(check), 0);
    (void)write(request(CaseExport::Html, "case.html"));
    EXPECT_FALSE(fs::exists(folder / "case.html.sig"));
}

TEST_F(Exports, RecordsReplayAndOmissionsAreListed) {
    ASSERT_EQ(openssl("genpkey -algorithm ed25519 -out key.pem"), 0);
    ASSERT_EQ(openssl("pkey -in key.pem -pubout -out pub.pem"), 0);
    test::paint(pictures() / "a.png", 40);  // another picture under the same name
    auto wanted = request(CaseExport::Records, "records");
    wanted.key = folder / "key.pem";
    const auto summary = write(wanted);
    EXPECT_EQ(summary.exhibits, 4);
    ASSERT_EQ(summary.left_out.size(), 3u);
    const auto left_out = [&](const fs::path& path, const std::string& why) {
        EXPECT_TRUE(std::ranges::any_of(summary.left_out,
                                        [&](const auto& sentence) {
                                            return sentence.starts_with(path.native() + ": ") &&
                                                   sentence.find(why) != std::string::npos;
                                        }))
            << path << why;
    };
    left_out(pictures() / "a.png", "has changed");
    left_out(gone, "The case knows no file");
    left_out(pictures() / "page.png", "has no score");

    const CaseFile file(case_path(), CaseAccess::Read);
    const auto exhibit = read_exhibit(file, named_exhibit(file, jpeg), false);
    const auto name = "photo-" + exhibit.row.sha256.substr(0, 16) + ".json";
    const auto record = read_replay_record(folder / "records" / name);
    EXPECT_EQ(record.score, exhibit.examination.opinion->score);
    EXPECT_EQ(record.device.detail, "2 threads");
    EXPECT_EQ(record.libraries, exhibit.versions);
    const auto report = replay(record, jpeg, *evaluator);
    EXPECT_TRUE(report.matches()) << replay_text(report);
    EXPECT_FALSE(replay(record, hostile, *evaluator).matches());
    EXPECT_EQ(openssl("pkeyutl -verify -rawin -pubin -inkey pub.pem -sigfile 'records/" + name +
                      ".sig' -in 'records/" + name + "'"),
              0);
}

TEST(FilterWords, DescribeEveryCondition) {
    ExhibitFilter filter;
    EXPECT_EQ(filter_words(filter), "all");
    filter.score_from = 0.65;
    filter.tag = "beach";
    filter.warned = false;
    filter.mark = Mark::None;
    filter.folder = "/photos";
    EXPECT_EQ(filter_words(filter),
              "score from 0.65; not marked; tagged \u201Cbeach\u201D; without warnings; in or "
              "below /photos");
    EXPECT_EQ(order_words(ExhibitOrder::Score, true), "by score, the largest first");
}

TEST(ReportText, IsSanitised) {
    EXPECT_EQ(report_text("a\nb\x01"
                          "c\xFF"),
              "a\nb c\uFFFD");
    EXPECT_EQ(report_line("a\nb"), "a b");
    EXPECT_EQ(report_line("x\u2066y\u202Ez\u2019"), "x[U+2066]y[U+202E]z\u2019");
    EXPECT_EQ(count_text(1234567), "1\u202F234\u202F567");
    EXPECT_EQ(count_text(-123), "-123");
    EXPECT_EQ(figure_text(0.1234567), "0.123457");
    EXPECT_EQ(exact_text(0.35), "0.35");
}

}  // namespace
}  // namespace dfd
