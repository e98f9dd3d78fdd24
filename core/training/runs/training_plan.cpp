#include "core/training/runs/training_plan.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/networks/experts/expert_network.h"
#include "core/training/runs/finish_expert.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Removes known members from an object; the remaining ones are learning options.
class Members {
  public:
    Members(const Json& object, std::string where) : left_(object), where_(std::move(where)) {
        if (!object.is_object())
            refuse("It is not a JSON object");
    }

    void text(const char* name, std::string& value) {
        if (const auto* member = find(name); member && !member->is_string())
            refuse(std::string("The member \"") + name + "\" is not a string");
        else if (member)
            value = take(name).get<std::string>();
    }
    void boolean(const char* name, bool& value) {
        if (const auto* member = find(name); member && !member->is_boolean())
            refuse(std::string("The member \"") + name + "\" is not true or false");
        else if (member)
            value = take(name).get<bool>();
    }
    void fold(const char* name, int& value) {
        if (const auto* member = find(name);
            member && (!member->is_number_unsigned() || member->get<double>() > 1e6))
            refuse(std::string("The member \"") + name + "\" is not a whole number of 0 or more");
        else if (member)
            value = take(name).get<int>();
    }
    [[nodiscard]] Json take(const char* name) {
        if (!find(name))
            refuse(std::string("The member \"") + name + "\" is missing");
        auto value = left_.at(name);
        left_.erase(name);
        return value;
    }
    [[nodiscard]] bool has(const char* name) const { return left_.contains(name); }
    [[nodiscard]] bool empty() const { return left_.empty(); }
    void rest(LearningOptions& options) const { apply_options(options, left_.dump(), where_); }
    [[noreturn]] void refuse(const std::string& why) const {
        throw TrainingError(where_ + why + ".");
    }

  private:
    [[nodiscard]] const Json* find(const char* name) const {
        const auto found = left_.find(name);
        return found == left_.end() ? nullptr : &*found;
    }
    Json left_;
    std::string where_;
};

WindowPolicy read_window_policy(const Json& json, const std::string& where) {
    Members members(json, where + "Windows: ");
    WindowPolicy windows;
    members.fold("size", windows.size);
    members.fold("most", windows.most);
    if (!members.empty() || !is_usable(windows))
        members.refuse("The size is not a multiple of 8 from " + std::to_string(kSmallestWindow) +
                       " to " + std::to_string(kLargestWindow) + ", most is not 1 to " +
                       std::to_string(kMostWindows) + ", or there is another member");
    return windows;
}

TrainOptions training_of(const PlanOptions& options, const TrainingPlan& plan, std::size_t index) {
    TrainOptions training;
    training.manifest = options.manifest;
    training.out = expert_folder(options, plan, index);
    training.experts = {plan.experts[index].requested};
    training.learning = plan.experts[index].learning;
    training.panel = plan.panel;
    training.panel.name = plan.experts[index].requested.name;
    training.panel.title = plan.panel.title + ", expert " + std::to_string(index);
    training.run = options.run;
    // A finished expert is never trained again, with or without --resume.
    training.run.resume = training.run.resume || (fs::exists(training.out / "panel.json") &&
                                                  !fs::exists(training.out / "checkpoint.pt"));
    return training;
}

// Copies to a temporary file and renames, so that the target is never incomplete.
void copy_atomically(const fs::path& from, const fs::path& to) {
    const auto temporary = fs::path(to).concat(".part");
    std::error_code error;
    fs::copy_file(from, temporary, fs::copy_options::overwrite_existing, error);
    if (!error)
        fs::rename(temporary, to, error);
    if (error)
        throw TrainingError("The weights " + from.native() + " could not be copied to " +
                            to.native() + ": " + error.message() + ".");
}

Json trainings_in(const fs::path& folder) {
    std::ifstream stream(folder / "training.json");
    const auto training_json = Json::parse(stream, nullptr, false);
    return training_json.is_object() && training_json.contains("trainings")
               ? training_json["trainings"]
               : Json::array();
}

PanelRecord assemble(const PlanOptions& options, const TrainingPlan& plan,
                     const std::stop_token& stop) {
    PanelRecord record;
    Json trainings = Json::array();
    for (std::size_t index = 0; index < plan.experts.size(); ++index) {
        const auto folder = expert_folder(options, plan, index);
        const auto& requested = plan.experts[index].requested;
        if (!fs::exists(folder / "panel.json") || fs::exists(folder / "checkpoint.pt"))
            throw TrainingError("The expert " + std::to_string(index) + " (" + requested.name +
                                ") is not finished in " + folder.native() +
                                "; train it with --only " + std::to_string(index) + " first.");
        // The training is finished; this call only refuses an expert of other options or another
        // manifest.
        const auto panel = train(training_of(options, plan, index));
        if (panel.experts.size() != 1 || panel.experts.front().name != requested.name ||
            panel.experts.front().architecture != requested.architecture)
            throw TrainingError("The panel in " + folder.native() + " is not the expert " +
                                requested.name + " of the plan; delete it and train it again.");
        Finish finish;
        if (plan.calibrate || plan.half || plan.alarms > 0) {
            record.experts.push_back(finish_expert(panel, plan, index, options, finish, stop));
        } else {
            const auto& expert = panel.experts.front();
            copy_atomically(folder / expert.file, options.out / expert.file);
            record.experts.push_back(expert);
        }
        if (auto& input = record.experts.back().input; input.resize == Resize::Native)
            input.windows = plan.windows;
        for (auto training : trainings_in(folder)) {
            if (const auto& calibration = finish.calibration)
                training["head_calibration"] = {{"slope", calibration->slope},
                                                {"bias", calibration->bias},
                                                {"loss_before", calibration->loss_before},
                                                {"loss_after", calibration->loss_after}};
            if (finish.alarm_shift)
                training["alarm_shift"] = *finish.alarm_shift;
            trainings.push_back(std::move(training));
        }
        record.origin = panel.origin;
    }
    record.name = plan.panel.name;
    record.title = plan.panel.title.empty() ? plan.panel.name : plan.panel.title;
    record.licence = plan.panel.licence;
    record.starter = plan.panel.starter;
    write_atomically(options.out / "training.json", Json{{"trainings", trainings}}.dump(2) + "\n");
    return write_panel(options.out, record);
}

}  // namespace

