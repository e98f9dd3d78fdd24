#include "core/networks/hardware/device_lanes.h"

#include <c10/core/DeviceGuard.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <torch/torch.h>

#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/networks/hardware/memory_failure.h"

namespace dfd {
namespace {

using Work = std::function<void(std::size_t)>;

c10::impl::VirtualGuardImpl streams_of(const torch::Device& device) {
    return c10::impl::VirtualGuardImpl(device.type());
}

struct Lane {
    std::optional<c10::Stream> stream;  // none on the CPU
    bool warm = false;
    const Work* work = nullptr;  // of the round that it takes part in
    std::exception_ptr error;
};

/// The error to report: the first of those that certainly mean a lack of memory, else the first.
std::exception_ptr first_error(const std::vector<std::exception_ptr>& errors) {
    std::exception_ptr first;
    for (const auto& error : errors) {
        if (error && memory_failure(error) == MemoryFailure::Certain)
            return error;
        if (!first)
            first = error;
    }
    return first;
}

}  // namespace

/// The lanes of one device.
class DeviceLanes::Pool {
  public:
    /// Never destroyed: the libraries' data of each thread would outlive the libraries' own at the
    /// end of the process.
    static Pool& of(const torch::Device& device) {
        static auto& mutex = *new std::mutex;
        static auto& pools = *new std::map<std::pair<c10::DeviceType, c10::DeviceIndex>, Pool*>;
        auto on = device;
        if (!on.is_cpu() && !on.has_index())
            on = streams_of(on).getDevice();
        const std::lock_guard lock(mutex);
        auto& pool = pools[{on.type(), on.index()}];
        if (pool == nullptr)
            pool = new Pool(on);
        return *pool;
    }

    void reserve(std::size_t count, const LaneWarmUp& warm_up) {
        static auto& one_at_a_time = *new std::mutex;  // on all devices
        const std::lock_guard first(one_at_a_time);
        const std::lock_guard turn(turn_);
        const c10::DeviceGuard here(device_);
        while (lanes_.size() < count)
            add();
        const Work only = [&](std::size_t) { warm_up(device_); };
        for (std::size_t i = 0; i < count; ++i) {
            if (lanes_[i]->warm)
                continue;
            run_here(i, i + 1, only);
            lanes_[i]->warm = true;
        }
    }

    void run(std::size_t count, const Work& work) {
        const std::lock_guard turn(turn_);
        // Events restore the calling thread's device, which makes a context on it: on the first GPU
        // when another one is used.
        const c10::DeviceGuard here(device_);
        run_here(0, count, work);
    }

    void run_in_turn(std::size_t count, const Work& work) {
        const std::lock_guard turn(turn_);
        const c10::DeviceGuard here(device_);
        for (std::size_t i = 0; i < count; ++i)
            run_here(i, i + 1, work);
    }

  private:
    explicit Pool(const torch::Device& device) : device_(device) {}

    void add() {
        auto lane = std::make_unique<Lane>();
        if (!device_.is_cpu())
            lane->stream = streams_of(device_).getStreamFromGlobalPool(device_);
        const auto index = lanes_.size();
        auto* const made = lane.get();
        {
            const std::lock_guard lock(mutex_);
            lanes_.push_back(std::move(lane));
        }
        std::thread([this, index, made] { serve(index, *made); }).detach();
    }

    /// Runs the lanes [first, end).
    void run_here(std::size_t first, std::size_t end, const Work& work) {
        if (!device_.is_cpu()) {
            c10::Event queued(device_.type());
            queued.record(streams_of(device_).getStream(device_));
            for (auto i = first; i < end; ++i)
                queued.block(*lanes_[i]->stream);
        }
        std::unique_lock lock(mutex_);
        for (auto i = first; i < end; ++i)
            lanes_[i]->work = &work;
        busy_ = end - first;
        changed_.notify_all();
        changed_.wait(lock, [&] { return busy_ == 0; });
        std::vector<std::exception_ptr> errors;
        for (auto i = first; i < end; ++i)
            errors.push_back(std::exchange(lanes_[i]->error, nullptr));
        lock.unlock();
        if (const auto error = first_error(errors))
            std::rethrow_exception(error);
    }

    [[noreturn]] void serve(std::size_t index, Lane& lane) {
        const torch::NoGradGuard no_gradients;
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return lane.work != nullptr; });
            const auto& work = *lane.work;
            lock.unlock();
            auto error = attempt(index, lane.stream, work);
            lock.lock();
            lane.error = std::move(error);
            lane.work = nullptr;
            if (--busy_ == 0)
                changed_.notify_all();
        }
    }

    std::exception_ptr attempt(std::size_t index, const std::optional<c10::Stream>& stream,
                               const Work& work) const {
        std::exception_ptr error;
        const auto keep_first = [&](const auto& step) {
            try {
                step();
            } catch (...) {
                if (!error)
                    error = std::current_exception();
            }
        };
        std::optional<c10::StreamGuard> guard;
        keep_first([&] {
            if (stream)
                guard.emplace(*stream);
            work(index);
        });
        if (stream)  // the inputs may only be freed when the stream has finished
            keep_first([&] { streams_of(device_).synchronizeStream(*stream); });
        return error;
    }

    const torch::Device device_;
    std::mutex turn_;   // held by the caller whose work runs, or who makes lanes
    std::mutex mutex_;  // for all below
    std::condition_variable changed_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::size_t busy_ = 0;
};

void warm_up_lane(const torch::Device& device) {
    const torch::AutoGradMode gradients(true);
    const auto options = torch::TensorOptions().device(device);
    const auto x = torch::ones({16, 16}, options).requires_grad_(true);
    const auto y = torch::addmm(torch::ones({16}, options), x, x);
    (void)torch::autograd::grad({y.mm(x).sum()}, {x}).front().sum().item<float>();
}

DeviceLanes::DeviceLanes(torch::Device device, std::size_t lanes, const LaneWarmUp& warm_up)
    : pool_(Pool::of(device)), lanes_(lanes) {
    pool_.reserve(lanes, warm_up);
}

void DeviceLanes::run(const Work& work) {
    if (lanes_ > 0)
        pool_.run(lanes_, work);
}

void DeviceLanes::run_in_turn(const Work& work) {
    pool_.run_in_turn(lanes_, work);
}

}  // namespace dfd
