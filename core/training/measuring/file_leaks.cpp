#include "core/training/measuring/file_leaks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/cancelled.h"
#include "core/base/dice.h"
#include "core/panel/json_line.h"
#include "core/picture/formats/jpeg_facts.h"
#include "core/training/charts/svg.h"
#include "core/training/manifest/training_error.h"
#include "core/training/measuring/logistic_regression.h"
#include "core/training/measuring/metrics.h"
#include "core/training/photos/picture_reader.h"

namespace dfd {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargestDeviation = 5;  // values are clipped to this many standard deviations

// Facts of one picture's file.
struct Facts {
    std::string format;
    std::string problem;         // why there are no facts
    std::vector<double> values;  // in the order of kNames; NaN: missing
};
constexpr std::array kNames{"bytes",          "bytes a pixel", "width",
                            "height",         "aspect",        "sides are multiples of 8",
                            "bits a channel", "JPEG quality",  "chroma subsampling"};

Facts facts_of(const std::filesystem::path& path, PictureMemory& memory) {
    Facts facts;
    const auto bytes = PictureMemory::bytes_of(path, facts.problem);
    if (!facts.problem.empty())
        return facts;
    const auto picture = memory.decode(bytes, facts.problem);
    if (!facts.problem.empty())
        return facts;
    const auto jpeg = jpeg_facts(bytes);
    const auto size = static_cast<double>(bytes.size());
    const int width = picture.pixels.width;
    const int height = picture.pixels.height;
    facts.format = picture.facts.format;
    facts.values = {std::log(size),
                    size / (static_cast<double>(width) * height),
                    static_cast<double>(width),
                    static_cast<double>(height),
                    std::log(static_cast<double>(width) / height),
                    width % 8 == 0 && height % 8 == 0 ? 1.0 : 0.0,
                    static_cast<double>(picture.facts.bits_per_channel),
                    jpeg ? jpeg->quality : kNone,
                    jpeg ? static_cast<double>(jpeg->subsampling) : kNone};
    return facts;
}

// The values of one fact for all pictures.
struct Column {
    std::string name;
    std::vector<double> values;
};

bool varies(const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [&](double value) {
        return value != values.front() && !(std::isnan(value) && std::isnan(values.front()));
    });
}

std::vector<Column> columns_of(const std::vector<Facts>& pictures) {
    std::vector<Column> columns;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        Column column{kNames[i], {}};
        for (const auto& each : pictures)
            column.values.push_back(each.values[i]);
        columns.push_back(std::move(column));
    }
    std::set<std::string> formats;
    for (const auto& each : pictures)
        formats.insert(each.format);
    if (formats.size() == 2)  // two formats: one column is the complement of the other
        formats.erase(std::prev(formats.end()));
    for (const auto& format : formats) {
        Column column{"format " + format, {}};
        for (const auto& each : pictures)
            column.values.push_back(each.format == format ? 1 : 0);
        columns.push_back(std::move(column));
    }
    std::erase_if(columns, [](const Column& column) { return !varies(column.values); });
    return columns;
}

// The part (fold) of each picture. Groups with both classes, with fakes only and with real pictures
// only are dealt in turn, each kind in random order, so that every part gets some of each kind.
std::vector<int> divide(const std::vector<Labelled>& pictures, std::size_t groups, int parts,
                        std::uint64_t seed) {
    std::vector<std::array<bool, 2>> classes(groups);
    for (const auto& each : pictures)
        classes[each.group][each.fake] = true;
    Dice dice(seed, 0x1EA5);
    std::vector<std::pair<int, std::uint64_t>> order;  // kind, random key
    for (const auto& [real, fake] : classes)
        order.emplace_back(real && fake ? 0 : fake ? 1 : 2, dice.bits());
    std::vector<std::size_t> shuffled(groups);
    std::iota(shuffled.begin(), shuffled.end(), std::size_t{0});
    std::sort(shuffled.begin(), shuffled.end(),
              [&](std::size_t a, std::size_t b) { return order[a] < order[b]; });
    std::vector<int> part_of_group(groups);
    for (std::size_t i = 0; i < groups; ++i)
        part_of_group[shuffled[i]] = static_cast<int>(i % static_cast<std::size_t>(parts));
    std::vector<int> part;
    for (const auto& each : pictures)
        part.push_back(part_of_group[each.group]);
    return part;
}

