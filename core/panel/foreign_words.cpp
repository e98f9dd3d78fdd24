#include "core/panel/foreign_words.h"

#include "core/base/formatted.h"
#include "core/base/text.h"

namespace dfd {

std::string reads_text(const ForeignManifest& manifest) {
    std::string text;
    for (const auto& path : manifest.run.reads)
        text += "reads     " + visible(path) + " of this machine\n";
    return text;
}

std::string identity_text(const ForeignManifest& manifest) {
    std::string text = "name      " + visible(manifest.name) + "\ntitle     " +
                       visible(manifest.title) + "\nkind      " +
                       (manifest.program ? "program" : "onnx") + "\norigin    " +
                       visible(manifest.origin) + "\nlicence   " + visible(manifest.licence) +
                       "\nmade for  " + joined(manifest.made_for, ", ") + '\n';
    for (const auto& limit : manifest.limits)
        text += "limit     " + visible(limit) + '\n';
    if (manifest.output.map)
        text += "map       its own, shown as such\n";
    if (!manifest.reproducible())
        text += "replay    not reproducible: it runs files that no digest binds\n";
    return text;
}

std::string canaries_text(const ExpertCheck& check) {
    std::string text;
    for (const auto& canary : check.canaries)
        text += (canary.problem.empty() ? "pass  " : "fail  ") + visible(canary.file) +
                formatted(": %.4f, expected %.4f", canary.found, canary.expected) +
                (canary.problem.empty() ? "" : " (" + canary.problem + ")") + '\n';
    return text;
}

}  // namespace dfd
