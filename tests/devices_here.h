// The devices that tests of device-independent code run on: the CPU, and a GPU where there is one.
#pragma once

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>
#include <torch/types.h>

#include <string>
#include <vector>

namespace dfd::test {

inline bool has_card() {
    return c10::impl::hasDeviceGuardImpl(c10::kCUDA) && torch::cuda::is_available();
}

inline std::vector<torch::Device> devices_here() {
    std::vector<torch::Device> devices{torch::Device(torch::kCPU)};
    if (has_card())
        devices.emplace_back("cuda:0");
    return devices;
}

/// Tests with a device as their parameter.
class OnDevice : public testing::TestWithParam<torch::Device> {};

inline std::string device_name(const testing::TestParamInfo<torch::Device>& tested) {
    return tested.param.is_cpu() ? "processor" : "card";
}

}  // namespace dfd::test
