#include "core/networks/hardware/device_lanes.h"

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <torch/torch.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace dfd {
namespace {

c10::impl::VirtualGuardImpl streams_of(const torch::Device& device) {
    return c10::impl::VirtualGuardImpl(device.type());
}

}  // namespace

struct DeviceLanes::Lanes {
    Lanes(torch::Device on, std::size_t count) : device(on), errors(count) {
        if (!device.is_cpu()) {
            const auto pool = streams_of(device);
            if (!device.has_index())
                device = pool.getDevice();
            for (std::size_t i = 0; i < count; ++i)
                streams.push_back(pool.getStreamFromGlobalPool(device));
        }
        threads.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            threads.emplace_back([this, i](const std::stop_token& stop) { serve(i, stop); });
    }

    void serve(std::size_t lane, const std::stop_token& stop) {
        const torch::NoGradGuard no_gradients;
        std::uint64_t done = 0;
        std::unique_lock lock(mutex);
        for (;;) {
            if (!changed.wait(lock, stop, [&] { return round != done; }))
                return;
            done = round;
            const auto* const now = work;
            lock.unlock();
            auto error = attempt(lane, *now);
            lock.lock();
            errors[lane] = std::move(error);
            if (--busy == 0)
                changed.notify_all();
        }
    }

    std::exception_ptr attempt(std::size_t lane, const std::function<void(std::size_t)>& what) {
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
            if (!streams.empty())
                guard.emplace(streams[lane]);
            what(lane);
        });
        if (!streams.empty())  // the inputs may only be freed when the stream has finished
            keep_first([&] { streams_of(device).synchronizeStream(streams[lane]); });
        return error;
    }

    torch::Device device;
    std::vector<c10::Stream> streams;  // empty on the CPU
    std::mutex mutex;
    std::condition_variable_any changed;
    std::uint64_t round = 0;
    std::size_t busy = 0;
    const std::function<void(std::size_t)>* work = nullptr;
    std::vector<std::exception_ptr> errors;
    std::vector<std::jthread> threads;  // last: joined before the members they use are destroyed
};

DeviceLanes::DeviceLanes(torch::Device device, std::size_t lanes)
    : lanes_(std::make_unique<Lanes>(device, lanes)) {}

DeviceLanes::~DeviceLanes() = default;

void DeviceLanes::run(const std::function<void(std::size_t)>& work) {
    auto& lanes = *lanes_;
    if (lanes.threads.empty())
        return;
    if (!lanes.streams.empty()) {
        c10::Event queued(lanes.device.type());
        queued.record(streams_of(lanes.device).getStream(lanes.device));
        for (const auto& stream : lanes.streams)
            queued.block(stream);
    }
    std::unique_lock lock(lanes.mutex);
    lanes.work = &work;
    lanes.busy = lanes.threads.size();
    ++lanes.round;
    lanes.changed.notify_all();
    lanes.changed.wait(lock, [&] { return lanes.busy == 0; });
    lanes.work = nullptr;
    std::exception_ptr first;
    for (auto& error : lanes.errors)
        if (auto each = std::exchange(error, nullptr); each && !first)
            first = each;
    if (first)
        std::rethrow_exception(first);
}

}  // namespace dfd
