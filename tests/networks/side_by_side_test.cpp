// Tests of dividing experts among workers, and of the thread settings afterwards.
#include "core/networks/trunk/side_by_side.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/planned_trunk.h"

namespace dfd {
namespace {

double greatest_load(const Shares& shares, const std::vector<double>& costs) {
    double most = 0;
    for (const auto& share : shares) {
        double load = 0;
        for (const auto task : share)
            load += costs[task];
        most = std::max(most, load);
    }
    return most;
}

std::multiset<std::size_t> tasks_of(const Shares& shares) {
    std::multiset<std::size_t> tasks;
    for (const auto& share : shares)
        tasks.insert(share.begin(), share.end());
    return tasks;
}

TEST(ShareOut, EveryTaskIsDoneOnce) {
    const std::vector<double> costs{3, 1, 4, 1, 5, 9, 2, 6, 0, 0};
    for (const int workers : {-1, 1, 2, 3, 20}) {
        const auto shares = share_out(costs, workers);
        EXPECT_EQ(shares.size(), static_cast<std::size_t>(std::max(workers, 1)));
        EXPECT_EQ(tasks_of(shares), (std::multiset<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    }
    EXPECT_EQ(share_out({}, 2), Shares(2));
}

TEST(ShareOut, ThePublishedPanelIsDividedEvenly) {
    std::vector<double> costs;
    for (const auto* name :
         {"convnextv2_tiny", "convnextv2_tiny", "tf_efficientnet_b4", "tf_efficientnet_b4",
          "tf_efficientnet_b5", "tf_efficientnet_b5", "tf_efficientnet_b6"}) {
        const WithoutInitialValues needless;
        costs.push_back(trunk_cost(trunk_plan_of(*make_network(name)), 512, 512));
    }
    // Seconds on one thread, measured with AVX-512; half of the sum is 1.09.
    const std::vector<double> seconds{0.454, 0.456, 0.176, 0.176, 0.272, 0.268, 0.380};
    EXPECT_LT(greatest_load(share_out(costs, 2), seconds), 1.12);
}

TEST(TrunkCost, CountsDepthwiseConvolutionsSeveralTimes) {
    for (const auto* name : {"convnextv2_atto", "tf_efficientnet_b0"}) {
        const auto plan = trunk_plan_of(*make_network(name));
        const double flops = trunk_flops(plan, 64, 64), cost = trunk_cost(plan, 64, 64);
        EXPECT_GT(cost, 1.02 * flops) << name;
        EXPECT_LT(cost, 2 * flops) << name;
    }
    EXPECT_EQ(trunk_cost({}, 64, 64), 0);
}

TEST(ShareOut, IsNearlyTheBestOfAll) {
    for (unsigned seed = 1; seed < 40; ++seed) {
        std::vector<double> costs;
        for (unsigned i = 0; i < 9; ++i)
            costs.push_back(1 + seed * (i + 3) * (i + 7) * 2654435761u % 97);
        double best = 1e9;
        for (unsigned chosen = 0; chosen < 512; ++chosen) {
            Shares shares(2);
            for (unsigned i = 0; i < 9; ++i)
                shares[chosen >> i & 1].push_back(i);
            best = std::min(best, greatest_load(shares, costs));
        }
        EXPECT_LE(greatest_load(share_out(costs, 2), costs), 1.05 * best) << seed;
    }
}

TEST(SideBySide, EachWorkerHasItsShareOfTheThreads) {
    const int threads = at::get_num_threads();
    at::set_num_threads(4);
    std::mutex lock;
    std::set<std::thread::id> where;
    std::multiset<std::size_t> done;
    run_side_by_side({{0, 2}, {1}}, [&](std::size_t task, std::size_t worker) {
        const std::lock_guard guard(lock);
        EXPECT_EQ(worker, task % 2);
        EXPECT_EQ(at::get_num_threads(), 2);
        where.insert(std::this_thread::get_id());
        done.insert(task);
    });
    EXPECT_EQ(done, (std::multiset<std::size_t>{0, 1, 2}));
    EXPECT_EQ(where.size(), 2u);
    EXPECT_TRUE(where.contains(std::this_thread::get_id()));
    EXPECT_EQ(at::get_num_threads(), 4);
    run_side_by_side({{0}, {}}, [&](std::size_t, std::size_t) {
        EXPECT_EQ(at::get_num_threads(), 4);  // no other worker has tasks
        EXPECT_EQ(where.count(std::this_thread::get_id()), 1u);
    });
    run_side_by_side({}, [](std::size_t, std::size_t) { FAIL(); });
    at::set_num_threads(threads);
}

TEST(SideBySide, AFailureEndsAllAndIsThrown) {
    const int threads = at::get_num_threads();
    for (const std::size_t failing : {std::size_t{0}, std::size_t{1}}) {
        std::mutex lock;
        std::set<std::size_t> started;
        try {
            run_side_by_side({{0, 2, 4}, {1, 3, 5}}, [&](std::size_t task, std::size_t) {
                {
                    const std::lock_guard guard(lock);
                    started.insert(task);
                }
                if (task == failing)
                    throw std::runtime_error("task " + std::to_string(task));
            });
            ADD_FAILURE() << "nothing was thrown";
        } catch (const std::runtime_error& error) {
            EXPECT_EQ(error.what(), "task " + std::to_string(failing));
        }
        EXPECT_FALSE(started.contains(failing + 2));
        EXPECT_EQ(at::get_num_threads(), threads);
    }
}

}  // namespace
}  // namespace dfd