// Standardises by mean and deviation of the pictures of other parts; missing values become the
// mean. Also adds the square, which separates a class that clusters around the middle.
void add_standardised(const Column& column, const std::vector<int>& parts, int held_out,
                      std::vector<std::vector<double>>& table) {
    double count = 0;
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i] != held_out && !std::isnan(column.values[i])) {
            ++count;
            sum += column.values[i];
        }
    const double mean = count > 0 ? sum / count : 0;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i] != held_out && !std::isnan(column.values[i]))
            squares += (column.values[i] - mean) * (column.values[i] - mean);
    const double deviation = count > 0 ? std::sqrt(squares / count) : 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool known = !std::isnan(column.values[i]) && deviation > 0;
        const double z = known ? std::clamp((column.values[i] - mean) / deviation,
                                            -kLargestDeviation, kLargestDeviation)
                               : 0;
        table[i].push_back(z);
        table[i].push_back(known ? z * z - 1 : 0);
    }
}

// Cross-validated log-odds of every picture, with the part as stratum. Skips parts whose training
// data has only one class.
std::vector<Labelled> cross_validated(const std::vector<Labelled>& pictures,
                                      const std::vector<const Column*>& columns,
                                      const std::vector<int>& part, int parts, double ridge) {
    std::vector<Labelled> result;
    for (int held_out = 0; held_out < parts; ++held_out) {
        std::vector<std::vector<double>> table(pictures.size());
        for (const auto* column : columns)
            add_standardised(*column, part, held_out, table);
        LogisticData data;
        data.columns = 2 * columns.size();
        std::array<bool, 2> seen{};
        for (std::size_t i = 0; i < pictures.size(); ++i)
            if (part[i] != held_out) {
                data.x.insert(data.x.end(), table[i].begin(), table[i].end());
                data.positive.push_back(pictures[i].fake);
                seen[pictures[i].fake] = true;
            }
        if (!seen[0] || !seen[1])
            continue;
        data.balance();
        const auto model = fit_logistic(data, ridge);
        for (std::size_t i = 0; i < pictures.size(); ++i)
            if (part[i] == held_out)
                result.push_back({model.log_odds(table[i]), pictures[i].fake, pictures[i].group,
                                  static_cast<std::size_t>(held_out)});
    }
    return result;
}

std::vector<Facts> read_facts(const Manifest& manifest, const Progress& progress,
                              const std::stop_token& stop) {
    const auto& rows = manifest.rows;
    PictureReader<Facts> files(
        rows.size(), picture_readers(), [&](std::uint64_t i, PictureMemory& memory) {
            auto facts = facts_of(rows[static_cast<std::size_t>(i)].path, memory);
            memory.release();  // only the facts are kept
            return facts;
        });
    std::vector<Facts> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (progress)
            progress(static_cast<double>(i), static_cast<double>(rows.size()), "reading files");
        all.push_back(files.next(stop).item);
    }
    return all;
}

std::string figure(double value) {
    return std::isfinite(value) ? svg::fixed(value, 3) : "–";
}

std::string verdict(const LeakReport& report) {
    if (!report.leaks.empty() && std::isnan(report.leaks.front().auc))
        return "It could not be measured: the groups cannot be divided so that both classes remain "
               "for training and for testing.";
    if (report.leaks.empty())
        return "All files have the same facts: nothing leaks.";
    if (report.leaking())
        return "WARNING: files give the fakes away without their pixels, and a network may learn "
               "that instead. Publish real pictures in the same way as the fakes (format, quality, "
               "size), and compare again.";
    if (report.leaks.front().low > 0.5)
        return "These facts give a little away; the AUC should be near 0.5.";
    return "These facts do not separate fakes from real pictures, as it should be.";
}

std::string padded(std::string text, std::size_t width) {
    std::size_t length = 0;
    for (const char c : text)
        length += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    text.append(width > length ? width - length : 0, ' ');
    return text;
}

}  // namespace

