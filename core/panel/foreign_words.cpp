#include "core/panel/foreign_words.h"

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"

namespace dfd {
namespace {

std::string line(const std::string& name, const std::string& value) {
    return column(name, 10) + value + '\n';
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

std::string canaries_text(const ExpertCheck& check) {
    std::string text;
    for (const auto& canary : check.canaries) {
        text += column(canary.problem.empty() ? say("pass") : say("fail"), 6) +
                say("%1: %2, expected %3", {visible(canary.file), formatted("%.4f", canary.found),
                                            formatted("%.4f", canary.expected)});
        if (!canary.problem.empty())
            text += " (" + canary.problem + ")";
        text += '\n';
    }
    return text;
}

}  // namespace dfd
