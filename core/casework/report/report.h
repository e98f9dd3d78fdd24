// A report as whoever lays it out is given it: sections of blocks, streamed. Plain C++.
//
// All texts are fit to show (`report_text`): valid UTF-8 without control characters; a line break
// is one that is meant. Nothing in them is markup.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// What a word or a row stands for: a colour, never without the word.
enum class ReportTone { Plain, Quiet, Real, Undecided, Fake, Warning };

struct ReportHeading {
    std::string text;
};
struct ReportParagraph {
    std::string text;
    ReportTone tone = ReportTone::Plain;
};
/// Sentences that stand one below the other.
struct ReportList {
    std::vector<std::string> items;
    ReportTone tone = ReportTone::Plain;
};
/// Names and what is known of them.
struct ReportFacts {
    struct Fact {
        std::string name;
        std::string value;
        bool code = false;  ///< a digest: letters of one width
    };
    std::vector<Fact> facts;
};
struct ReportColumn {
    std::string title;
    double share = 1;     ///< of the width, against the other columns'
    bool number = false;  ///< aligned at its end, figures of one width
    bool code = false;
};
struct ReportRow {
    std::vector<std::string> cells;  ///< one a column
    ReportTone tone = ReportTone::Plain;
    std::size_t toned = SIZE_MAX;  ///< the cell that has the tone
    std::string target;            ///< the anchor of a section that the second cell leads to
};
struct ReportTable {
    std::vector<ReportColumn> columns;
    std::vector<ReportRow> rows;
};
/// Side by side, as many as fit.
struct ReportPictures {
    struct Picture {
        std::string caption;
        std::string note;  ///< below it, quieter
        std::vector<std::uint8_t> jpeg;
        int width = 0, height = 0;
    };
    std::vector<Picture> pictures;
};
/// What the colours of the heatmaps above mean: the colour map Inferno, from 0.
struct ReportScale {
    std::string label;  ///< of its bright end
    std::string words;
};
/// The panel's word and figure, and where it and its experts lie between 0 and 1.
struct ReportVerdict {
    ReportTone tone = ReportTone::Plain;
    std::string word;    ///< "looks fake"; "failed"
    std::string figure;  ///< two decimals; empty when there is no score
    std::string beside;  ///< spread and leave-one-out range
    double score = 0;
    BandThresholds thresholds;
    std::vector<double> experts;
};

using ReportBlock = std::variant<ReportHeading, ReportParagraph, ReportList, ReportFacts,
                                 ReportTable, ReportPictures, ReportScale, ReportVerdict>;

struct ReportSection {
    std::string anchor;  ///< letters and digits; unique in the report; may be empty
    std::string above;   ///< a few words over the title
    std::string title;
    std::string below;  ///< where it lies: a path
    std::vector<ReportBlock> blocks;
    bool own_page = false;
};

/// Lays out a report and writes it, piece by piece; keeps nothing of what was handed over.
/// Everything may throw what writing to its file throws.
class ReportWriter {
  public:
    virtual ~ReportWriter() = default;
    /// First. `head` stands on every page.
    virtual void begin(const std::string& title, const std::string& head) = 0;
    virtual void add(const ReportSection& section) = 0;
    /// A section that is one table of any length, row by row.
    virtual void begin_table(const ReportSection& section,
                             const std::vector<ReportColumn>& columns) = 0;
    virtual void add_row(const ReportRow& row) = 0;
    virtual void end_table() = 0;
    /// Last.
    virtual void end() = 0;
};

}  // namespace dfd
