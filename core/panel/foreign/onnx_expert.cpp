// Runs ONNX models in dfd-onnx (app/onnx), a program of ours that alone knows the engine: in
// bubblewrap, where that is installed.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <thread>

#include "core/base/data_folders.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/panel/foreign/child_process.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/panel/foreign/onnx_limits.h"
#include "core/panel/foreign/sandbox.h"
#include "core/panel/json/panel_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

constexpr int kSecondsToCompile = 180;
constexpr int kSecondsToRun = 120;
constexpr std::size_t kLongestLine = 1 << 16;
constexpr std::size_t kMostValues = 1 << 20;
/// For a model of some size: its weights, what it compiles them to, and its activations.
constexpr std::uint64_t kMemory = std::uint64_t{3} << 30;
constexpr std::uint64_t kMemoryOfByte = 8;
/// Batches have a process of their own, with the model in memory again: not for large ones.
constexpr std::uint64_t kMostBytesInBatches = std::uint64_t{512} << 20;
/// Log-odds of a view alone and in a batch differ by no more than rounding.
constexpr double kSameInBatch = 1e-3;

/// Where a program that runs models is, best first: DFD_ONNX alone where it is set, else the user's
/// own, what lies beside this program, and what is installed.
std::vector<fs::path> onnx_programs() {
    std::vector<fs::path> places;
    if (const char* named = std::getenv("DFD_ONNX"); named != nullptr && *named != '\0') {
        places = {fs::absolute(named)};
    } else {
        std::error_code error;
        const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
        places = {user_data_folder() / "dfd-onnx"};
        if (!error)
            places.insert(places.end(),
                          {own / "dfd-onnx", own / "../libexec/deepfake-defenders/dfd-onnx"});
    }
    std::erase_if(places, [](const fs::path& place) { return ::access(place.c_str(), X_OK) != 0; });
    return places;
}

/// Whether it starts: the engine's libraries may not be where it was built for. Asked until it did
/// once.
bool starts(const fs::path& program) {
    static std::mutex mutex;
    static std::set<fs::path> started;
    const std::lock_guard lock(mutex);
    if (started.contains(program))
        return true;
    try {
        ChildProcess child({program.native(), "--engine"}, {});
        (void)child.read_line(kLongestLine, ChildProcess::in_seconds(20), {});
    } catch (const ChildFailure&) {
        return false;
    }
    started.insert(program);
    return true;
}

std::optional<fs::path> onnx_program() {
    const auto programs = onnx_programs();
    const auto found = std::ranges::find_if(programs, starts);
    return found == programs.end() ? std::nullopt : std::optional(*found);
}

/// The tensor with that name, or the only one.
const OnnxTensor& chosen(const std::vector<OnnxTensor>& all, const std::string& name,
                         const fs::path& model, const char* what) {
    const auto refuse = [&](const std::string& why) {
        std::string names;
        for (const auto& each : all)
            names += (names.empty() ? "" : ", ") + quoted_name(each.name);
        throw PanelError("The model " + quoted(model) + " " + why + " Its " + what +
                         "s are: " + names + ".");
    };
    if (name.empty()) {
        if (all.size() != 1)
            refuse("has " + std::to_string(all.size()) + " " + what +
                   "s, so the manifest must name the tensor.");
        return all.front();
    }
    const auto found = std::ranges::find(all, name, &OnnxTensor::name);
    if (found == all.end())
        refuse("has no " + std::string(what) + " " + quoted_name(name) + ".");
    return *found;
}

/// The folder of the engine's libraries, as the program says; empty when it says none.
std::string engine_of(const fs::path& program) {
    try {
        ChildProcess child({program.native(), "--engine"}, {});
        return child.read_line(kLongestLine, ChildProcess::in_seconds(20), {});
    } catch (const ChildFailure&) {
        return {};
    }
}

