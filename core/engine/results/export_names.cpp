#include "core/engine/results/export_names.h"

#include <cctype>

namespace dfd {

std::string plain_name(const std::string& name) {
    std::string plain = name;
    for (auto& c : plain)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.')
            c = '_';
    return plain;
}

std::string export_stem(const Examination& examination) {
    // File systems allow 255 bytes per name; the digest keeps shortened names distinct.
    const auto name = (examination.source.bytes ? plain_name(examination.source.label)
                                                : examination.source.path.stem().native())
                          .substr(0, 160);
    return name + "-" + examination.facts.sha256.substr(0, 8);
}

std::string shown_name(const Examination& examination) {
    const auto& source = examination.source;
    return source.path.empty() ? source.label : source.path.filename().native();
}

std::string named_expert(const std::string& title, const std::string& name) {
    return "The expert " + (title == name ? name : title + " (" + name + ")");
}

}  // namespace dfd