bool LeakReport::leaking() const {
    return !leaks.empty() && leaks.front().low > kLeakLimit;
}

LeakReport find_leaks(const Manifest& manifest, const LeakOptions& options,
                      const Progress& progress, std::stop_token stop) {
    LeakReport report;
    report.manifest = manifest.file;
    report.seed = options.seed;
    std::vector<Facts> facts;
    std::vector<Labelled> pictures;
    std::vector<std::string> names;
    auto all = read_facts(manifest, progress, stop);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& row = manifest.rows[i];
        if (!all[i].problem.empty()) {
            report.unread.push_back({row.path, all[i].problem});
            continue;
        }
        facts.push_back(std::move(all[i]));
        pictures.push_back({0, row.fake});
        names.push_back(row.group);
        ++(row.fake ? report.fake : report.real);
    }
    const auto groups = group_numbers(names);
    for (std::size_t i = 0; i < groups.size(); ++i)
        pictures[i].group = groups[i];
    report.groups = groups.empty() ? 0 : 1 + *std::max_element(groups.begin(), groups.end());
    if (report.real == 0 || report.fake == 0 || report.groups < 2)
        throw TrainingError("The manifest " + manifest.file.native() + " has " +
                            std::to_string(report.real) + " real pictures and " +
                            std::to_string(report.fake) + " fakes that can be read, in " +
                            std::to_string(report.groups) +
                            " groups; at least one of each and two groups are needed.");
    report.parts = static_cast<int>(
        std::min<std::size_t>(static_cast<std::size_t>(std::max(options.parts, 2)), report.groups));
    const auto part = divide(pictures, report.groups, report.parts, options.seed);
    const auto columns = columns_of(facts);
    const auto add = [&](const std::string& name, const std::vector<const Column*>& which) {
        check_stop(stop);
        const auto scores = cross_validated(pictures, which, part, report.parts, options.ridge);
        Leak leak{name, roc_auc(scores), 0, 0};
        std::tie(leak.low, leak.high) = auc_interval(scores, options.rounds, options.seed);
        report.leaks.push_back(leak);
    };
    std::vector<const Column*> together;
    for (const auto& column : columns)
        together.push_back(&column);
    if (together.empty())
        return report;
    add("all facts", together);
    for (const auto& column : columns)
        add(column.name, {&column});
    std::stable_sort(report.leaks.begin() + 1, report.leaks.end(),
                     [](const Leak& a, const Leak& b) { return a.auc > b.auc; });
    return report;
}

std::string leaks_text(const LeakReport& report) {
    std::string text =
        "How well the files of " + report.manifest.filename().native() +
        " separate fakes from real pictures without their pixels: " + std::to_string(report.fake) +
        " fakes, " + std::to_string(report.real) + " real pictures, " +
        std::to_string(report.groups) + " groups in " + std::to_string(report.parts) +
        " parts.\n\n" + padded("fact", 26) + "AUC    95 % interval\n";
    for (const auto& leak : report.leaks)
        text += padded(leak.name, 26) + padded(figure(leak.auc), 7) + figure(leak.low) + "–" +
                figure(leak.high) + '\n';
    text += '\n' + verdict(report) + '\n';
    return text;
}

std::string leaks_json(const LeakReport& report) {
    using Json = nlohmann::ordered_json;
    const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
    Json json{{"manifest", report.manifest.filename().native()},
              {"real", report.real},
              {"fake", report.fake},
              {"groups", report.groups},
              {"parts", report.parts},
              {"seed", report.seed},
              {"leaking", report.leaking()},
              {"verdict", verdict(report)},
              {"auc", report.leaks.empty() ? Json(0.5) : number(report.leaks.front().auc)}};
    json["facts"] = Json::array();
    for (const auto& leak : report.leaks)
        json["facts"].push_back({{"name", leak.name},
                                 {"auc", number(leak.auc)},
                                 {"low", number(leak.low)},
                                 {"high", number(leak.high)}});
    json["unread"] = Json::array();
    for (const auto& each : report.unread)
        json["unread"].push_back({{"path", each.path.native()}, {"why", each.why}});
    return json_lines(json);
}

}  // namespace dfd