/// The command that runs the model: in the sandbox, where there is one.
std::vector<std::string> command_for(const fs::path& program, const fs::path& model) {
    if (!sandbox_problem().empty())
        return {program.native(), model.native()};
    constexpr const char* kInside = "/model.onnx";
    std::vector<BoundPlace> bound{{model, kInside}, {program, program.native()}};
    // The engine asks the system how many processors it has.
    for (const auto& place : {engine_of(program), std::string("/sys/devices/system")})
        if (std::error_code error; fs::is_directory(place, error))
            bound.emplace_back(place, place);
    auto command = sandboxed(bound);
    command.insert(command.end(), {program.native(), kInside});
    return command;
}

/// An output of the model.
struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// The numbers of a map with one or two of them for each place. Throws NoOpinion.
MapNumbers map_numbers(Tensor tensor, bool pair) {
    auto shape = tensor.shape;
    const std::size_t wanted = pair ? 3 : 2;
    while (shape.size() > wanted && shape.front() == 1)
        shape.erase(shape.begin());
    while (!pair && shape.size() > wanted && shape.back() == 1)
        shape.pop_back();
    if (shape.size() != wanted || tensor.values.empty() || (pair && shape.front() != 2))
        throw NoOpinion("Its map is a tensor " + shape_text(tensor.shape) + ", not one with " +
                        (pair ? "two numbers" : "a number") + " for each place.");
    return {static_cast<int>(shape[wanted - 2]), static_cast<int>(shape[wanted - 1]),
            std::move(tensor.values)};
}

class OnnxExpert final : public ForeignExpert {
  public:
    OnnxExpert(ForeignManifest manifest, const fs::path& model)
        : manifest_(std::move(manifest)), model_(fs::absolute(model)) {
        if (const auto missing = missing_for_onnx(); !missing.empty())
            throw PanelError(missing);
        program_ = *onnx_program();
        const auto description = check_onnx(model_);
        const auto& input = chosen(description.inputs, manifest_.input.tensor, model_, "input");
        if (description.inputs.size() != 1)
            throw PanelError("The model " + quoted(model_) +
                             " wants more than one input; only pictures can be given.");
        input_ = input.name;
        outputs_ = {chosen(description.outputs, manifest_.output.tensor, model_, "output").name};
        if (const auto& map = manifest_.output.map)
            for (const auto& tensor : {map->tensor, map->reliability})
                if (!tensor.empty())
                    outputs_.push_back(chosen(description.outputs, tensor, model_, "output").name);
        const std::int64_t width = manifest_.input.width, height = manifest_.input.height;
        shape_ = manifest_.input.channels_last ? std::vector<std::int64_t>{1, height, width, 3}
                                               : std::vector<std::int64_t>{1, 3, height, width};
        const bool fits = input.float32 &&
                          (input.shape.empty() ||
                           std::equal(input.shape.begin(), input.shape.end(), shape_.begin(),
                                      shape_.end(), [](std::int64_t of_model, std::int64_t ours) {
                                          return of_model < 0 || of_model == ours;
                                      }));
        if (!fits)
            throw PanelError(
                "The model " + quoted(model_) + " reads a tensor " + shape_text(input.shape) +
                (input.float32 ? "" : " that is not float32") + ", and the manifest makes one of " +
                shape_text(shape_) + " in float32 (-1: any length).");
        std::error_code error;
        const auto bytes = fs::file_size(model_, error);
        memory_ = kMemory + kMemoryOfByte * bytes;
        batches_ = !input.shape.empty() && input.shape.front() < 0 && !description.mixes_batches &&
                   bytes <= kMostBytesInBatches;
    }

    [[nodiscard]] const ForeignManifest& manifest() const override { return manifest_; }

    [[nodiscard]] std::vector<View> views(const Pixels& picture) const override {
        try {
            return views_of(picture, manifest_.input);
        } catch (const std::invalid_argument& error) {
            throw NoOpinion(error.what());
        }
    }

    [[nodiscard]] ForeignAnswer answer(const View& view, const std::stop_token& stop) override {
        const auto tensor = tensor_of(view, manifest_.input);
        try {
            if (!child_)
                start(child_, 1, stop);
            return answer_of(run(*child_, tensor, stop));
        } catch (const ChildFailure& failure) {
            child_.reset();
            throw NoOpinion(std::string("The process that runs the model ") + failure.what() + ".");
        } catch (const NoOpinion&) {
            throw;
        } catch (...) {
            child_.reset();  // it may be in the middle of an answer
            throw;
        }
    }

