// Catalogues of translated sentences, and what is said with them.
#include "core/base/language.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dfd {
namespace {

constexpr const char* kHeader = R"(# German.
msgid ""
msgstr ""
"Language: de\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

)";

Catalogue catalogue(const std::string& entries) {
    return Catalogue::read_po(kHeader + entries);
}

TEST(Language, ReadsAPoFile) {
    const auto de = catalogue(R"(#: a.cpp:1
#, qt-format
msgid "%1 of %2"
msgstr "von %2 sind es %1"

msgid ""
"Two "
"lines\n\"quoted\""
msgstr "Zwei Zeilen\n\"zitiert\""

msgctxt "a button"
msgid "Open"
msgstr "Öffnen"

msgid "Open"
msgstr "offen"

msgid "%1 picture"
msgid_plural "%1 pictures"
msgstr[0] "%1 Bild"
msgstr[1] "%1 Bilder"
)");
    EXPECT_EQ(de.language(), "de");
    ASSERT_NE(de.find("%1 of %2"), nullptr);
    EXPECT_EQ(*de.find("%1 of %2"), "von %2 sind es %1");
    ASSERT_NE(de.find("Two lines\n\"quoted\""), nullptr);
    EXPECT_EQ(*de.find("Two lines\n\"quoted\""), "Zwei Zeilen\n\"zitiert\"");
    EXPECT_EQ(*de.find("Open"), "offen");
    EXPECT_EQ(*de.find("Open", "a button"), "Öffnen");
    EXPECT_EQ(de.find("Open", "a menu"), nullptr);
    EXPECT_EQ(*de.find("%1 picture", {}, 1), "%1 Bild");
    EXPECT_EQ(*de.find("%1 picture", {}, 0), "%1 Bilder");
    EXPECT_EQ(*de.find("%1 pictures", {}, 7), "%1 Bilder");
}

TEST(Language, FindsWhatWasFilledInEnglish) {
    const auto de = catalogue(R"(msgid "It is made by %1 (source type “%2”)."
msgstr "Quellart „%2“: %1 hat es gemacht."

msgid "It is made by %1."
msgstr "%1 hat es gemacht."

msgid "a model"
msgstr "ein Modell"

msgid "%1 of %2"
msgstr "%1 von %2"

msgid "%1 picture is left out."
msgid_plural "%1 pictures are left out."
msgstr[0] "%1 Bild fehlt."
msgstr[1] "%1 Bilder fehlen."
)");
    EXPECT_EQ(de.find_filled("It is made by a model (source type “a model”)."),
              "Quellart „a model“: ein Modell hat es gemacht.");  // a quoted value stays
    EXPECT_EQ(de.find_filled("It is made by %2."), "%2 hat es gemacht.");
    EXPECT_EQ(de.find_filled("1 picture is left out."), "1 Bild fehlt.");
    EXPECT_EQ(de.find_filled("3 pictures are left out."), "3 Bilder fehlen.");
    EXPECT_EQ(de.find_filled("It is made by ."), std::nullopt);
    EXPECT_EQ(de.find_filled("3 of 4"), std::nullopt);  // too little text to be sure
    EXPECT_EQ(de.find_filled("Nothing like it"), std::nullopt);
}

TEST(Language, LeavesOutWhatIsNotTranslated) {
    const auto de = catalogue(R"(msgid "Nothing yet"
msgstr ""

#, fuzzy
msgid "A guess"
msgstr "Vermutung"

msgid "Known"
msgstr "bekannt"

#~ msgid "Old"
#~ msgstr "alt"
)");
    EXPECT_EQ(de.size(), 1U);
    EXPECT_EQ(de.find("Nothing yet"), nullptr);
    EXPECT_EQ(de.find("A guess"), nullptr);
    EXPECT_NE(de.find("Known"), nullptr);
}

TEST(Language, NamesTheLineThatCannotBeRead) {
    for (const std::string wrong :
         {"msgid \"open\nmsgstr \"x\"\n", "msgid \"a\"\nnonsense\n", "\"no entry\"\n",
          "msgid \"a\"\n", "msgid \"a\\\"\n", "msgid\t\n"}) {
        SCOPED_TRACE(wrong);
        EXPECT_THROW(static_cast<void>(Catalogue::read_po(wrong)), std::runtime_error);
    }
    try {
        static_cast<void>(Catalogue::read_po("msgid \"a\"\nmsgstr \"b\"\n\nnonsense here\n"));
        ADD_FAILURE();
    } catch (const std::runtime_error& problem) {
        EXPECT_NE(std::string(problem.what()).find('4'), std::string::npos) << problem.what();
    }
}

TEST(Language, FillsInValuesOnce) {
    EXPECT_EQ(say("%1 of %2, %1 again; 100 % of %3", {"%2", "b"}),
              "%2 of b, %2 again; 100 % of %3");
    EXPECT_EQ(say("plain"), "plain");
    EXPECT_EQ(say_again("plain 3"), "plain 3");
    EXPECT_EQ(say_count(1, "%1 picture of %2", "%1 pictures of %2", {"Anna"}), "1 picture of Anna");
    EXPECT_EQ(say_count(0, "%1 picture", "%1 pictures"), "0 pictures");
}

TEST(Language, EnglishIsAlwaysThere) {
    ASSERT_FALSE(languages().empty());
    EXPECT_EQ(languages().front(), "en");
    EXPECT_TRUE(use_language("en"));
    EXPECT_FALSE(use_language("../../etc"));
    EXPECT_EQ(language(), "en");
    EXPECT_EQ(translation("plain"), std::nullopt);
}

// Last: the language stays in use.
TEST(LanguageInUse, IsLeftForWhatProgramsRead) {
    ASSERT_TRUE(use_language("de"));
    EXPECT_EQ(language(), "de");
    {
        const InEnglish english;
        const InEnglish again;
        EXPECT_EQ(language(), "en");
        EXPECT_EQ(translation("plain"), std::nullopt);
    }
    EXPECT_EQ(language(), "de");
    EXPECT_TRUE(use_language("en"));
    EXPECT_EQ(language(), "en");
}

}  // namespace
}  // namespace dfd
