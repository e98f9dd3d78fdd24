#include "core/networks/experts/activation_tap.h"

#include <stdexcept>
#include <utility>

namespace dfd {
namespace {

thread_local ActivationTap* current_tap = nullptr;
thread_local HeldDivisors* current_holder = nullptr;

}  // namespace

ActivationTap::ActivationTap(std::string layer)
    : layer_(std::move(layer)), gradients_before_(torch::GradMode::is_enabled()) {
    TORCH_CHECK(current_tap == nullptr, "Only one layer can be tapped at a time");
    current_tap = this;
}

ActivationTap::~ActivationTap() {
    current_tap = nullptr;
    torch::GradMode::set_enabled(gradients_before_);
}

torch::Tensor tapped(std::string_view layer, const torch::Tensor& output) {
    auto* const tap = current_tap;
    if (tap == nullptr)
        return output;
    tap->passed_.push_back({std::string(layer), output.size(2), output.size(3)});
    if (tap->layer_ != layer)
        return output;
    if (tap->activation_.defined())
        throw std::length_error("The picture is read in tiles, so the layer " + tap->layer_ +
                                " has no single map; use the last layer, or a picture of at most "
                                "1.5 megapixels.");
    tap->activation_ = output.detach().requires_grad_(true);
    torch::GradMode::set_enabled(true);
    return tap->activation_;
}

bool tapping() {
    return current_tap != nullptr && !current_tap->layer_.empty();
}

HeldDivisors::HeldDivisors() {
    TORCH_CHECK(current_holder == nullptr, "Only one object can hold divisors at a time");
    current_holder = this;
}

HeldDivisors::~HeldDivisors() {
    current_holder = nullptr;
}

bool HeldDivisors::active() {
    if (current_holder == nullptr)
        return false;
    current_holder->held_ = true;
    return true;
}

}  // namespace dfd