    [[nodiscard]] std::size_t batch() const override { return batches_ ? kForeignBatch : 1; }

    [[nodiscard]] std::vector<ForeignAnswer> answers(std::span<const View> views,
                                                     const std::stop_token& stop) override {
        std::vector<ForeignAnswer> all;
        while (all.size() < views.size()) {
            const auto rest = views.subspan(all.size());
            std::vector<ForeignAnswer> some;
            if (batches_ && rest.size() >= kForeignBatch)
                some = answers_together(rest.first(kForeignBatch), stop);
            if (some.empty())
                some.push_back(answer(rest.front(), stop));
            std::ranges::move(some, std::back_inserter(all));
        }
        return all;
    }

  private:
    /// The answers to a batch; none, and batches_ is false from then on, when the model turns out
    /// not to take batches.
    std::vector<ForeignAnswer> answers_together(std::span<const View> views,
                                                const std::stop_token& stop) {
        std::vector<float> tensors;
        for (const auto& view : views)
            std::ranges::copy(tensor_of(view, manifest_.input), std::back_inserter(tensors));
        std::vector<ForeignAnswer> found;
        try {
            if (!together_)
                start(together_, kForeignBatch, stop);
            for (auto& outputs : divided(run(*together_, tensors, stop), views.size()))
                found.push_back(answer_of(std::move(outputs)));
        } catch (const ChildFailure&) {  // alone it may do better
            give_up_batches();
            return {};
        } catch (const NoOpinion&) {
            if (compared_)
                throw;
            give_up_batches();
            return {};
        } catch (...) {
            together_.reset();  // it may be in the middle of an answer
            throw;
        }
        if (!compared_) {
            const auto alone = answer(views.front(), stop);
            compared_ = true;
            if (!(std::abs(alone.log_odds - found.front().log_odds) <= kSameInBatch)) {
                give_up_batches();
                return {};
            }
        }
        return found;
    }

    void give_up_batches() {
        batches_ = false;
        together_.reset();
    }

    /// The outputs of each view of a batch, as if it were alone. Throws ChildFailure when they are
    /// not one for each.
    static std::vector<std::vector<Tensor>> divided(const std::vector<Tensor>& outputs,
                                                    std::size_t count) {
        std::vector<std::vector<Tensor>> parts(count);
        for (const auto& output : outputs) {
            if (output.shape.empty() || output.shape.front() != static_cast<std::int64_t>(count))
                throw ChildFailure("gave other than an answer for each picture");
            auto shape = output.shape;
            shape.front() = 1;
            const auto length = static_cast<std::ptrdiff_t>(output.values.size() / count);
            auto from = output.values.begin();
            for (auto& part : parts) {
                part.push_back({shape, std::vector<float>(from, from + length)});
                from += length;
            }
        }
        return parts;
    }

    /// What the outputs of one view mean.
    [[nodiscard]] ForeignAnswer answer_of(std::vector<Tensor> outputs) const {
        ForeignAnswer answer;
        answer.values.assign(outputs[0].values.begin(), outputs[0].values.end());
        answer.log_odds = log_odds_of(answer.values, manifest_.output);
        if (manifest_.output.map)
            answer.map = map_of(std::move(outputs), *manifest_.output.map);
        return answer;
    }

    /// A line that is a JSON object; a ChildFailure when it has an error.
    static json answer_line(ChildProcess& child, ChildProcess::Deadline deadline,
                            const std::stop_token& stop) {
        auto line = json::parse(child.read_line(kLongestLine, deadline, stop), nullptr, false);
        if (!line.is_object())
            throw ChildFailure("gave an answer that is not understood");
        if (const auto error = line.find("error"); error != line.end())
            throw ChildFailure("refused it: " +
                               quoted_name(error->is_string() ? error->get<std::string>() : ""));
        return line;
    }

