#include "core/opinion/limits.h"

namespace dfd {
namespace {

constexpr const char* kLimits[] = {
    to_say("A score is this panel's rating of this picture, on a scale from 0 (looks real) to 1 "
           "(looks "
           "fake). It is not the probability that the picture is fake, and by itself it proves "
           "nothing."),
    to_say("A panel knows the kinds of manipulation that it was trained on. Others, and pictures "
           "made by "
           "methods newer than the panel, may look real to it."),
    to_say("Resizing, recompression, screenshots and messengers remove the traces that experts "
           "look for, "
           "and can also make real pictures look fake."),
    to_say(
        "Experts can agree and all be wrong; they were trained on similar pictures. How far they "
        "differ tells how certain the panel is, not how right."),
    to_say("A heatmap shows which places raised an expert's score for \"fake\". It is not a map of "
           "what "
           "was changed, and a picture without bright places may still have been changed."),
    to_say(
        "Words such as \"looks fake\" stand for ranges of scores, which are shown beside them. The "
        "ranges come from measured rates of errors, unless somebody chose others for a case."),
    to_say(
        "Statements about a file's origin and its metadata are repeated as they are in the file. "
        "Anybody can add, change or remove them. They are never part of a score."),
    to_say("A digest shows that a file has the same bytes as when it was examined. It does not "
           "show where "
           "the file came from or what happened to it before."),
};

}  // namespace

std::vector<std::string> method_limits() {
    std::vector<std::string> limits;
    for (const auto* limit : kLimits)
        limits.push_back(say(limit));
    return limits;
}

std::vector<std::string> main_limits() {
    constexpr std::size_t kScore = 0, kProcessing = 2;
    return {say(kLimits[kScore]), say(kLimits[kProcessing])};
}

}  // namespace dfd
