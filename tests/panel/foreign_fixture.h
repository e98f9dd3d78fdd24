// Experts of other people for tests: programs in a temporary folder, with manifests and canaries.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/opinion/opinion.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/picture/pixels/pixels.h"
#include "tests/checkpoint/temporary_folder.h"

#define DFD_NEEDS(missing)                                     \
    do {                                                       \
        if (const std::string lack = (missing); !lack.empty()) \
            GTEST_SKIP() << lack;                              \
    } while (false)
/// Ends a test that needs programs in a sandbox where there are none. CTest shows it as skipped.
#define DFD_NEEDS_PROGRAMS() DFD_NEEDS(::dfd::missing_for_programs())
/// The same for the engine of ONNX models.
#define DFD_NEEDS_ONNX() DFD_NEEDS(::dfd::missing_for_onnx())

namespace dfd::test {

/// A program whose log-odds are the mean of (red - green) / 20, in Perl, which every Debian has.
inline constexpr const char* kRedAgainstGreen = R"perl($| = 1;
while (<STDIN>) {
    my ($path) = /"picture":"([^"]+)"/;
    open my $file, '<:raw', $path or die "no picture";
    local $/;
    my ($width, $height, $rgb) = <$file> =~ /\AP6\n(\d+) (\d+)\n255\n(.*)\z/s;
    my @values = unpack 'C*', $rgb;
    my $sum = 0;
    for (my $i = 0; $i < @values; $i += 3) { $sum += $values[$i] - $values[$i + 1]; }
    printf qq({"score": %.9f}\n), $sum / ($width * $height) / 20;
}
)perl";

/// The same, with a map of 4 x 4 cells of it; in cells that are darker than 20 it judges nothing.
inline constexpr const char* kMapOfRed = R"perl($| = 1;
while (<STDIN>) {
    my ($path) = /"picture":"([^"]+)"/;
    open my $file, '<:raw', $path or die "no picture";
    local $/;
    my ($width, $height, $rgb) = <$file> =~ /\AP6\n(\d+) (\d+)\n255\n(.*)\z/s;
    my @values = unpack 'C*', $rgb;
    my ($sum, @sums, @counts, @green) = (0);
    for (my $i = 0; $i < @values; $i += 3) {
        my $cell = 4 * int(4 * int($i / 3 / $width) / $height) + int(4 * ($i / 3 % $width) / $width);
        my $difference = $values[$i] - $values[$i + 1];
        $sum += $difference;
        $sums[$cell] += $difference;
        $green[$cell] += $values[$i + 1];
        $counts[$cell]++;
    }
    my @map = map { $green[$_] < 20 * $counts[$_] ? 'null' : $sums[$_] / $counts[$_] / 20 } 0 .. 15;
    my $rows = join ',', map { '[' . join(',', @map[4 * $_ .. 4 * $_ + 3]) . ']' } 0 .. 3;
    printf qq({"score": %.9f, "map": [%s]}\n), $sum / ($width * $height) / 20, $rows;
}
)perl";

inline Pixels plain(int width, int height, std::uint8_t red, std::uint8_t green,
                    std::uint8_t blue) {
    Pixels pixels{width, height, {}};
    for (int i = 0; i < width * height; ++i)
        pixels.rgb.insert(pixels.rgb.end(), {red, green, blue});
    return pixels;
}

/// Pictures of one colour, with red against green at -40, -10, 10 and 40, beside the manifest.
inline nlohmann::ordered_json write_canaries(const std::filesystem::path& folder) {
    auto canaries = nlohmann::ordered_json::array();
    for (const int difference : {-40, -10, 10, 40}) {
        const auto name = "canary" + std::to_string(difference) + ".png";
        write_png(folder / name,
                  plain(40, 30, static_cast<std::uint8_t>(100 + difference), 100, 90));
        canaries.push_back({{"file", name},
                            {"sha256", sha256_hex_of_file(folder / name)},
                            {"probability", fake_score({0, difference / 20.0})}});
    }
    return canaries;
}

/// What the manifests of all kinds of expert say first.
inline nlohmann::ordered_json manifest_head(const char* kind) {
    return {{"format", 1},          {"kind", kind},
            {"name", "red"},        {"title", "Red against green"},
            {"origin", "a test"},   {"licence", "GPL-3.0-or-later"},
            {"date", "2026-11-29"}, {"made_for", {"generated"}}};
}

/// Writes a program expert into `folder` and returns its manifest, which may be changed and written
/// again. `script` is a file of it, which `command` runs.
inline nlohmann::ordered_json write_program(const std::filesystem::path& folder,
                                            const std::vector<std::string>& command = {"perl",
                                                                                       "expert.pl"},
                                            const std::string& script = kRedAgainstGreen) {
    std::filesystem::create_directories(folder);
    write_bytes(folder / "expert.pl", script);
    auto manifest = manifest_head("program");
    manifest.update(
        {{"program",
          {{"command", command},
           {"files",
            {{{"file", "expert.pl"}, {"sha256", sha256_hex_of_file(folder / "expert.pl")}}}},
           {"limits", {{"memory_mb", 512}, {"seconds", 20}, {"start_seconds", 20}}}}},
         {"output", {{"kind", "logit"}, {"fake", "high"}}},
         {"canaries", write_canaries(folder)}});
    write_bytes(folder / "manifest.json", manifest.dump(2));
    return manifest;
}

/// The same with a map of its own, and a canary whose upper right cell is red.
inline nlohmann::ordered_json write_localiser(const std::filesystem::path& folder,
                                              const std::string& script = kMapOfRed) {
    auto manifest = write_program(folder, {"perl", "expert.pl"}, script);
    auto picture = plain(40, 32, 100, 100, 90);
    for (int y = 0; y < 8; ++y)
        for (int x = 30; x < 40; ++x)
            picture.rgb[static_cast<std::size_t>(3 * (40 * y + x))] = 180;
    write_png(folder / "corner.png", picture);
    manifest["canaries"].push_back({{"file", "corner.png"},
                                    {"sha256", sha256_hex_of_file(folder / "corner.png")},
                                    {"probability", fake_score({0, 80.0 / 16 / 20})},
                                    {"strongest", {0.75, 0, 1, 0.25}}});
    manifest["output"]["map"] = {{"kind", "logit"}, {"fake", "high"}};
    write_bytes(folder / "manifest.json", manifest.dump(2));
    return manifest;
}

}  // namespace dfd::test
