#include "core/training/training_checkpoint.h"

#include <ATen/CPUGeneratorImpl.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace dfd {
namespace {

torch::Tensor as_tensor(const std::string& text) {
    auto bytes = torch::empty({static_cast<std::int64_t>(text.size())}, torch::kUInt8);
    std::memcpy(bytes.data_ptr(), text.data(), text.size());
    return bytes;
}

std::string as_text(const torch::Tensor& bytes) {
    return {static_cast<const char*>(bytes.data_ptr()), static_cast<std::size_t>(bytes.numel())};
}

// The data must have reached the disk before the name points to it.
void sync_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY);
    const bool ok = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!ok)
        throw TrainingError("The checkpoint " + file.string() +
                            " could not be brought to disk: " + std::strerror(error) + ".");
}

}  // namespace

std::string training_identity(const TrainOptions& options) {
    std::ostringstream text;
    text << "seed " << options.seed << ", patch " << options.patch << ", pairs " << options.pairs
         << ", experts";
    for (const auto& name : options.architectures)
        text << ' ' << name;
    return text.str();
}

void save_checkpoint(const std::filesystem::path& file, const TrainOptions& options,
                     const TrainingState& state,
                     const std::vector<std::unique_ptr<ExpertTrainer>>& experts) {
    const auto temporary = std::filesystem::path(file).concat(".part");
    try {
        torch::serialize::OutputArchive archive;
        archive.write("identity", as_tensor(training_identity(options)), true);
        archive.write("batches", torch::tensor(state.batches), true);
        archive.write("seconds", torch::tensor(state.seconds, torch::kFloat64), true);
        archive.write("scenes", torch::tensor(static_cast<std::int64_t>(state.scenes)), true);
        archive.write("losses", torch::tensor(state.losses, torch::kFloat64), true);
        auto generator = at::detail::getDefaultCPUGenerator();
        {
            const std::lock_guard lock(generator.mutex());
            archive.write("random", generator.get_state(), true);
        }
        for (std::size_t i = 0; i < experts.size(); ++i) {
            torch::serialize::OutputArchive expert;
            experts[i]->save(expert);
            archive.write("expert" + std::to_string(i), expert);
        }
        archive.save_to(temporary.string());
    } catch (const c10::Error& error) {
        throw TrainingError("The checkpoint " + file.string() +
                            " could not be written: " + error.what_without_backtrace());
    }
    sync_file(temporary);
    std::error_code error;
    std::filesystem::rename(temporary, file, error);
    if (error)
        throw TrainingError("The checkpoint " + file.string() +
                            " could not be replaced: " + error.message() + ".");
}

TrainingState load_checkpoint(const std::filesystem::path& file, const TrainOptions& options,
                              const std::vector<std::unique_ptr<ExpertTrainer>>& experts) {
    if (!std::filesystem::exists(file))
        throw TrainingError("There is no checkpoint " + file.string() +
                            " to resume from; leave --resume out to start afresh.");
    try {
        torch::serialize::InputArchive archive;
        archive.load_from(file.string());
        const auto tensor = [&](const std::string& name) {
            torch::Tensor value;
            archive.read(name, value, true);
            return value;
        };
        const auto identity = as_text(tensor("identity"));
        if (identity != training_identity(options))
            throw TrainingError("The checkpoint " + file.string() + " was made with " + identity +
                                ", this training asks for " + training_identity(options) +
                                "; resume with the same options.");
        TrainingState state;
        state.batches = tensor("batches").item<std::int64_t>();
        state.seconds = tensor("seconds").item<double>();
        state.scenes = static_cast<std::uint64_t>(tensor("scenes").item<std::int64_t>());
        const auto losses = tensor("losses").contiguous();
        state.losses.assign(losses.data_ptr<double>(), losses.data_ptr<double>() + losses.numel());
        for (std::size_t i = 0; i < experts.size(); ++i) {
            torch::serialize::InputArchive expert;
            archive.read("expert" + std::to_string(i), expert);
            experts[i]->load(expert);
        }
        auto generator = at::detail::getDefaultCPUGenerator();
        const std::lock_guard lock(generator.mutex());
        generator.set_state(tensor("random"));
        return state;
    } catch (const c10::Error& error) {
        throw TrainingError("The checkpoint " + file.string() + " cannot be read (" +
                            error.what_without_backtrace() + "); delete it and start afresh.");
    }
}

}  // namespace dfd