    /// Starts a process that is given so many views at once.
    void start(std::optional<ChildProcess>& child, std::size_t views, const std::stop_token& stop) {
        ChildLimits limits;
        limits.memory = memory_;
        const auto deadline = ChildProcess::in_seconds(kSecondsToCompile);
        // JSON cannot say every path; an argument can.
        if (command_.empty())
            command_ = command_for(program_, model_);
        child.emplace(command_, limits);
        auto shape = shape_;
        shape.front() = static_cast<std::int64_t>(views);
        const json request{{"input", input_},
                           {"outputs", outputs_},
                           {"shape", shape},
                           {"threads", std::max(1u, std::thread::hardware_concurrency())}};
        // The engine refuses a tensor's name that is not UTF-8.
        child->write(request.dump(-1, ' ', false, json::error_handler_t::replace) + "\n", deadline,
                     stop);
        (void)answer_line(*child, deadline, stop);
    }

    /// The outputs, in the order of outputs_.
    [[nodiscard]] std::vector<Tensor> run(ChildProcess& child, const std::vector<float>& tensor,
                                          const std::stop_token& stop) const {
        const auto deadline = ChildProcess::in_seconds(kSecondsToRun);
        child.write(
            {reinterpret_cast<const std::uint8_t*>(tensor.data()), tensor.size() * sizeof(float)},
            deadline, stop);
        std::vector<Tensor> found;
        const auto line = answer_line(child, deadline, stop);
        const auto shapes = line.find("shapes");
        if (shapes == line.end() || !shapes->is_array() || shapes->size() != outputs_.size())
            throw ChildFailure("gave an answer that is not understood");
        for (const auto& shape : *shapes) {
            auto& output = found.emplace_back();
            std::size_t count = 1;
            for (const auto& length : shape) {
                if (!length.is_number_unsigned() || length.get<std::uint64_t>() > kMostValues)
                    throw ChildFailure("gave an answer that is not understood");
                output.shape.push_back(length.get<std::int64_t>());
                count *= length.get<std::size_t>();
                if (count > kMostValues)
                    throw ChildFailure("gave more than a million numbers");
            }
            output.values.resize(count);
        }
        for (auto& output : found)
            child.read({reinterpret_cast<std::uint8_t*>(output.values.data()),
                        output.values.size() * sizeof(float)},
                       deadline, stop);
        return found;
    }

    static ContributionMap map_of(std::vector<Tensor> found, const ForeignMap& meaning) {
        auto numbers = map_numbers(std::move(found[1]), meaning.pair());
        if (!meaning.reliability.empty()) {
            auto reliability = map_numbers(std::move(found[2]), false);
            if (reliability.rows != numbers.rows || reliability.columns != numbers.columns)
                throw NoOpinion("Its map and the reliability of it have different sizes.");
            numbers.reliability = std::move(reliability.values);
        }
        return own_map(numbers, meaning);
    }

    const ForeignManifest manifest_;
    const fs::path model_;
    fs::path program_;
    std::vector<std::string> command_;  ///< known when it is first started
    std::string input_;
    std::vector<std::string> outputs_;
    std::vector<std::int64_t> shape_;
    std::uint64_t memory_ = 0;
    bool batches_ = false;   ///< it may be given several views at once
    bool compared_ = false;  ///< an answer in a batch was that to the view alone
    std::optional<ChildProcess> child_;
    std::optional<ChildProcess> together_;  ///< given kForeignBatch views at once
};

}  // namespace

std::string missing_for_onnx() {
    if (onnx_program())
        return {};
    const InEnglish english;  // a warning, which is kept with scores
    if (const auto programs = onnx_programs(); !programs.empty())
        return say(
            "ONNX models cannot be run here, because the component for them, %1, does not start: "
            "build it again after packaging/setup.sh --onnx.",
            {quoted(programs.front())});
    return say(
        "ONNX models cannot be run here, because the component for them is not "
        "installed: build the program after packaging/setup.sh --onnx.");
}

std::unique_ptr<ForeignExpert> open_onnx_expert(const ForeignManifest& manifest,
                                                const fs::path& model) {
    return std::make_unique<OnnxExpert>(manifest, model);
}

}  // namespace dfd
