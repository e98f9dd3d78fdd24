#include "core/panel/foreign_words.h"

#include <cmath>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"

namespace dfd {
namespace {

std::string line(const std::string& name, const std::string& value) {
    return column(name, 10) + value + '\n';
}

/// Not a number where the expert gave none.
std::string figure(double value) {
    return std::isnan(value) ? "n/a" : formatted("%.4f", value);
}

}  // namespace

std::string reads_text(const ForeignManifest& manifest) {
    std::string text;
    for (const auto& path : manifest.run.reads)
        text += line(say("reads"), say("%1 of this machine", {visible(path)}));
    return text;
}

std::string identity_text(const ForeignManifest& manifest) {
    std::string text = line(say("name"), visible(manifest.name)) +
                       line(say("title"), visible(manifest.title)) +
                       line(say("kind"), manifest.program ? say("program") : "onnx") +
                       line(say("origin"), visible(manifest.origin)) +
                       line(say("licence"), visible(manifest.licence)) +
                       line(say("made for"), joined(manifest.made_for, ", "));
    for (const auto& limit : manifest.limits)
        text += line(say("limit"), visible(limit));
    if (manifest.output.map)
        text += line(say("map"), say("its own, shown as such"));
    if (!manifest.reproducible())
        text += line(say("replay"), say("not reproducible: it runs files that no digest binds"));
    return text;
}

std::string misfit_text(const ForeignManifest& manifest, const PanelRecord& panel,
                        std::size_t question) {
    if (question < panel.questions.size()) {
        const auto& asked = panel.questions[question];
        // What other questions are about is not known here.
        if ((asked.id == "generated" || asked.id == "edited") && !is_made_for(manifest, asked.id))
            return say("It was made for something else (%1) than the question \"%2\" asks about.",
                       {joined(manifest.made_for, ", "), say(asked.text)});
    }
    if (is_made_for(manifest, kFaces) && panel.subject != kFaces)
        return say(
            "It was made for pictures of faces, and this panel takes any picture: where no face is "
            "found, it does not count beside other experts.");
    return {};
}

std::string canaries_text(const ExpertCheck& check) {
    std::string text;
    for (const auto& canary : check.canaries) {
        text += column(canary.problem.empty() ? say("pass") : say("fail"), 6) +
                say("%1: %2, expected %3, difference %4 (tolerance %5)",
                    {visible(canary.file), figure(canary.found), figure(canary.expected),
                     figure(std::abs(canary.found - canary.expected)),
                     figure(check.manifest.tolerance)});
        if (!canary.problem.empty())
            text += " (" + canary.problem + ")";
        text += '\n';
    }
    return text;
}

}  // namespace dfd
