#include "core/networks/executor/convolution.h"

#include <torch/torch.h>

#include <algorithm>
#include <stdexcept>

#include "core/networks/executor/onednn.h"
#include "core/networks/hardware/large_pages.h"

namespace dfd {
namespace {

using dnnl::memory;
using Type = memory::data_type;
using Tag = memory::format_tag;

dnnl::primitive_attr attributes(Activation activation, bool accumulate) {
    dnnl::post_ops after;
    if (accumulate)
        after.append_sum(1.0f);
    if (activation == Activation::Silu)
        append_function(after, dnnl::algorithm::eltwise_swish, 1.0f);
    if (activation == Activation::Gelu)
        append_function(after, dnnl::algorithm::eltwise_gelu_erf, 0.0f);
    if (activation == Activation::Relu6)
        append_function(after, dnnl::algorithm::eltwise_clip, 0.0f, 6.0f);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    // The library's own scratchpad is tied to the thread that created the primitive.
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

}  // namespace

const dnnl::engine& processor() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

void CompiledConvolution::run(const Workspace& workspace) const {
    static thread_local dnnl::stream stream(processor());
    // oneDNN's handles are not const, but it writes only to the target and the scratchpad.
    const auto at = [](const memory::desc& what, const void* where) {
        return memory(what, processor(), const_cast<void*>(where));
    };
    primitive.execute(stream,
                      {{DNNL_ARG_SRC, at(source, workspace[from])},
                       {DNNL_ARG_WEIGHTS,
                        weights_from ? at(weights.get_desc(), workspace[*weights_from]) : weights},
                       {DNNL_ARG_BIAS, bias},
                       {DNNL_ARG_DST, at(target, workspace[to])},
                       {DNNL_ARG_SCRATCHPAD, at(scratch, workspace[Slot::Scratch])}});
    stream.wait();
}

PackedConvolution::PackedConvolution(ConvolutionPlan plan, bool bfloat16, As as)
    : plan_(std::move(plan)), type_(bfloat16 ? Type::bf16 : Type::f32), as_(as) {
    const bool one_place = plan_.weight.dim() == 2 || plan_.weight.size(2) == 1;
    if (as == As::MatrixProduct && (!one_place || plan_.groups != 1 || plan_.stride != 1))
        throw std::invalid_argument("Only a dense 1x1 convolution can be a matrix product.");
}

memory::desc PackedConvolution::plain_layout() const {
    const auto out = plan_.weight.size(0), in = plan_.weight.size(1);
    if (as_ == As::MatrixProduct)
        return {{in, out}, Type::f32, Tag::ba};
    const auto kernel = plan_.weight.dim() == 4 ? plan_.weight.size(2) : 1;
    if (plan_.groups == 1)
        return {{out, in, kernel, kernel}, Type::f32, Tag::oihw};
    return {{plan_.groups, out / plan_.groups, in, kernel, kernel}, Type::f32, Tag::goihw};
}

memory::desc PackedConvolution::bias_layout() const {
    const auto out = plan_.weight.size(0);
    if (as_ == As::MatrixProduct)
        return {{1, out}, Type::f32, Tag::ab};
    return {{out}, Type::f32, Tag::x};
}

memory PackedConvolution::packed_as(const memory::desc& layout) {
    for (const auto& each : packed_)
        if (each.get_desc() == layout)
            return each;
    auto packed = allocate(layout);
    if (packed_.empty()) {
        const auto folded = fold(plan_);
        pack(folded.weight, packed);
        bias_values_ = folded.bias;
        bias_ = memory(bias_layout(), processor(), bias_values_.data_ptr<float>());
        plan_ = without_values(std::move(plan_));
    } else {
        dnnl::stream stream(processor());
        dnnl::reorder(packed_.front(), packed).execute(stream, packed_.front(), packed);
        stream.wait();
    }
    packed_.push_back(packed);
    return packed;
}

memory PackedConvolution::allocate(const memory::desc& layout) {
    pages_.push_back(piece_of_large_pages(layout.get_size()));
    return {layout, processor(), pages_.back().get()};
}

void PackedConvolution::pack(const torch::Tensor& values, memory& packed) const {
    memory plain(plain_layout(), processor(), values.data_ptr<float>());
    dnnl::stream stream(processor());
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    stream.wait();
}

template <class Chosen>
void PackedConvolution::store(CompiledConvolution& compiled, const Chosen& chosen) {
    compiled.primitive = dnnl::primitive(chosen);
    compiled.kernel = chosen.impl_info_str();
    compiled.weights = packed_as(chosen.weights_desc());
    compiled.scratch = chosen.scratchpad_desc();
}

void PackedConvolution::choose_convolution(CompiledConvolution& compiled, bool accumulate) {
    const auto& shape = compiled.shape;
    compiled.source = {{1, shape.in, shape.height, shape.width}, type_, Tag::nhwc};
    compiled.target = {{1, shape.out, shape.out_height, shape.out_width}, type_, Tag::nhwc};
    const memory::desc weights(dims_of(plain_layout()), type_, Tag::any);
    store(compiled, chosen<dnnl::convolution_forward>(
                        processor(), attributes(plan_.activation, accumulate),
                        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
                        compiled.source, weights, bias_layout(), compiled.target,
                        memory::dims{plan_.stride, plan_.stride},
                        memory::dims{shape.rows.before, shape.columns.before},
                        memory::dims{shape.rows.after, shape.columns.after}));
}

void PackedConvolution::choose_product(CompiledConvolution& compiled) {
    const auto& shape = compiled.shape;
    const auto places = shape.height * shape.width;
    compiled.source = {{places, shape.in}, type_, Tag::ab};
    compiled.target = {{places, shape.out}, type_, Tag::ab};
    const memory::desc weights(dims_of(plain_layout()), type_, Tag::any);
    store(compiled, chosen<dnnl::matmul>(processor(), attributes(plan_.activation, false),
                                         compiled.source, weights, bias_layout(), compiled.target));
}

CompiledConvolution PackedConvolution::compile(std::int64_t height, std::int64_t width, Slot from,
                                               Slot to, bool accumulate) {
    CompiledConvolution compiled;
    compiled.shape = shape_of(plan_, height, width);
    if (as_ == As::MatrixProduct)
        choose_product(compiled);
    else
        choose_convolution(compiled, accumulate);
    compiled.bias = bias_;
    compiled.scratch_bytes = compiled.scratch.get_size();
    compiled.source_bytes = compiled.source.get_size();
    compiled.target_bytes = compiled.target.get_size();
    compiled.from = from;
    compiled.to = to;
    return compiled;
}

std::int64_t PackedConvolution::bytes() const {
    std::size_t bytes = 0;
    for (const auto& each : packed_)
        bytes += each.get_desc().get_size();
    return static_cast<std::int64_t>(bytes);
}

std::vector<std::int32_t> PackedConvolution::channel_of_each(const memory& weights) const {
    // Packs the channel numbers in the weights' layout to find where each channel went. In two
    // base-256 digits, because bfloat16 is exact only up to 256.
    constexpr std::int64_t base = 256;
    const auto channels = torch::arange(plan_.weight.size(1), torch::kInt32);
    const auto layout = weights.get_desc();
    memory packed(layout, processor());
    const auto type = type_ == Type::bf16 ? torch::kBFloat16 : torch::kFloat32;
    const auto count = static_cast<std::int64_t>(layout.get_size() / c10::elementSize(type));
    auto found = torch::zeros({count}, torch::kInt32);
    for (const auto& digit : {channels.div(base, "floor"), channels.remainder(base)}) {
        const auto everywhere = digit.to(torch::kFloat32).expand(plan_.weight.sizes().slice(0, 2));
        pack(everywhere.contiguous(), packed);
        found = found * base +
                torch::from_blob(packed.get_data_handle(), {count}, type).to(torch::kInt32);
    }
    return {found.data_ptr<std::int32_t>(), found.data_ptr<std::int32_t>() + count};
}

}  // namespace dfd
