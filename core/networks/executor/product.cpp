#include "core/networks/executor/product.h"

#include <algorithm>
#include <stdexcept>

#include "core/networks/executor/steps.h"
#include "core/networks/hardware/large_pages.h"
#include "core/networks/trunk/folded_convolution.h"

namespace dfd {

using nhwc::kVectorLanes;

nhwc::After after_of(Activation activation) {
    switch (activation) {
        case Activation::Silu:
            return nhwc::After::Silu;
        case Activation::Gelu:
            return nhwc::After::Gelu;
        case Activation::Relu6:
            return nhwc::After::Relu6;
        case Activation::None:
            break;
    }
    return nhwc::After::Nothing;
}

std::vector<nhwc::Panel> panels_of(std::int64_t channels) {
    const auto vectors = (channels + kVectorLanes - 1) / kVectorLanes;
    const auto count = (vectors + nhwc::kPanelVectors - 1) / nhwc::kPanelVectors;
    std::vector<nhwc::Panel> panels;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto first = vectors * i / count, end = vectors * (i + 1) / count;
        nhwc::Panel panel;
        panel.first = first * kVectorLanes;
        panel.vectors = end - first;
        panel.channels = std::min(channels, end * kVectorLanes) - panel.first;
        panels.push_back(panel);
    }
    return panels;
}

bool PackedProduct::supports(const ConvolutionPlan& plan, const Arithmetic& arithmetic) {
    const auto& weight = plan.weight;
    return arithmetic.wide && plan.groups == 1 && plan.stride == 1 &&
           plan.padding.value_or(0) == 0 && (!arithmetic.bfloat16 || weight.size(1) % 2 == 0) &&
           (weight.dim() == 2 || (weight.size(2) == 1 && weight.size(3) == 1));
}

PackedProduct::PackedProduct(const ConvolutionPlan& plan, bool bfloat16)
    : in_(plan.weight.size(1)),
      out_(plan.weight.size(0)),
      activation_(after_of(plan.activation)),
      bfloat16_(bfloat16) {
    const auto folded = fold_norm(plan);
    const auto weight = float_values(plan.weight);
    const auto* const factor = folded.factor.defined() ? folded.factor.data_ptr<float>() : nullptr;
    panels_ = panels_of(out_);
    const auto padded = panels_.back().first + panels_.back().vectors * kVectorLanes;
    bias_ = torch::constant_pad_nd(folded.bias, {0, padded - out_}).contiguous();
    const auto value_bytes = nhwc::value_bytes(bfloat16);
    weight_bytes_ = static_cast<std::size_t>(in_ * padded) * value_bytes;
    weights_ = piece_of_large_pages(weight_bytes_);
    auto* to = static_cast<char*>(weights_.get());
    for (auto& panel : panels_) {
        panel.bias = bias_.data_ptr<float>() + panel.first;
        panel.weights = to;
        if (bfloat16)
            nhwc::pack_panel(panel, in_, weight.data_ptr<float>(), factor,
                             reinterpret_cast<nhwc::BFloat16*>(to));
        else
            nhwc::pack_panel(panel, in_, weight.data_ptr<float>(), factor,
                             reinterpret_cast<float*>(to));
        to += static_cast<std::size_t>(in_ * panel.vectors * kVectorLanes) * value_bytes;
    }
}

std::int64_t PackedProduct::bytes() const {
    return static_cast<std::int64_t>(weight_bytes_) + bytes_of(bias_);
}

void PackedProduct::compile(Program& program, const std::string& name, Slot from, Slot to,
                            bool scaled, bool accumulate) const {
    if (accumulate && activation_ != nhwc::After::Nothing)
        throw std::invalid_argument("The convolution " + name +
                                    " cannot both accumulate and activate.");
    const auto places = program.places();
    const auto value_bytes = nhwc::value_bytes(bfloat16_);
    const auto spare =
        scaled ? static_cast<std::size_t>(in_ * nhwc::kPanelVectors * kVectorLanes) * value_bytes
               : 0;
    program.require(from, static_cast<std::size_t>(places * in_) * value_bytes);
    program.require(to, static_cast<std::size_t>(places * out_) * value_bytes);
    program.require(Slot::Scratch, static_cast<std::size_t>(loop_threads()) * spare);
    Operation operation{name, kKernel, flops(places), {}};
    const bool in_chunks = panels_.size() > 1 && stays_in_cache();
    const auto chunk = std::max<std::int64_t>(
        static_cast<std::int64_t>(kCached / value_bytes) / (2 * in_ * nhwc::kTilePlaces), 4);
    operation.run = [panels = panels_, places, from, to, spare, scaled, in_chunks, chunk, in = in_,
                     out = out_, after = accumulate ? nhwc::After::Add : activation_,
                     bfloat16 = bfloat16_](const Workspace& w) {
        with_values(w, from, bfloat16, [&](auto* source) {
            using T = std::remove_pointer_t<decltype(source)>;
            auto* const target = static_cast<T*>(w[to]);
            const auto run = [&](nhwc::Panel panel, std::int64_t begin, std::int64_t end,
                                 int thread) {
                if (scaled) {
                    auto* const own = static_cast<char*>(w[Slot::Scratch]) +
                                      static_cast<std::size_t>(thread) * spare;
                    nhwc::scale_panel(panel, in, channel_sums(w), reinterpret_cast<T*>(own));
                    panel.weights = own;
                }
                const auto first = begin * nhwc::kTilePlaces;
                const auto count = std::min(end * nhwc::kTilePlaces, places) - first;
                nhwc::panel_product(source + first * in, count, in, panel, after,
                                    target + first * out + panel.first, {out});
            };
            const auto tiles = (places + nhwc::kTilePlaces - 1) / nhwc::kTilePlaces;
            if (!in_chunks) {
                for_each_panel_range(panels, tiles, run);
                return;
            }
            for_each_range(tiles, [&](std::int64_t begin, std::int64_t end, int thread) {
                for (auto at = begin; at < end; at += chunk)
                    for (const auto& panel : panels)
                        run(panel, at, std::min(at + chunk, end), thread);
            });
        });
    };
    program.operations.push_back(std::move(operation));
    program.channels = out_;
}

}  // namespace dfd
