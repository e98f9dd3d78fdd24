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
#include <initializer_list>
#include <new>
#include <opencv2/core/version.hpp>
#include <thread>

#include "core/engine/devices/cards.h"
#include "core/engine/devices/torch_device.h"
#include "core/networks/executor/trunk_executor.h"
#include "core/networks/hardware/card_arithmetic.h"
#include "core/networks/hardware/memory_failure.h"

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

std::string why_no_card(const std::vector<Card>& cards) {
    if (!c10::impl::hasDeviceGuardImpl(c10::kCUDA))
        return "this build's LibTorch has no CUDA. Use --device cpu, or make a build for NVIDIA "
               "cards: packaging/setup.sh --gpu, then the preset gpu.";
    return cards.empty()
               ? "no NVIDIA driver or card responds. Use --device cpu, or check whether nvidia-smi "
                 "finds the card."
               : "LibTorch cannot use this machine's NVIDIA card: its driver is too old for CUDA, "
                 "or the card is in use exclusively. Use --device cpu.";
}

/// How many of the driver's GPUs LibTorch sees. It complains on stderr where there is no driver, so
/// it is asked only where there is one.
std::size_t seen_by_libtorch(const std::vector<Card>& cards) {
    // The return type differs between versions of LibTorch.
    return cards.empty() ? 0 : static_cast<std::size_t>(torch::cuda::device_count());
}

/// A sentence to follow an error of CUDA or its libraries; empty when there is no advice.
std::string advice_for(const std::string& what) {
    const auto says = [&](std::initializer_list<const char*> signs) {
        return std::ranges::any_of(
            signs, [&](const char* sign) { return what.find(sign) != std::string::npos; });
    };
    if (says({"SUBLIBRARY_VERSION_MISMATCH", "SUBLIBRARY_LOADING_FAILED", "undefined symbol"}))
        return " Another cuDNN or CUDA is found first, perhaps through LD_LIBRARY_PATH; unset it "
               "for this program.";
    if (says({"illegal memory access", "unspecified launch failure", "device-side assert",
              "uncorrectable ECC", "misaligned address", "illegal instruction"}))
        return " The card cannot be used by this process any more; start the program again.";
    return {};
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

void return_free_memory([[maybe_unused]] std::uint64_t pixels) {
#ifdef __GLIBC__
    static std::atomic<unsigned> calls{0};
    if (++calls % 32 == 0 || pixels > (std::uint64_t{1} << 24))
        malloc_trim(0);
#endif
}

std::vector<DeviceInfo> list_devices() {
    std::vector<DeviceInfo> devices{describe_cpu()};
    const auto cards = driver_cards();
    for (auto& card : usable_cards(cards, seen_by_libtorch(cards)))
        devices.push_back(std::move(card));
    return devices;
}

std::vector<std::pair<std::string, std::string>> library_versions() {
    return {{"LibTorch", TORCH_VERSION},
            {"OpenCV", CV_VERSION},
            {"BLAS", blas_name()},
            {"oneDNN", at::hasMKLDNN() ? "yes" : "no"},
            {"Executor", trunk_executor_name()}};
}

torch::Device choose_device(const std::string& wanted, DeviceInfo& info, const CardList& list) {
    use_all_processors();
    const auto give = [&](DeviceInfo chosen) {
        info = std::move(chosen);
        const torch::Device device(info.id);
        prepare_device(device);
        return device;
    };
    if (wanted == "cpu")
        return give(describe_cpu());
    if (wanted != "auto" && !wanted.starts_with("cuda"))
        throw DeviceError("Unknown device \"" + wanted +
                          "\". Use auto, cpu, cuda or cuda:N; `dfd devices` lists them.");
    const auto cards = list();
    const auto seen = seen_by_libtorch(cards);
    const auto usable = usable_cards(cards, seen);
    if ((wanted == "auto" || wanted == "cuda") && !usable.empty())
        return give(usable.front());
    if (wanted == "auto")
        return give(describe_cpu());
    for (const auto& card : usable)
        if (card.id == wanted)
            return give(card);
    std::string why = usable.empty() ? why_no_card(cards)
                                     : "this machine has " + std::to_string(usable.size()) +
                                           " CUDA device(s) that can be used.";
    for (std::size_t i = 0; i < std::min(seen, cards.size()); ++i)
        if (wanted == "cuda" || wanted == "cuda:" + std::to_string(i)) {
            why = why_unusable(cards[i]) + " Use --device cpu.";
            break;
        }
    throw DeviceError("The device \"" + wanted + "\" is not available: " + why);
}

void prepare_device(const torch::Device& device) {
    if (device.is_cuda())
        use_card_arithmetic(CardArithmetic::Exact);
}

DeviceInfo find_device(const std::string& wanted) {
    DeviceInfo info;
    (void)choose_device(wanted, info);
    return info;
}

void rethrow_device_failure(const c10::Error& error, const std::string& device,
                            const std::string& doing) {
    if (is_out_of_memory(error))
        throw std::bad_alloc();
    const std::string what = error.what_without_backtrace();
    const auto line = what.substr(0, what.find('\n'));
    throw DeviceError(doing + " on " + device + " failed: " + line +
                      (line.ends_with('.') || advice_for(what).empty() ? "" : ".") +
                      advice_for(what));
}

}  // namespace dfd
