#include "core/networks/trunk/side_by_side.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "core/networks/hardware/parallel.h"

namespace dfd {
namespace {

/// Moves a task between two workers, or swaps two, if that reduces the larger load.
bool improve(std::vector<std::size_t>& busy, double& most, std::vector<std::size_t>& idle,
             double& least, std::span<const double> costs) {
    double best = most;
    std::size_t given = busy.size(), taken = idle.size();
    for (std::size_t i = 0; i < busy.size(); ++i)
        for (std::size_t j = 0; j <= idle.size(); ++j) {
            const double back = j < idle.size() ? costs[idle[j]] : 0;
            const double moved = costs[busy[i]] - back;
            if (const double load = std::max(most - moved, least + moved); load < best) {
                best = load;
                given = i;
                taken = j;
            }
        }
    // Ignore tiny gains: they may be rounding errors, and the loop might never end.
    if (given == busy.size() || best > most * (1 - 1e-9))
        return false;
    const double moved = costs[busy[given]] - (taken < idle.size() ? costs[idle[taken]] : 0);
    most -= moved;
    least += moved;
    if (taken < idle.size()) {
        std::swap(busy[given], idle[taken]);
    } else {
        idle.push_back(busy[given]);
        busy.erase(busy.begin() + static_cast<std::ptrdiff_t>(given));
    }
    return true;
}

}  // namespace

int experts_at_once(int threads) {
    return threads >= 2 ? 2 : 1;
}

Shares share_out(std::span<const double> costs, int workers) {
    const auto count = static_cast<std::size_t>(std::max(workers, 1));
    Shares shares(count);
    std::vector<double> loads(count, 0.0);
    std::vector<std::size_t> order(costs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
    for (const auto task : order) {
        const auto least = std::min_element(loads.begin(), loads.end()) - loads.begin();
        shares[static_cast<std::size_t>(least)].push_back(task);
        loads[static_cast<std::size_t>(least)] += costs[task];
    }
    for (bool better = count > 1; better;) {
        better = false;
        const auto most =
            static_cast<std::size_t>(std::max_element(loads.begin(), loads.end()) - loads.begin());
        for (std::size_t other = 0; other < count && !better; ++other)
            better = other != most &&
                     improve(shares[most], loads[most], shares[other], loads[other], costs);
    }
    for (std::size_t worker = 0; worker < count; ++worker) {
        std::sort(shares[worker].begin(), shares[worker].end());
        if (worker % 2 == 1)
            std::reverse(shares[worker].begin(), shares[worker].end());
    }
    return shares;
}

void run_side_by_side(const Shares& shares,
                      const std::function<void(std::size_t task, std::size_t worker)>& run) {
    const auto working = static_cast<std::size_t>(std::count_if(
        shares.begin(), shares.end(), [](const auto& share) { return !share.empty(); }));
    const int threads =
        std::max(at::get_num_threads() / static_cast<int>(std::max<std::size_t>(working, 1)), 1);
    std::exception_ptr failure;
    std::mutex failure_mutex;
    std::atomic<bool> failed{false};
    const auto work = [&](std::size_t worker) {
        const torch::NoGradGuard no_gradients;
        // Initialises LibTorch's threading, which would otherwise override LoopThreads later.
        (void)at::get_num_threads();
        const LoopThreads share(threads);
        for (const auto task : shares[worker]) {
            if (failed)
                return;
            try {
                run(task, worker);
            } catch (...) {
                const std::lock_guard lock(failure_mutex);
                if (!failed.exchange(true))
                    failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t worker = 1; worker < shares.size(); ++worker)
            if (!shares[worker].empty())
                others.emplace_back(work, worker);
        if (!shares.empty())
            work(0);
    }
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace dfd
