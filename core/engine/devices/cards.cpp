#include "core/engine/devices/cards.h"

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>

namespace dfd {
namespace {

/// The few functions of the CUDA driver API that describe a GPU. All return 0 for success.
class Driver {
  public:
    Driver() : library_(dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL)) {
        const bool complete = library_ && find(init_, "cuInit") &&
                              find(get_count_, "cuDeviceGetCount") && find(get_, "cuDeviceGet") &&
                              find(get_name_, "cuDeviceGetName") &&
                              find(get_memory_, "cuDeviceTotalMem_v2") &&
                              find(get_attribute_, "cuDeviceGetAttribute");
        answers_ = complete && init_(0) == 0;
    }

    [[nodiscard]] std::vector<Card> cards() const {
        std::vector<Card> cards;
        int count = 0;
        if (!answers_ || get_count_(&count) != 0)
            return cards;
        for (int i = 0; i < count; ++i) {
            int device = 0;
            char name[256] = {};
            std::size_t memory = 0;
            Card card;
            if (get_(&device, i) != 0 || get_name_(name, sizeof name - 1, device) != 0 ||
                get_memory_(&memory, device) != 0 ||
                get_attribute_(&card.major, kMajor, device) != 0 ||
                get_attribute_(&card.minor, kMinor, device) != 0)
                break;  // later GPUs would get other indices than CUDA's
            card.name = name;
            card.memory = memory;
            cards.push_back(std::move(card));
        }
        return cards;
    }

  private:
    static constexpr int kMajor = 75, kMinor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_…

    template <class Function>
    bool find(Function*& function, const char* name) {
        function = reinterpret_cast<Function*>(dlsym(library_, name));
        return function != nullptr;
    }

    void* library_;  // stays loaded: unloading a driver is fragile
    bool answers_ = false;
    int (*init_)(unsigned) = nullptr;
    int (*get_count_)(int*) = nullptr;
    int (*get_)(int*, int) = nullptr;
    int (*get_name_)(char*, int, int) = nullptr;
    int (*get_memory_)(std::size_t*, int) = nullptr;
    int (*get_attribute_)(int*, int, int) = nullptr;
};

}  // namespace

std::vector<Card> driver_cards() {
    static const std::vector<Card> cards = Driver().cards();
    return cards;
}

std::string why_unusable(const Card& card) {
    constexpr std::array kMajors{7, 8, 9, 10, 12};
    if (std::ranges::find(kMajors, card.major) != kMajors.end())
        return {};
    return "its compute capability is " + std::to_string(card.major) + '.' +
           std::to_string(card.minor) + ", and LibTorch for cards has code for 7.0 to 10 and 12.";
}

std::vector<DeviceInfo> usable_cards(const std::vector<Card>& cards, std::size_t seen) {
    std::vector<DeviceInfo> usable;
    for (std::size_t i = 0; i < std::min(cards.size(), seen); ++i) {
        if (!why_unusable(cards[i]).empty())
            continue;
        DeviceInfo info;
        info.id = "cuda:" + std::to_string(i);
        info.name = cards[i].name;
        info.memory = cards[i].memory;
        info.detail = card_detail(cards[i]) + ", experts side by side";
        usable.push_back(info);
    }
    return usable;
}

std::vector<std::string> unusable_cards() {
    std::vector<std::string> sentences;
    if (!c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA))
        return sentences;
    const auto cards = driver_cards();
    for (std::size_t i = 0; i < cards.size(); ++i)
        if (const auto why = why_unusable(cards[i]); !why.empty())
            sentences.push_back("The card cuda:" + std::to_string(i) + " (" + cards[i].name +
                                ") cannot be used: " + why);
    return sentences;
}

std::optional<Card> card_of(const std::string& device_id) {
    const auto cards = driver_cards();
    for (std::size_t i = 0; i < cards.size(); ++i)
        if (device_id == "cuda:" + std::to_string(i))
            return cards[i];
    return std::nullopt;
}

bool multiplies_bfloat16(const Card& card) {
    return card.major >= 8;
}

std::string card_detail(const Card& card) {
    char text[96];
    std::snprintf(text, sizeof text, "compute capability %d.%d, %.1f GB", card.major, card.minor,
                  static_cast<double>(card.memory) / 1e9);
    return text;
}

}  // namespace dfd
