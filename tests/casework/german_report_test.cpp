// A report in German beside the same one in English, and what stays English.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/language.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/report/case_text.h"
#include "core/casework/report/export_case.h"
#include "core/casework/report/filter_words.h"
#include "core/casework/store/audit_log.h"
#include "core/picture/pixels/png_text.h"
#include "tests/casework/case_fixture.h"
#include "tests/casework/report_reading.h"
#include "tests/says.h"

namespace dfd {
namespace {

/// The texts of all elements of this name.
std::vector<std::string> texts_of(std::string_view html, std::string_view name) {
    std::vector<std::string> texts;
    const auto start = "<" + std::string(name), end = "</" + std::string(name) + ">";
    for (auto at = html.find(start); at != html.npos; at = html.find(start, at + 1)) {
        const char after = html.at(at + start.size());
        if (after != '>' && after != ' ')
            continue;
        const auto from = html.find('>', at) + 1;
        texts.push_back(test::shown_text(html.substr(from, html.find(end, from) - from)));
    }
    return texts;
}

class GermanReports : public test::Casework {
  protected:
    GermanReports() {
        auto panel = test::fake_panel("fake", 3, false);
        for (auto& expert : panel.experts)
            expert.gradcam_layer = "trunk.9";
        evaluator = std::make_shared<test::FakeEvaluator>(panel);
        const auto first = picture("first.png", 1);
        picture("second.png", 2);
        const auto made = pictures() / "made.png";
        write_png(made, test::numbered_picture(9),
                  {{"parameters",
                    "a red house\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, "
                    "Size: 512x512, Model: none"}});
        test::age(made);
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
        const auto id = named_exhibit(file, first);
        mark_exhibits(file, {&id, 1}, Mark::Suspicious);
        add_note(file, id, "the note");
    }
    ~GermanReports() override { use_language("en"); }

    [[nodiscard]] ExportSummary write(CaseExport format) const {
        ExportRequest request;
        request.format = format;
        request.out = folder / "export";
        request.ids = find_exhibits(CaseFile(case_path(), CaseAccess::Read));
        request.chosen = [] { return filter_words({}); };
        return export_case(case_path(), request);
    }
    [[nodiscard]] std::string written(CaseExport format) const {
        (void)write(format);
        return test::file_bytes(folder / "export");
    }
};

TEST_F(GermanReports, HeadingsAndSentencesAreGerman) {
    const auto english = written(CaseExport::Html);
    ASSERT_TRUE(use_language("de"));
    const auto german = written(CaseExport::Html);
    EXPECT_SAYS(german, "<html lang=\"de\"");
    for (const auto* name : {"h2", "h3"}) {
        const auto before = texts_of(english, name), now = texts_of(german, name);
        ASSERT_EQ(before.size(), now.size());
        ASSERT_FALSE(now.empty());
        for (const auto& heading : before)
            if (!heading.ends_with(".png")) {
                EXPECT_EQ(std::ranges::count(now, heading), 0) << heading;
            }
    }
    for (const auto* heading :
         {"Anzahlen", "Was gefunden wurde", "Markierungen und Notizen", "Wie es untersucht wurde"})
        EXPECT_GT(std::ranges::count(texts_of(german, "h3"), heading), 0) << heading;
    const auto text = test::shown_text(german);
    EXPECT_SAYS(text,
                "Angaben in der Datei, die nie Teil des Werts sind. Jeder kann sie "
                "hinzufügen, ändern oder entfernen; ihr Fehlen bedeutet nichts.");
    EXPECT_SAYS(text, "1 Asservat ist als verdächtig markiert:");
    EXPECT_SAYS(text, "Als „verdächtig“ markiert von anna");
    // What a file declares is kept in English, and translated around what the file itself holds.
    EXPECT_SAYS(text,
                "Die Datei selbst gibt die Einstellungen eines Bildgenerators an "
                "(Weboberfläche von AUTOMATIC1111 oder eine kompatible): Modell „none“, "
                "Sampler „Euler a“, Prompt „a red house“.");
    EXPECT_EQ(text.find("The file itself"), std::string::npos);
}

TEST_F(GermanReports, WhatProgramsReadStaysEnglish) {
    const auto lines = written(CaseExport::JsonLines), table = written(CaseExport::Csv);
    CaseFile file(case_path(), CaseAccess::Write, "anna");
    const auto info = case_info_json(file);
    ASSERT_TRUE(use_language("de"));
    EXPECT_EQ(written(CaseExport::JsonLines), lines);
    EXPECT_EQ(written(CaseExport::Csv), table);
    EXPECT_EQ(case_info_json(file), info);
    EXPECT_SAYS(case_info_text(file), "1 Datei gibt selbst an, dass ein Generator sie erzeugt hat");
    log_export(file, write(CaseExport::Html));
    EXPECT_SAYS(last_entry(file).details, R"("chosen":"all")");
    CaseFile other(case_path("other.dfd"), CaseAccess::Create, "anna");
    scan_all(other);
    EXPECT_EQ(listing(other), listing(file));
}

}  // namespace
}  // namespace dfd