TrainingPlan read_plan(const fs::path& file) {
    const auto where = "The plan " + file.native() + " cannot be used. ";
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad() || fs::is_directory(file))
        throw TrainingError("The plan " + file.native() + " could not be read.");
    const auto root = Json::parse(text, nullptr, false);
    if (root.is_discarded())
        throw TrainingError(where + "It is not JSON.");
    Members members(root, where);
    TrainingPlan plan;
    plan.panel.name = file.stem().native();
    members.text("name", plan.panel.name);
    members.text("title", plan.panel.title);
    members.text("licence", plan.panel.licence);
    members.text("origin", plan.panel.origin);
    members.boolean("starter", plan.panel.starter);
    members.boolean("joint", plan.joint);
    members.boolean("calibrate", plan.calibrate);
    members.boolean("half", plan.half);
    if (members.has("alarms")) {
        const auto alarms = members.take("alarms");
        if (!alarms.is_number() || alarms.get<double>() <= 0 || alarms.get<double>() >= 1)
            members.refuse("The member \"alarms\" is not a number above 0 and below 1");
        plan.alarms = alarms.get<double>();
    }
    if (members.has("windows"))
        plan.windows = read_window_policy(members.take("windows"), where);
    if (plan.joint && (plan.calibrate || plan.half || plan.alarms > 0 || plan.windows))
        members.refuse(
            "The members \"calibrate\", \"half\", \"alarms\" and \"windows\" do "
            "not go with \"joint\"");
    const auto experts = members.take("experts");
    members.rest(plan.learning);
    if (!experts.is_array() || experts.empty() || experts.size() > 64)
        members.refuse("The member \"experts\" is not a list of 1 to 64 objects");
    std::map<std::string, int> copies;
    for (std::size_t i = 0; i < experts.size(); ++i) {
        Members of_expert(experts[i], where + "Expert " + std::to_string(i) + ": ");
        auto& expert = plan.experts.emplace_back();
        expert.learning = plan.learning;
        if (!of_expert.has("architecture"))
            of_expert.refuse("The member \"architecture\" is missing");
        of_expert.text("architecture", expert.requested.architecture);
        const auto& known = architectures();
        if (std::ranges::find(known, expert.requested.architecture, &Architecture::name) ==
            known.end())
            of_expert.refuse("Unknown architecture \"" + expert.requested.architecture + "\"");
        const int copy = copies[expert.requested.architecture]++;
        expert.requested.name =
            expert.requested.architecture + (copy > 0 ? "-" + std::to_string(copy) : "");
        of_expert.text("name", expert.requested.name);
        of_expert.fold("fold", expert.requested.fold);
        of_expert.text("init", expert.requested.init);
        if (!of_expert.has("seed"))
            expert.learning.seed += i;
        if (plan.joint && !of_expert.empty())
            of_expert.refuse(
                "Experts that learn jointly share their options; put them at the top level of the "
                "plan");
        of_expert.rest(expert.learning);
        static_cast<void>(resolved(expert.learning, expert.requested.architecture,
                                   !expert.requested.init.empty()));
        for (std::size_t other = 0; other < i; ++other)
            if (plan.experts[other].requested.name == expert.requested.name)
                of_expert.refuse("The name \"" + expert.requested.name + "\" is used twice");
    }
    return plan;
}

fs::path expert_folder(const PlanOptions& options, const TrainingPlan& plan, std::size_t index) {
    return options.out / "experts" /
           (std::to_string(index) + "-" + plan.experts.at(index).requested.name);
}

PanelRecord train_plan(const PlanOptions& options, const TrainCallback& progress,
                       std::stop_token stop) {
    const auto plan = read_plan(options.plan);
    const auto count = plan.experts.size();
    if (options.only && (*options.only < 0 || static_cast<std::size_t>(*options.only) >= count))
        throw TrainingError("The plan " + options.plan.native() + " has experts 0 to " +
                            std::to_string(count - 1) + ", but no expert " +
                            std::to_string(*options.only) + ".");
    if (plan.joint) {
        if (options.only || options.assemble_only)
            throw TrainingError("The experts of the plan " + options.plan.native() +
                                " learn jointly, so --only and --assemble cannot be used.");
        TrainOptions together;
        together.manifest = options.manifest;
        together.out = options.out;
        for (const auto& expert : plan.experts)
            together.experts.push_back(expert.requested);
        together.learning = plan.learning;
        together.panel = plan.panel;
        together.run = options.run;
        return train(together, progress, stop);
    }
    if (options.only)
        return train(training_of(options, plan, static_cast<std::size_t>(*options.only)), progress,
                     stop);
    if (!options.assemble_only)
        for (std::size_t index = 0; index < count; ++index)
            train(training_of(options, plan, index), progress, stop);
    return assemble(options, plan, stop);
}

}  // namespace dfd
