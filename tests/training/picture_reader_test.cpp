// Tests of PictureReader: order, memory budget, no deadlock.
#include "core/training/photos/picture_reader.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPicture = 3 * 1200 * 1000;  // bytes of pixels

class Reading : public ::testing::Test {
  protected:
    /// `count` pictures of 1200 x 1000, distinguished by their grey level.
    void make(int count) {
        for (int i = 0; i < count; ++i) {
            files.push_back(folder / (std::to_string(i) + ".png"));
            cv::imwrite(files.back().native(), cv::Mat(1000, 1200, CV_8UC3, cv::Scalar::all(i)));
        }
    }
    struct Seen {
        Pixels pixels;
        std::string problem;
    };
    using Reader = PictureReader<Seen>;
    [[nodiscard]] Reader::Make read() const {
        return [this](std::uint64_t i, PictureMemory& memory) {
            Seen seen;
            seen.pixels = memory.read(files[i], seen.problem).pixels;
            return seen;
        };
    }

    test::TemporaryFolder folder;
    std::vector<fs::path> files;
};

TEST_F(Reading, PixelsThatWaitStayWithinTheBudget) {
    make(24);
    const auto budget = 4 * kPicture;
    Reader reader(files.size(), 8, read(), budget);
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto next = reader.next({});
        ASSERT_EQ(next.item.problem, "");
        EXPECT_EQ(next.item.pixels.rgb.at(0), i) << "in order";
        EXPECT_EQ(next.memory.bytes(), kPicture) << "what it really takes";
    }
    // Limits double until a picture fits, so the awaited one may exceed the budget by less than two
    // times its own size.
    EXPECT_LE(reader.peak_bytes(), budget + 2 * kPicture);
    EXPECT_GE(reader.peak_bytes(), kPicture);
}

TEST_F(Reading, ABatchLargerThanTheBudgetStillComes) {
    make(9);
    std::vector<Reader::Read> kept;
    Reader reader(files.size(), 4, read(), 2 * kPicture);
    for (std::size_t i = 0; i < files.size(); ++i)
        kept.push_back(reader.next({}));
    for (std::size_t i = 0; i < kept.size(); ++i)
        EXPECT_EQ(kept[i].item.pixels.rgb.at(0), i);
    // At most one more than is kept: nothing is read ahead meanwhile.
    EXPECT_LE(reader.peak_bytes(), (kept.size() + 1) * kPicture);
}

TEST_F(Reading, APictureLargerThanTheWholeBudgetIsReadAlone) {
    make(3);
    Reader reader(files.size(), 3, read(), kPicture / 10);
    for (std::size_t i = 0; i < files.size(); ++i)
        EXPECT_EQ(reader.next({}).item.pixels.rgb.at(0), i);
    EXPECT_LE(reader.peak_bytes(), 2 * kPicture);
}

TEST_F(Reading, UnreadablePicturesGiveASentenceAndUseNoBudget) {
    make(2);
    files.insert(files.begin() + 1, folder / "missing.png");
    files.push_back(folder / "page.png");
    test::write_bytes(files.back(), "<html></html>");
    Reader reader(files.size(), 2, read());
    std::vector<bool> problems;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto next = reader.next({});
        problems.push_back(!next.item.problem.empty());
        EXPECT_EQ(next.item.pixels.empty(), problems.back());
        EXPECT_EQ(next.memory.bytes(), problems.back() ? 0 : kPicture);
    }
    EXPECT_EQ(problems, (std::vector<bool>{false, true, false, true}));
}

TEST_F(Reading, LeavingEarlyWakesThreadsThatWaitForTheBudget) {
    make(6);
    Reader reader(files.size(), 4, read(), kPicture);
    EXPECT_FALSE(reader.next({}).item.pixels.empty());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(reader.next(stop.get_token())), Cancelled);
}

TEST(Budget, TheAwaitedItemMayExceedTheBudget) {
    ByteBudget budget(10);
    budget.await(7);
    budget.acquire(3, 8);   // fits
    budget.acquire(7, 50);  // the awaited item
    EXPECT_EQ(budget.peak(), 58u);
    budget.release(50);
    budget.acquire(8, 2);
    budget.close();
    EXPECT_THROW(budget.acquire(9, 1), Cancelled);
    EXPECT_EQ(budget.peak(), 58u);
}

}  // namespace
}  // namespace dfd
