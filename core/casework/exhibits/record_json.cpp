#include "core/casework/exhibits/record_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/casework/store/case_file.h"
#include "core/panel/calibration_json.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// `read` of the parsed text. Throws CaseError when it does not fit: the case is damaged.
template <typename Read>
auto parsed(const std::string& text, const char* what, Read&& read) {
    try {
        return read(Json::parse(text));
    } catch (const Json::exception& error) {
        throw CaseError(std::string("The case is damaged: ") + what + " cannot be read (" +
                        error.what() + "). `dfd case verify` gives details.");
    }
}

std::vector<ProvenanceHint> hints_of(const Json& json) {
    std::vector<ProvenanceHint> hints;
    for (const auto& each : json) {
        // A kind that only a newer version knows is left out; the rest of the hint stays.
        auto& hint = hints.emplace_back();
        hint.kind = provenance_kind(each.value("kind", "")).value_or(hint.kind);
        hint.sentence = each.value("sentence", "");
        hint.evidence = each.value("evidence", "");
        hint.declares_generated = each.value("declares_generated", false);
        hint.details = each.value("details", hint.details);
    }
    return hints;
}

}  // namespace

std::string facts_text(const FileFacts& facts) {
    Json provenance = Json::array();
    for (const auto& hint : facts.provenance)
        provenance.push_back({{"kind", provenance_kind_name(hint.kind)},
                              {"sentence", hint.sentence},
                              {"evidence", hint.evidence},
                              {"declares_generated", hint.declares_generated},
                              {"details", hint.details}});
    Json json;
    each_fact(facts, [&json](const char* name, const auto& fact) { json[name] = fact; });
    json["metadata"] = facts.metadata;
    json["provenance"] = std::move(provenance);
    return json_line(json);
}

bool provenance_recorded(const std::string& facts) {
    return parsed(facts, "a file's facts",
                  [](const Json& json) { return json.contains("provenance"); });
}

std::string scope_text(const PanelOpinion& opinion) {
    Json json = Json::object();
    if (opinion.traits)
        each_trait(*opinion.traits, [&json](const char* name, double value) {
            if (value != kNotChecked)
                json[name] = value;
        });
    for (const auto& expert : opinion.experts) {
        if (expert.distance)
            json["distances"][expert.name] = *expert.distance;
        if (expert.no_face)
            json["no_face"].push_back(expert.name);
    }
    return json_line(json);
}

void read_scope(const std::string& text, PanelOpinion& opinion) {
    parsed(text, "a picture's traits", [&](const Json& json) {
        PictureTraits traits;
        bool any = false;
        each_trait(traits, [&](const char* name, double& value) {
            any |= json.contains(name);
            value = json.value(name, value);
        });
        if (any)
            opinion.traits = traits;
        const auto distances = json.value("distances", Json::object());
        const auto no_face = json.value("no_face", Json::array());
        for (auto& expert : opinion.experts) {
            if (distances.contains(expert.name))
                expert.distance = distances.at(expert.name).get<double>();
            expert.no_face = std::ranges::count(no_face, Json(expert.name)) > 0;
        }
    });
}

FileFacts facts_of(const std::string& text) {
    return parsed(text, "a file's facts", [](const Json& json) {
        FileFacts facts;
        each_fact(facts, [&json](const char* name, auto& fact) { fact = json.value(name, fact); });
        facts.metadata = json.value("metadata", facts.metadata);
        if (json.contains("provenance"))
            facts.provenance = hints_of(json.at("provenance"));
        return facts;
    });
}

PanelRecord panel_of(const std::string& text) {
    return parsed(text, "a panel's record", [](const Json& json) {
        PanelRecord panel;
        panel.name = json.at("name");
        panel.title = json.value("title", panel.title);
        panel.licence = json.value("licence", panel.licence);
        panel.origin = json.value("origin", panel.origin);
        panel.starter = json.value("starter", panel.starter);
        panel.combine = json.value("combine", panel.combine);
        panel.subject = json.value("subject", panel.subject);
        panel.ema = json.value("ema", panel.ema);
        panel.classes = json.value("classes", panel.classes);
        panel.left_out = json.value("left_out", panel.left_out);
        for (const auto& each : json.at("experts")) {
            ExpertRecord expert;
            expert.name = each.at("name");
            if (each.contains("kind")) {
                expert.kind = each.at("kind") == kind_name(ExpertKind::Program)
                                  ? ExpertKind::Program
                                  : ExpertKind::Onnx;
                expert.architecture = kind_name(expert.kind);
                expert.gradcam_layer = each.value("map", kOcclusion);
                expert.file = each.value("manifest", expert.file);
                expert.sha256 = each.value("sha256", expert.sha256);
                panel.experts.push_back(std::move(expert));
                continue;
            }
            expert.architecture = each.at("architecture");
            expert.file = each.value("file", expert.file);
            expert.sha256 = each.value("sha256", expert.sha256);
            expert.encoder = each.value("encoder", expert.encoder);
            expert.gradcam_layer = each.value("gradcam_layer", expert.gradcam_layer);
            const auto& input = each.at("input");
            expert.input.resize =
                input.value("resize", "stretch") == "native" ? Resize::Native : Resize::Stretch;
            expert.input.size = input.value("size", expert.input.size);
            expert.input.mean = input.value("mean", expert.input.mean);
            expert.input.std = input.value("std", expert.input.std);
            if (input.contains("windows")) {
                const WindowPolicy windows{input.at("windows").at("size"),
                                           input.at("windows").at("most")};
                if (!is_usable(windows))
                    throw CaseError("The case is damaged: the windows of the expert " +
                                    expert.name +
                                    " are impossible. `dfd case verify` gives "
                                    "details.");
                expert.input.windows = windows;
            }
            panel.experts.push_back(std::move(expert));
        }
        if (json.contains("calibration"))
            try {
                panel.calibrations = parse_calibrations(json.at("calibration").dump());
                if (!panel.calibrations.empty())  // all of one name
                    panel.calibration = panel.calibrations.front().name;
            } catch (const PanelError& error) {
                panel.calibration_problem = error.what();
            }
        for (const auto& each : json.value("questions", Json::array())) {
            for (auto& expert : panel.experts)
                if (std::ranges::count(each.at("experts"), Json(expert.name)) > 0)
                    expert.question = panel.questions.size();
            panel.questions.push_back(
                {each.at("id"), each.at("text"), each.at("fake"), each.at("real")});
        }
        return panel;
    });
}

std::string sentences_text(const std::vector<std::string>& sentences) {
    return json_line(Json(sentences));
}

std::vector<std::string> sentences_of(const std::string& text) {
    return parsed(text, "a list of warnings",
                  [](const Json& json) { return json.get<std::vector<std::string>>(); });
}

std::string versions_text(const NamedVersions& versions) {
    return json_line(Json(versions));
}

NamedVersions versions_of(const std::string& text) {
    return parsed(text, "a list of versions",
                  [](const Json& json) { return json.get<NamedVersions>(); });
}

void read_device(const std::string& session_options, DeviceInfo& device) {
    parsed(session_options, "the options of a scan", [&](const Json& json) {
        if (!json.contains("device"))
            return;
        device.detail = json.at("device").value("detail", device.detail);
        device.threads = json.at("device").value("threads", device.threads);
    });
}

}  // namespace dfd
