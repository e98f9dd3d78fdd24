#include "core/networks/executor/trunk_executor.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <new>
#include <stdexcept>

#include "core/networks/executor/nhwc_kernels.h"
#include "core/networks/executor/program.h"
#include "core/networks/executor/wide_kernels.h"
#include "core/networks/hardware/parallel.h"

namespace dfd {
namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

[[noreturn]] void rethrow(const dnnl::error& error) {
    if (error.status == dnnl_out_of_memory)
        throw std::bad_alloc();
    throw std::runtime_error(std::string("oneDNN cannot compute this on the processor: ") +
                             error.what() + ". Use a build without it (-DDFD_ONEDNN=OFF).");
}

class OneDnnExecutor final : public TrunkExecutor {
  public:
    OneDnnExecutor(const TrunkPlan& plan, const Arithmetic& arithmetic)
        : bfloat16_(arithmetic.bfloat16), workspace_(make_workspace()) {
        for (const auto& step : plan.steps)
            steps_.push_back(pack_step(step, arithmetic));
    }

    torch::Tensor run(const torch::Tensor& input) override try {
        TORCH_CHECK(input.dim() == 4 && input.size(1) == 3 && input.is_cpu(),
                    "a trunk's input is [N,3,H,W] on the processor");
        const torch::NoGradGuard no_gradients;
        const auto prepared = input.to(bfloat16_ ? torch::kBFloat16 : torch::kFloat32)
                                  .contiguous(torch::MemoryFormat::ChannelsLast);
        auto& compiled = program_for(input.size(2), input.size(3));
        const auto& program = compiled.program;
        workspace_->reserve(program.bytes);
        const auto pictures = input.size(0);
        auto features = torch::empty({pictures, program.height, program.width, program.channels},
                                     torch::kFloat32);
        for (std::int64_t picture = 0; picture < pictures; ++picture) {
            workspace_->set_input(prepared[picture].data_ptr());
            for (std::size_t i = 0; i < program.operations.size(); ++i)
                run(compiled, i);
            copy_features(program, features[picture].data_ptr<float>());
        }
        workspace_->set_input(nullptr);
        return features.permute({0, 3, 1, 2});
    } catch (const dnnl::error& error) {
        rethrow(error);
    }

    void prepare(std::int64_t height, std::int64_t width) override try {
        const torch::NoGradGuard no_gradients;
        (void)program_for(height, width);
    } catch (const dnnl::error& error) {
        rethrow(error);
    }

    void use(std::shared_ptr<Workspace> workspace) override { workspace_ = std::move(workspace); }

    void profile() override { profiled_ = true; }

    [[nodiscard]] std::vector<OperationTime> times() const override {
        return profiled_ && !programs_.empty() ? programs_.front().times
                                               : std::vector<OperationTime>{};
    }

    [[nodiscard]] std::int64_t weight_bytes() const override {
        std::int64_t bytes = 0;
        for (const auto& step : steps_)
            bytes += step->bytes();
        return bytes;
    }

  private:
    static constexpr std::size_t kMostPrograms = 4;

    struct Compiled {
        std::int64_t height, width;
        int threads;  ///< number of threads that its convolutions were compiled for
        Program program;
        std::vector<OperationTime> times;
    };

    Compiled& program_for(std::int64_t height, std::int64_t width) {
        const int threads = loop_threads();
        const auto known = std::find_if(programs_.begin(), programs_.end(), [&](const auto& each) {
            return each.height == height && each.width == width && each.threads == threads;
        });
        if (known != programs_.end()) {
            programs_.splice(programs_.begin(), programs_, known);
            return programs_.front();
        }
        Compiled compiled{height, width, threads, {}, {}};
        compiled.program.height = height;
        compiled.program.width = width;
        for (const auto& step : steps_)
            step->compile(compiled.program);
        for (const auto& operation : compiled.program.operations)
            compiled.times.push_back({operation.name, operation.kernel, operation.flops, 0, 0});
        programs_.push_front(std::move(compiled));
        if (programs_.size() > kMostPrograms)
            programs_.pop_back();
        return programs_.front();
    }

    void run(Compiled& compiled, std::size_t index) const {
        const auto& operation = compiled.program.operations[index];
        if (!profiled_) {
            operation.run(*workspace_);
            return;
        }
        const double start = now();
        operation.run(*workspace_);
        compiled.times[index].seconds += now() - start;
        ++compiled.times[index].runs;
    }

    void copy_features(const Program& program, float* to) const {
        const auto count = program.places() * program.channels;
        const void* const from = (*workspace_)[program.current];
        if (bfloat16_)
            nhwc::to_float(to, static_cast<const nhwc::BFloat16*>(from), count);
        else
            std::copy_n(static_cast<const float*>(from), count, to);
    }

    bool bfloat16_;
    bool profiled_ = false;
    std::shared_ptr<Workspace> workspace_;
    std::vector<std::unique_ptr<PackedStep>> steps_;
    std::list<Compiled> programs_;  // most recently used first
};

}  // namespace

std::string trunk_executor_name() {
    const auto* version = dnnl::version();
    return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
           std::to_string(version->patch);
}

bool bfloat16_is_native() {
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

std::unique_ptr<TrunkExecutor> make_trunk_executor(const TrunkPlan& plan, bool bfloat16,
                                                   Kernels kernels) {
    const auto* first =
        plan.steps.empty() ? nullptr : std::get_if<ConvolutionPlan>(&plan.steps.front().what);
    if (first == nullptr || !first->weight.is_cpu())
        return nullptr;
    const bool wide = kernels == Kernels::Best && nhwc::wide_kernels_support(bfloat16);
    return std::make_unique<OneDnnExecutor>(plan, Arithmetic{bfloat16, wide});
}

}  // namespace dfd
