// Tests that lanes of a second GPU leave the first one alone. Two devices without kernels stand in
// for the GPUs.
#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>

#include "core/networks/hardware/device_lanes.h"

namespace dfd {
namespace {

/// Every thread has a current device, which is the first one at the beginning, as with CUDA.
/// CUDA's events make their own device the current one and then set the one from before again,
/// which makes a context on it; so they should find their own device there.
class TwoDevices final : public c10::impl::DeviceGuardImplInterface {
  public:
    static constexpr auto kType = c10::DeviceType::PrivateUse1;

    explicit TwoDevices(c10::DeviceIndex expected) : expected_(expected) {}

    c10::DeviceType type() const override { return kType; }
    c10::DeviceIndex deviceCount() const noexcept override { return 2; }
    c10::Device getDevice() const override { return c10::Device(kType, current_); }
    void setDevice(c10::Device device) const override { current_ = device.index(); }
    void uncheckedSetDevice(c10::Device device) const noexcept override {
        current_ = device.index();
    }
    c10::Device exchangeDevice(c10::Device device) const override {
        const auto before = getDevice();
        current_ = device.index();
        return before;
    }

    c10::Stream getStream(c10::Device device) const noexcept override {
        return c10::Stream(c10::Stream::DEFAULT, device);
    }
    c10::Stream getStreamFromGlobalPool(c10::Device device, bool) const override {
        return c10::Stream(c10::Stream::UNSAFE, device, ++streams_);
    }
    c10::Stream exchangeStream(c10::Stream stream) const noexcept override {
        return c10::Stream(c10::Stream::DEFAULT, stream.device());
    }
    void synchronizeStream(const c10::Stream&) const override {}

    void record(void** event, const c10::Stream&, const c10::DeviceIndex,
                const c10::EventFlag) const override {
        static char made;
        *event = &made;
        use_event();
    }
    void block(void*, const c10::Stream&) const override { use_event(); }
    void destroyEvent(void*, const c10::DeviceIndex) const noexcept override { use_event(); }

    [[nodiscard]] int events() const { return events_; }
    [[nodiscard]] int on_another_device() const { return elsewhere_; }

  private:
    void use_event() const noexcept {
        ++events_;
        elsewhere_ += current_ == expected_ ? 0 : 1;
    }

    static thread_local c10::DeviceIndex current_;
    const c10::DeviceIndex expected_;
    mutable std::atomic<int> streams_ = 0, events_ = 0, elsewhere_ = 0;
};

thread_local c10::DeviceIndex TwoDevices::current_ = 0;

TEST(SecondDevice, LanesOnItLeaveTheFirstAlone) {
    auto& devices = *new TwoDevices(1);  // LibTorch keeps it until the end of the process
    const c10::impl::DeviceGuardImplRegistrar registered(TwoDevices::kType, &devices);
    DeviceLanes lanes(torch::Device(TwoDevices::kType, 1), 2, [](const torch::Device&) {});
    std::atomic<int> ran = 0;
    const auto work = [&](std::size_t) {
        EXPECT_EQ(devices.getDevice().index(), 1);
        ++ran;
    };
    lanes.run(work);
    lanes.run_in_turn(work);
    EXPECT_EQ(ran, 4);
    EXPECT_GT(devices.events(), 0);
    EXPECT_EQ(devices.on_another_device(), 0);
    EXPECT_EQ(devices.getDevice().index(), 0);  // the calling thread's is as it was
}

}  // namespace
}  // namespace dfd
