#include "core/engine/devices/devices.h"

#include <ATen/Config.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sched.h>
#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <new>
#include <opencv2/core/version.hpp>
#include <thread>

#include "core/engine/devices/cards.h"
#include "core/engine/devices/device_memory.h"
#include "core/engine/devices/torch_device.h"
#include "core/networks/executor/trunk_executor.h"

namespace dfd {
namespace {

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name"))
            if (const auto colon = line.find(": "); colon != std::string::npos)
                return line.substr(colon + 2);
    return "processor";
}

/// The library that actually serves BLAS calls in this process, from the dynamic linker. A
/// distribution's libblas.so.3 may be OpenBLAS or the very slow reference implementation.
std::string blas_name() {
    void* const symbol = dlsym(RTLD_DEFAULT, "sgemm_");
    if (symbol == nullptr)
        return at::hasMKL() ? "MKL" : "built into LibTorch";
    if (void* const config = dlsym(RTLD_DEFAULT, "openblas_get_config"))
        return reinterpret_cast<const char* (*)()>(config)();
    Dl_info where{};
    if (dladdr(symbol, &where) == 0 || where.dli_fname == nullptr)
        return "unknown";
    char resolved[PATH_MAX];
    const std::string file = realpath(where.dli_fname, resolved) ? resolved : where.dli_fname;
    for (const auto* fast : {"openblas", "mkl", "blis", "atlas"})
        if (file.find(fast) != std::string::npos)
            return file;
    return "reference BLAS, many times slower than OpenBLAS (" + file + ")";
}

std::string executor_name() {
    const auto name = trunk_executor_name();
    return name == "none" ? "no executor: built without oneDNN (libdnnl-dev), the published "
                            "panel takes more than twice as long"
                          : "executor on " + name;
}

DeviceInfo describe_cpu() {
    use_all_processors();
    DeviceInfo info;
    info.id = "cpu";
    info.name = processor_name();
    info.memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                  static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
    info.threads = at::get_num_threads();
    info.detail =
        std::to_string(info.threads) + " threads, " + blas_name() + ", " + executor_name();
    return info;
}

std::string why_no_card() {
    if (!c10::impl::hasDeviceGuardImpl(c10::kCUDA))
        return "this build's LibTorch has no CUDA. Use --device cpu, or make a build for NVIDIA "
               "cards: packaging/setup.sh --gpu, then the preset gpu.";
    return driver_cards().empty()
               ? "no NVIDIA driver or card responds. Use --device cpu, or check whether nvidia-smi "
                 "finds the card."
               : "LibTorch cannot use this machine's NVIDIA card: its driver is too old for CUDA, "
                 "or "
                 "the card is in use exclusively. Use --device cpu.";
}

}  // namespace

const char* precision_name(Precision precision) {
    switch (precision) {
        case Precision::BFloat16:
            return "bf16";
        case Precision::Float16:
            return "fp16";
        case Precision::Float32:
            break;
    }
    return "fp32";
}

void use_all_processors() {
    if (std::getenv("OMP_NUM_THREADS") == nullptr) {
        cpu_set_t allowed;
        const int processors = sched_getaffinity(0, sizeof allowed, &allowed) == 0
                                   ? CPU_COUNT(&allowed)
                                   : static_cast<int>(std::thread::hardware_concurrency());
        at::set_num_threads(std::max(at::get_num_threads(), std::min(processors, 4)));
    }
    at::init_num_threads();
}

void return_free_memory() {
#ifdef __GLIBC__
    static std::atomic<unsigned> calls{0};
    if (++calls % 32 == 0)
        malloc_trim(0);
#endif
}

std::vector<DeviceInfo> list_devices() {
    std::vector<DeviceInfo> devices{describe_cpu()};
    // LibTorch complains on stderr where there is no driver, so ask it only where there is one.
    const auto cards = driver_cards();
    // The return type differs between versions of LibTorch.
    const auto usable =
        cards.empty() ? 0
                      : std::min(cards.size(), static_cast<size_t>(torch::cuda::device_count()));
    for (size_t i = 0; i < usable; ++i) {
        DeviceInfo info;
        info.id = "cuda:" + std::to_string(i);
        info.name = cards[i].name;
        info.memory = cards[i].memory;
        info.detail = card_detail(cards[i]) + ", experts side by side";
        devices.push_back(info);
    }
    return devices;
}

std::vector<std::pair<std::string, std::string>> library_versions() {
    return {{"LibTorch", TORCH_VERSION},
            {"OpenCV", CV_VERSION},
            {"BLAS", blas_name()},
            {"oneDNN", at::hasMKLDNN() ? "yes" : "no"},
            {"Executor", trunk_executor_name()}};
}

torch::Device choose_device(const std::string& wanted, DeviceInfo& info) {
    const auto devices = list_devices();
    const auto give = [&](size_t i) {
        info = devices[i];
        return torch::Device(info.id);
    };
    if (wanted == "cpu" || (wanted == "auto" && devices.size() == 1))
        return give(0);
    if (wanted == "auto" || ((wanted == "cuda" || wanted == "cuda:0") && devices.size() > 1))
        return give(1);
    for (size_t i = 1; i < devices.size(); ++i)
        if (devices[i].id == wanted)
            return give(i);
    if (!wanted.starts_with("cuda"))
        throw DeviceError("Unknown device \"" + wanted +
                          "\". Use auto, cpu, cuda or cuda:N; `dfd devices` lists them.");
    throw DeviceError(
        "The device \"" + wanted + "\" is not available: " +
        (devices.size() > 1
             ? "this machine has " + std::to_string(devices.size() - 1) + " CUDA device(s)."
             : why_no_card()));
}

DeviceInfo find_device(const std::string& wanted) {
    DeviceInfo info;
    (void)choose_device(wanted, info);
    return info;
}

void rethrow_device_failure(const c10::Error& error, const std::string& device) {
    if (is_out_of_memory(error))
        throw std::bad_alloc();
    const std::string what = error.what_without_backtrace();
    throw DeviceError("Scoring on " + device + " failed: " + what.substr(0, what.find('\n')));
}

}  // namespace dfd
