// The layout-independent model of a report: sections of blocks, streamed to a writer. Plain C++.
//
// All texts are safe to show (`report_text`): valid UTF-8 without control characters, with intended
// line breaks only. They contain no markup.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/opinion/bands.h"

namespace dfd {

/// What a word or a row means. It is shown as a colour, but never without the word.
enum class ReportTone { Plain, Quiet, Real, Undecided, Fake, Warning };

struct ReportHeading {
    std::string text;
};
struct ReportParagraph {
    std::string text;
    ReportTone tone = ReportTone::Plain;
};
/// Sentences, one below the other.
struct ReportList {
    std::vector<std::string> items;
    ReportTone tone = ReportTone::Plain;
};
/// Names with their values.
struct ReportFacts {
    struct Fact {
        std::string name;
        std::string value;
        bool code = false;  ///< a digest: monospaced
    };
    std::vector<Fact> facts;
};
struct ReportColumn {
    std::string title;
    double share = 1;     ///< of the width, relative to the other columns
    bool number = false;  ///< right-aligned, figures of one width
    bool code = false;
    bool picture = false;  ///< shows ReportRow::jpeg
};
struct ReportRow {
    std::vector<std::string> cells;  ///< one per column
    ReportTone tone = ReportTone::Plain;
    std::size_t toned = SIZE_MAX;  ///< the cell that has the tone
    std::string target;            ///< the anchor of the section that the second cell links to
    std::vector<std::uint8_t> jpeg = {};  ///< small; may be empty
};
struct ReportTable {
    std::vector<ReportColumn> columns;
    std::vector<ReportRow> rows;
};
/// Shown side by side, as many as fit.
struct ReportPictures {
    struct Picture {
        std::string caption;
        std::string note;  ///< below it, quieter
        std::vector<std::uint8_t> jpeg;
        int width = 0, height = 0;
    };
    std::vector<Picture> pictures;
    bool large = false;  ///< fewer across
};
/// What the colours of the heatmaps above mean: the colour map Inferno, from weak to strong.
struct ReportScale {
    std::string words;
};
/// The panel's verdict and score, and where it and its experts lie between 0 and 1.
struct ReportVerdict {
    ReportTone tone = ReportTone::Plain;
    /// What was asked, above the word. With it, a verdict takes less height, so that several fit on
    /// a page.
    std::string question = {};
    std::string word;    ///< "looks fake"; "could not be examined"
    std::string figure;  ///< two decimals; empty when there is no score
    std::string beside;  ///< spread and leave-one-out range; what the score is worth
    double score = 0;
    BandThresholds thresholds;
    std::vector<double> experts;
};

using ReportBlock = std::variant<ReportHeading, ReportParagraph, ReportList, ReportFacts,
                                 ReportTable, ReportPictures, ReportScale, ReportVerdict>;

struct ReportSection {
    std::string anchor;  ///< letters and digits; unique in the report; may be empty
    std::string above;   ///< a few words above the title
    std::string title;
    std::string below;  ///< below the title: a path
    /// Other sections, by anchor and words, for readers on a screen.
    std::vector<std::pair<std::string, std::string>> links;
    std::vector<ReportBlock> blocks;
    bool own_page = false;
};

/// Lays out a report and writes it piece by piece; keeps nothing of what it is given. Every
/// function may throw what writing to its file throws.
class ReportWriter {
  public:
    virtual ~ReportWriter() = default;
    /// Called first. `head` stands on every page.
    virtual void begin(const std::string& title, const std::string& head) = 0;
    virtual void add(const ReportSection& section) = 0;
    /// A section that is one table of any length, row by row.
    virtual void begin_table(const ReportSection& section,
                             const std::vector<ReportColumn>& columns) = 0;
    virtual void add_row(const ReportRow& row) = 0;
    virtual void end_table() = 0;
    /// Called last.
    virtual void end() = 0;
};

}  // namespace dfd
