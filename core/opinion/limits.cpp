#include "core/opinion/limits.h"

namespace dfd {
namespace {

constexpr const char* kLimits[] = {
    "A score is what this panel says of this picture, on a scale from 0 (looks real) to 1 (looks "
    "fake). It is not the chance that the picture is a fake, and by itself it proves nothing.",
    "A panel knows the kinds of manipulation that it was trained on. Others, and pictures made by "
    "methods newer than the panel, may look real to it.",
    "Resizing, recompression, screenshots and messengers remove the traces that experts look for, "
    "and can also make real pictures look fake.",
    "Experts can agree and all be wrong; they were trained on similar pictures. How far they "
    "differ "
    "tells how certain the panel is, not how right.",
    "A heatmap shows which places raised an expert's score for \"fake\". It is not a map of what "
    "was changed, and a picture without bright places may still have been changed.",
    "Bands are words for ranges of scores, with thresholds that people chose; they stand beside "
    "every band.",
    "What a file says of its origin, and its metadata, are repeated as the file has them. Anybody "
    "can add, change or remove them. They are never part of a score.",
    "Digests tell that a file holds the same bytes as when it was examined. They do not tell where "
    "it came from, nor what happened to it before.",
};

}  // namespace

std::span<const char* const> method_limits() {
    return kLimits;
}

}  // namespace dfd
