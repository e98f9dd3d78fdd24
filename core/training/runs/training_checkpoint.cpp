#include "core/training/runs/training_checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/training/experts/training_identity.h"

namespace dfd {
namespace {

using nlohmann::json;

torch::Tensor as_tensor(const std::string& text) {
    auto bytes = torch::empty({static_cast<std::int64_t>(text.size())}, torch::kUInt8);
    std::memcpy(bytes.data_ptr(), text.data(), text.size());
    return bytes;
}

std::string as_text(const torch::Tensor& bytes) {
    const auto here = bytes.cpu().contiguous();
    return {static_cast<const char*>(here.data_ptr()), static_cast<std::size_t>(here.numel())};
}

// Data must be on disk before the rename.
void sync_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY);
    const bool ok = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!ok)
        throw TrainingError("The checkpoint " + file.native() +
                            " could not be synchronised to disk: " + std::strerror(error) + ".");
}

// JSON has no NaN: it is stored as null. Doubles round-trip exactly.
json number(double value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}
double number(const json& value) {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

json to_json(const LossTerms& terms) {
    return {number(terms.total), number(terms.ce), number(terms.nce), number(terms.kl)};
}
LossTerms terms_of(const json& list) {
    return {number(list.at(0)), number(list.at(1)), number(list.at(2)), number(list.at(3))};
}

std::string state_text(const TrainingState& state) {
    json sums = json::array();
    for (const auto& each : state.sums)
        sums.push_back(to_json(each));
    json epochs = json::array();
    for (const auto& expert : state.epochs) {
        json list = json::array();
        for (const auto& epoch : expert)
            list.push_back({to_json(epoch.losses), number(epoch.validation_auc),
                            number(epoch.validation_loss)});
        epochs.push_back(list);
    }
    return json{
        {"step", state.step}, {"seconds", state.seconds},           {"log_bytes", state.log_bytes},
        {"sums", sums},       {"combined", number(state.combined)}, {"summed", state.summed},
        {"epochs", epochs}}
        .dump();
}

TrainingState state_of(const std::string& text) {
    const auto object = json::parse(text);
    TrainingState state;
    state.step = object.at("step");
    state.seconds = object.at("seconds");
    state.log_bytes = object.at("log_bytes");
    state.combined = number(object.at("combined"));
    state.summed = object.at("summed");
    for (const auto& each : object.at("sums"))
        state.sums.push_back(terms_of(each));
    for (const auto& expert : object.at("epochs")) {
        auto& list = state.epochs.emplace_back();
        for (const auto& epoch : expert)
            list.push_back({terms_of(epoch.at(0)), number(epoch.at(1)), number(epoch.at(2))});
    }
    return state;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& file, const std::string& identity,
                     const TrainingState& state,
                     const std::vector<std::unique_ptr<ExpertTrainer>>& experts) {
    const auto temporary = std::filesystem::path(file).concat(".part");
    try {
        torch::serialize::OutputArchive archive;
        archive.write("identity", as_tensor(identity), true);
        archive.write("state", as_tensor(state_text(state)), true);
        for (std::size_t i = 0; i < experts.size(); ++i) {
            torch::serialize::OutputArchive expert;
            experts[i]->save(expert);
            archive.write("expert" + std::to_string(i), expert);
        }
        archive.save_to(temporary.native());
    } catch (const c10::Error& error) {
        throw TrainingError("The checkpoint " + file.native() +
                            " could not be written: " + error.what_without_backtrace());
    }
    sync_file(temporary);
    std::error_code error;
    std::filesystem::rename(temporary, file, error);
    if (error)
        throw TrainingError("The checkpoint " + file.native() +
                            " could not be replaced: " + error.message() + ".");
}

TrainingState load_checkpoint(const std::filesystem::path& file, const std::string& identity,
                              const std::vector<std::unique_ptr<ExpertTrainer>>& experts,
                              torch::Device device) {
    const auto damaged = [&](const std::string& why) {
        return TrainingError("The checkpoint " + file.native() + " cannot be read (" + why +
                             "); delete it and start again.");
    };
    try {
        torch::serialize::InputArchive archive;
        archive.load_from(file.native(), device);
        const auto text = [&](const std::string& name) {
            torch::Tensor value;
            archive.read(name, value, true);
            return as_text(value);
        };
        if (const auto differ = identity_difference(text("identity"), identity))
            throw TrainingError("The checkpoint " + file.native() + " was made with " +
                                differ->first + ", but this training has " + differ->second +
                                "; resume with the same options, or delete it." +
                                difference_advice(*differ));
        auto state = state_of(text("state"));
        if (state.sums.size() != experts.size() || state.epochs.size() != experts.size())
            throw damaged("it has a different number of experts");
        for (std::size_t i = 0; i < experts.size(); ++i) {
            torch::serialize::InputArchive expert;
            archive.read("expert" + std::to_string(i), expert);
            experts[i]->load(expert);
        }
        return state;
    } catch (const c10::Error& error) {
        throw damaged(error.what_without_backtrace());
    } catch (const json::exception& error) {
        throw damaged(error.what());
    }
}

}  // namespace dfd
