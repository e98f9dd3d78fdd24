// Tests of look-alike groups and of half-precision maps.
#include "core/casework/exhibits/duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "core/casework/exhibits/perceptual_hash.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/store/case_rows.h"
#include "core/casework/store/stored_map.h"
#include "tests/casework/case_fixture.h"

namespace dfd::test {
namespace {

using LookingAlike = Casework;

bool was_seen(float value) {
    return looked_at(value);
}

TEST_F(LookingAlike, RecompressedAndResizedCopiesAreAlike) {
    for (unsigned i = 0; i < 30; ++i) {
        const auto original = numbered_picture(i, 300);
        const auto hash = perceptual_hash(original).value();
        const auto again = decode_picture(small_jpeg(original, 300)).pixels;
        const auto smaller = decode_picture(small_jpeg(original, 150)).pixels;
        EXPECT_LE(std::popcount(hash ^ perceptual_hash(again).value()), kDefaultHashDistance);
        EXPECT_LE(std::popcount(hash ^ perceptual_hash(smaller).value()), kDefaultHashDistance);
    }
    EXPECT_FALSE(perceptual_hash({50, 50, std::vector<std::uint8_t>(7500, 90)}).has_value());
    EXPECT_FALSE(perceptual_hash({}).has_value());
}

/// Records exhibits with these hashes and scores, as a scan would.
void write_hashes(CaseFile& file, const std::vector<std::uint64_t>& hashes,
                  const std::vector<double>& scores) {
    Recording recording(file);
    const auto scorer = add_scorer(
        recording, {"d", "fp32", 1, "fake", false, R"({"name": "fake", "experts": []})"});
    const auto session = add_session(recording, {"u", 1, "me", "here", 1, "cpu", "", "[]", "{}"});
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        Blob digest(32, 0);
        for (int byte = 0; byte < 8; ++byte)
            digest[static_cast<std::size_t>(byte)] = static_cast<std::uint8_t>(i >> 8 * byte);
        const auto id =
            add_exhibit(recording, {digest, "", 1, 1, DecodedRow{1, 1, hashes[i], "{}", {}}});
        ResultRow result;
        result.exhibit = id;
        result.scorer = scorer;
        result.session = session;
        result.score = scores[i];
        add_result(recording, result, RowSource::Here);
    }
    recording.finish("results", "{}");
    show_scorer(file, scorer);
}

TEST_F(LookingAlike, GroupsEqualThoseOfAllPairs) {
    std::mt19937_64 random(3);
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < 300; ++i) {
        const auto center = random();
        hashes.push_back(center);
        for (auto copies = random() % 4; copies > 0; --copies) {
            auto near = center;
            for (auto flips = random() % 9; flips > 0; --flips)
                near ^= std::uint64_t{1} << random() % 64;
            hashes.push_back(near);
        }
    }
    CaseFile file(case_path(), CaseAccess::Create);
    write_hashes(file, hashes, std::vector<double>(hashes.size(), 0.5));
    for (int distance = 0; distance <= kLargestHashDistance; ++distance) {
        // Reference: compare all pairs.
        std::vector<std::size_t> group(hashes.size());
        for (std::size_t i = 0; i < group.size(); ++i)
            group[i] = i;
        for (std::size_t i = 0; i < hashes.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (group[i] != group[j] && std::popcount(hashes[i] ^ hashes[j]) <= distance)
                    std::ranges::replace(group, std::size_t{group[j]}, std::size_t{group[i]});
        std::map<std::size_t, std::vector<ExhibitId>> members;
        for (std::size_t i = 0; i < group.size(); ++i)
            members[group[i]].push_back(static_cast<ExhibitId>(i + 1));
        std::set<std::vector<ExhibitId>> truth, found;
        for (const auto& [root, ids] : members)
            if (ids.size() > 1)
                truth.insert(ids);
        for (const auto& each : find_look_alikes(file, distance))
            found.insert(each.ids);
        EXPECT_EQ(found, truth) << distance;
    }
    EXPECT_THROW((void)find_look_alikes(file, kLargestHashDistance + 1), CaseError);
    EXPECT_THROW((void)find_look_alikes(file, -1), CaseError);
}

TEST_F(LookingAlike, DifferentlyJudgedGroupsComeFirst) {
    CaseFile file(case_path(), CaseAccess::Create);
    write_hashes(file, {0, 0, 0, ~0ull, ~1ull, 0xffff0000ull}, {0.1, 0.2, 0.1, 0.1, 0.9, 0.9});
    auto groups = find_look_alikes(file);
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_TRUE(groups[0].judged_differently);
    EXPECT_EQ(groups[0].ids, (std::vector<ExhibitId>{4, 5}));
    EXPECT_EQ(groups[0].lowest, 0.1);
    EXPECT_EQ(groups[0].highest, 0.9);
    EXPECT_FALSE(groups[1].judged_differently);
    EXPECT_EQ(groups[1].ids.size(), 3u);
    set_thresholds(file, {"one band", BandThresholds{0, 0}});
    EXPECT_FALSE(find_look_alikes(file)[0].judged_differently);
}

TEST_F(LookingAlike, ScannedCopiesAreGrouped) {
    for (unsigned i = 0; i < 6; ++i)
        picture(std::to_string(i) + ".png", i);
    write_bytes(pictures() / "copy.jpg", [] {
        const auto bytes = small_jpeg(numbered_picture(4), 72);
        return std::string(bytes.begin(), bytes.end());
    }());
    CaseFile file(case_path(), CaseAccess::Create);
    scan_all(file);
    const auto groups = find_look_alikes(file);
    ASSERT_EQ(groups.size(), 1u);
    std::set<std::string> names;
    for (const auto& row : exhibit_rows(file, groups[0].ids))
        names.insert(row.path.filename());
    EXPECT_EQ(names, (std::set<std::string>{"4.png", "copy.jpg"}));
}

TEST(StoredMaps, HalvesRoundToNearest) {
    for (std::uint32_t half = 0; half < 0x7c00; ++half)  // every finite non-negative half
        ASSERT_EQ(to_half(from_half(static_cast<std::uint16_t>(half))), half);
    EXPECT_EQ(to_half(1.0f), 0x3c00);
    EXPECT_EQ(to_half(-2.0f), 0xc000);
    EXPECT_EQ(to_half(65504.0f), 0x7bff);
    EXPECT_EQ(to_half(65519.9f), 0x7bff);
    EXPECT_EQ(to_half(65520.0f), 0x7c00);
    EXPECT_EQ(to_half(std::ldexp(1.0f, -24)), 1);
    EXPECT_EQ(to_half(std::ldexp(1.0f, -25)), 0);  // tie, rounded to even
    EXPECT_EQ(to_half(std::ldexp(1.5f, -25)), 1);
    EXPECT_EQ(to_half(1 + std::ldexp(1.0f, -11)), 0x3c00);  // tie, rounded to even
    EXPECT_EQ(to_half(1 + std::ldexp(3.0f, -11)), 0x3c02);  // tie, rounded to even
    EXPECT_EQ(to_half(2 - std::ldexp(1.0f, -12)), 0x4000);  // carries into the exponent
    EXPECT_TRUE(std::isnan(from_half(to_half(NAN))));
    EXPECT_TRUE(std::isinf(from_half(to_half(INFINITY))));
}

TEST(StoredMaps, KeepTheirValuesAtAnyScale) {
    for (const float size : {1e-12f, 1e-3f, 1.0f, 1e6f, 1e20f}) {
        HeatMap map{3, 5, {}};
        for (int i = 0; i < 15; ++i)
            map.values.push_back(size * static_cast<float>(i) / 15);
        const auto back = load_map(store_map(map, 0));
        ASSERT_EQ(back.rows, 3);
        ASSERT_EQ(back.columns, 5);
        for (std::size_t i = 0; i < 15; ++i)
            EXPECT_NEAR(back.values[i], map.values[i], map.values[i] / 2000);
    }
    const HeatMap dark{2, 2, {0, 0, 0, 0}};
    EXPECT_EQ(load_map(store_map(dark, 64)).values, dark.values);
    HeatMap large{300, 100, std::vector<float>(30'000, 2.0f)};
    const auto small = store_map(large, 64);
    EXPECT_EQ(small.rows, 64);
    EXPECT_EQ(small.columns, 21);
    EXPECT_EQ(small.native_rows, 300);
    EXPECT_NEAR(load_map(small).values.at(100), 2.0f, 1e-3);
    // What was not looked at stays so; a smaller cell holds the mean of the part that was.
    HeatMap part{4, 4, std::vector<float>(16, kNotLookedAt)};
    EXPECT_FALSE(looked_at(load_map(store_map(part, 64)).values.at(0)));
    part.values[0] = 3;
    part.values[2] = 0;
    part.values[3] = 1;
    const auto all = load_map(store_map(part, 0)).values;
    EXPECT_EQ(all[0], 3);
    EXPECT_EQ(all[2], 0);
    EXPECT_EQ(std::ranges::count_if(all, was_seen), 3);
    const auto halved = load_map(store_map(part, 2));
    ASSERT_EQ(halved.values.size(), 4u);
    EXPECT_NEAR(halved.values[0], 3, 1e-3);
    EXPECT_NEAR(halved.values[1], 0.5, 1e-3);
    EXPECT_EQ(std::ranges::count_if(halved.values, was_seen), 2);
    auto broken = small;
    broken.halves.pop_back();
    EXPECT_THROW((void)load_map(broken), CaseError);
}

}  // namespace
}  // namespace dfd::test
