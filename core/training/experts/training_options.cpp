#include "core/training/experts/training_options.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

#include "core/networks/experts/expert_network.h"
#include "core/training/batches/augmentation.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

// The single list of options: name, member, smallest and largest value.
template <class Options, class Use>
void for_each_option(Options& o, const Use& use) {
    constexpr double kMany = 1e6;
    use("epochs", o.epochs, 1, 100'000);
    use("seed", o.seed, 0, 0x1p53);
    use("batch", o.batch, 4, 4096);
    use("learning_rate", o.learning_rate, 1e-12, kMany);
    use("weight_decay", o.weight_decay, 0, 10);
    use("warm_up", o.warm_up, 0, 0.9);
    use("nce", o.nce, 0, 1000);
    use("temperature", o.temperature, 1e-3, 1000);
    use("kl", o.kl, 0, 1000);
    use("noise", o.noise, 0, 1);
    use("dropout", o.dropout, 0, 0.95);
    use("stochastic_depth", o.stochastic_depth, 0, 0.95);
    use("ema_decay", o.ema_decay, 0, 0.999999);
    use("frozen", o.frozen, 0, 0);
    use("clip", o.clip, 1e-6, kMany);
    use("patch", o.patch, 64, 1024);
    use("input_size", o.input_size, 32, 4096);
    use("samples", o.samples, 1, 64);
    use("augment", o.augment, 0, 0);
    use("validation", o.validation, 2, kMany);
    use("hold_out", o.hold_out, 0.001, 0.9);
    use("precision", o.precision, 0, 0);
}

template <class T>
struct WithoutOptional {
    using Type = T;
};
template <class T>
struct WithoutOptional<std::optional<T>> {
    using Type = T;
};

std::string number_text(double value) {
    return Json(std::nearbyint(value) == value && std::abs(value) < 1e15
                    ? Json(static_cast<std::int64_t>(value))
                    : Json(value))
        .dump();
}

void check(const LearningOptions& options, const std::string& where) {
    const auto refuse = [&](const std::string& why) { throw TrainingError(where + why + "."); };
    for_each_option(options, [&](const char* name, const auto& value, double low, double high) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (!std::is_same_v<Value, std::string>) {
            const std::optional<typename WithoutOptional<Value>::Type> given = value;
            if (!given)
                return;
            const auto number = static_cast<double>(*given);
            if (!(number >= low && number <= high))
                refuse(std::string("The option ") + name + " is " + number_text(number) +
                       "; it must be from " + number_text(low) + " to " + number_text(high));
        }
    });
    if (options.patch % 8 != 0)
        refuse("The option patch is " + std::to_string(options.patch) +
               "; it must be a multiple of 8, the side of a JPEG's blocks");
    if (options.batch && *options.batch % 2 != 0)
        refuse("The option batch is " + std::to_string(*options.batch) +
               "; it must be even, because half of a batch are fakes");
    if (!options.augment.empty() && !find_augment(options.augment))
        refuse("The option augment is \"" + options.augment +
               "\"; it must be none, traces or full");
    if (options.precision != "auto" && options.precision != "fp32" && options.precision != "bf16")
        refuse("The option precision is \"" + options.precision +
               "\"; it must be auto, fp32 or bf16");
}

}  // namespace

std::string options_json(const LearningOptions& options) {
    Json object = Json::object();
    for_each_option(options, [&](const char* name, const auto& value, double, double) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, typename WithoutOptional<Value>::Type>)
            object[name] = value;
        else if (value)
            object[name] = *value;
    });
    return object.dump();
}

void apply_options(LearningOptions& options, const std::string& json, const std::string& where) {
    const auto object = Json::parse(json, nullptr, false);
    if (!object.is_object())
        throw TrainingError(where + "The options are not a JSON object.");
    for (const auto& [given, value] : object.items()) {
        bool known = false;
        for_each_option(options, [&, &given = given, &value = value](const char* name, auto& target,
                                                                     double, double) {
            if (given != name)
                return;
            known = true;
            using Type = typename WithoutOptional<std::decay_t<decltype(target)>>::Type;
            const bool fits = std::is_same_v<Type, std::string> ? value.is_string()
                              : std::is_integral_v<Type>        ? value.is_number_integer()
                                                                : value.is_number();
            if (!fits)
                throw TrainingError(where + "The option " + name + " is " + value.dump() +
                                    ", which has the wrong type.");
            if constexpr (std::is_same_v<Type, std::uint64_t>) {
                if (value.template get<double>() < 0)
                    throw TrainingError(where + "The option " + name + " must not be negative.");
            }
            target = value.template get<Type>();
        });
        if (!known)
            throw TrainingError(where + "Unknown option \"" + given + "\".");
    }
    check(options, where);
}

LearningOptions resolved(LearningOptions options, const std::string& architecture,
                         bool starting_weights) {
    check(options, "");
    bool native = false;
    int side = 0;
    try {
        const auto& known = find_architecture(architecture);
        native = known.native_resolution;
        side = known.input_side;
    } catch (const std::invalid_argument& unknown) {
        throw TrainingError(unknown.what());
    }
    if (side > 0 && options.input_size != side &&
        options.input_size != LearningOptions().input_size)
        throw TrainingError("The option input_size is " + std::to_string(options.input_size) +
                            "; the input of " + architecture + " has a side of " +
                            std::to_string(side) + ".");
    if (side > 0)
        options.input_size = side;
    options.batch = options.batch.value_or(native ? 64 : 16);
    options.learning_rate =
        options.learning_rate.value_or(native ? 2e-3 : (starting_weights ? 1e-4 : 5e-4));
    options.noise = options.noise.value_or(native ? 0.004 : 0.02);
    options.samples = options.samples.value_or(native ? 4 : 1);
    if (options.augment.empty())
        options.augment = native ? "traces" : "full";
    return options;
}

}  // namespace dfd
