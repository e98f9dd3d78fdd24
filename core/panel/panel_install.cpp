#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <stop_token>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/panel/file_hash.h"
#include "core/panel/panel_record.h"
#include "core/panel/panel_target.h"
#include "core/panel/published_weights.h"
#include "core/panel/safetensors.h"
#include "core/panel/staging_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 7> kPublishedOrder{
    "convnextv2_tiny",    "convnextv2_tiny",    "tf_efficientnet_b4", "tf_efficientnet_b4",
    "tf_efficientnet_b5", "tf_efficientnet_b5", "tf_efficientnet_b6"};

/// Combines several steps into one progress bar, each weighted by its bytes. Also checks for
/// cancellation.
class Steps {
  public:
    Steps(const Progress& progress, std::stop_token stop, std::uint64_t total)
        : progress_(progress), stop_(std::move(stop)), total_(static_cast<double>(total)) {}

    /// Begins a step of `bytes`. The returned callback takes that step's own done and total.
    ReadProgress step(std::string what, std::uint64_t bytes) {
        const double begin = begin_;
        begin_ += static_cast<double>(bytes);
        return [this, begin, bytes, what = std::move(what)](std::uint64_t done, std::uint64_t total,
                                                            const std::string&) {
            check();
            const double share =
                total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0;
            if (progress_)
                progress_(begin + share * static_cast<double>(bytes), total_, what);
        };
    }
    void check() const { check_stop(stop_); }
    void finish() const {
        if (progress_)
            progress_(total_, total_, say("Done"));
    }

  private:
    const Progress& progress_;
    std::stop_token stop_;
    double total_;
    double begin_ = 0;
};

/// Hashes the two source files while they are being checked. The hashes record the panel's origin.
class SourceHashes {
  public:
    SourceHashes(const fs::path& weights, const fs::path& ema)
        : hashes_(std::async(std::launch::async, [this, weights, ema] {
              const auto token = stop_.get_token();
              const auto watch = [&token](std::uint64_t) { check_stop(token); };
              return std::pair(hash_file(weights, watch), hash_file(ema, watch));
          })) {}
    ~SourceHashes() { stop_.request_stop(); }  // the future then waits for at most one piece

    /// Waits for both hashes. Throws Cancelled.
    std::pair<std::string, std::string> get(const Steps& steps) {
        while (hashes_.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready)
            steps.check();
        return hashes_.get();
    }

  private:
    std::stop_source stop_;
    std::future<std::pair<std::string, std::string>> hashes_;
};

std::uint64_t size_of(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? 0 : size;  // opening the file reports the reason
}

std::uint64_t panel_bytes(const std::vector<RawExpert>& experts) {
    std::uint64_t elements = 0;
    for (const auto& expert : experts)
        for (const auto& [name, tensor] : expert.tensors)
            elements += static_cast<std::uint64_t>(tensor.numel());
    constexpr std::uint64_t kHeaders = 1u << 20;
    return elements * sizeof(float) + kHeaders;
}

/// Writes one expert and releases its tensors, so that their part of the sources leaves memory.
ExpertRecord write_expert(RawExpert expert, EmaState ema, std::size_t index, const fs::path& folder,
                          const InstallRequest& request, const ReadProgress& progress) {
    const auto& architecture = *expert.blueprint->architecture;
    ExpertRecord record;
    record.name = architecture.name + "-" + std::to_string(index);
    record.architecture = architecture.name;
    record.file = record.name + ".safetensors";
    record.gradcam_layer = architecture.gradcam_layer;
    record.input.resize = architecture.native_resolution ? Resize::Native : Resize::Stretch;
    const auto tensors = folded(expert, ema, index, quoted(request.weights), quoted(request.ema));
    record.sha256 = write_safetensors(folder / record.file, tensors,
                                      {{"architecture", architecture.name},
                                       {"expert", std::to_string(index)},
                                       {"parameters", "exponential moving averages"}},
                                      progress);
    return record;
}

void describe(PanelRecord& record, const InstallRequest& request,
              const std::pair<std::string, std::string>& hashes) {
    const bool published =
        std::ranges::equal(record.experts, kPublishedOrder, {}, &ExpertRecord::architecture);
    const auto count = std::to_string(record.experts.size());
    record.title = published ? "The published DeepFakeDefenders panel (7 experts)"
                             : "Installed panel of " + count +
                                   (record.experts.size() == 1 ? " expert" : " experts");
    record.subject = published ? kFaces : "";
    record.licence = published ? "CC-BY-NC-4.0" : "unknown; ask where the weights came from";
    const auto& [weights, ema] = hashes;
    const auto name = [](const fs::path& path) { return quoted_name(path.filename().native()); };
    record.origin = "Installed from " + name(request.weights) + " (SHA-256 " + weights + ") and " +
                    name(request.ema) + " (SHA-256 " + ema + ")";
    record.ema = true;
}

PanelRecord install(const InstallRequest& request, const Progress& progress, std::stop_token stop) {
    const auto name = request.name.empty() ? std::string("published") : request.name;
    const auto into = request.into.empty() ? user_panel_folder() : request.into;
    check_panel_target(name, into, request.replace);

    const auto weights_size = size_of(request.weights), ema_size = size_of(request.ema);
    // The experts' files are together about as large as ema.state.
    Steps steps(progress, stop, weights_size + 2 * ema_size);
    steps.check();
    SourceHashes hashes(request.weights, request.ema);
    auto experts = recognise_experts(
        read_state_dict(
            request.weights,
            steps.step(say("Checking %1", {request.weights.filename().native()}), weights_size)),
        quoted(request.weights));
    auto ema = read_ema_state(
        request.ema, steps.step(say("Checking %1", {request.ema.filename().native()}), ema_size));
    check_ema(experts, ema, quoted(request.ema));

    StagingFolder staging(into, name);
    const auto need = panel_bytes(experts);
    check_panel_space(staging.path(), need);
    PanelRecord record;
    record.name = name;
    for (std::size_t i = 0; i < experts.size(); ++i) {
        steps.check();
        auto& state = ema.at(static_cast<std::int64_t>(i));
        std::uint64_t bytes = 0;
        for (const auto& [tensor_name, tensor] : experts[i].tensors)
            bytes += static_cast<std::uint64_t>(tensor.numel()) * sizeof(float);
        const auto share = static_cast<std::uint64_t>(
            static_cast<double>(ema_size) * static_cast<double>(bytes) / static_cast<double>(need));
        const auto what =
            say("Writing expert %1 of %2", {std::to_string(i + 1), std::to_string(experts.size())});
        record.experts.push_back(write_expert(std::move(experts[i]), std::move(state), i,
                                              staging.path(), request, steps.step(what, share)));
    }
    describe(record, request, hashes.get(steps));
    write_panel(staging.path(), record);
    steps.check();
    const auto installed = read_panel(staging.publish(request.replace));
    steps.finish();
    return installed;
}

}  // namespace

PanelRecord install_panel(const InstallRequest& request, const Progress& progress,
                          std::stop_token stop) try {
    return install(request, progress, std::move(stop));
} catch (const CheckpointError& error) {
    throw PanelError(error.what());
} catch (const fs::filesystem_error& error) {
    throw PanelError("The panel could not be installed: " + std::string(error.what()) + ".");
} catch (const std::bad_alloc&) {
    throw PanelError(
        "The panel could not be installed: there is not enough memory. Close other programs and "
        "try again.");
}

}  // namespace dfd
