// A small validator for tests: the keywords of JSON Schema that the manifest's schema uses.
#pragma once

#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <string>

namespace dfd::test {

class JsonSchema {
  public:
    using Json = nlohmann::ordered_json;

    explicit JsonSchema(Json root) : root_(std::move(root)) {}

    [[nodiscard]] bool accepts(const Json& value) const { return fits(value, root_); }

  private:
    [[nodiscard]] bool fits(const Json& value, const Json& schema) const {
        for (const auto& [keyword, given] : schema.items())
            if (!holds(keyword, given, value, schema))
                return false;
        return true;
    }

    [[nodiscard]] bool holds(const std::string& keyword, const Json& given, const Json& value,
                             const Json& schema) const {
        const auto each = [&](const Json& list, const auto& test) {
            return std::all_of(list.begin(), list.end(), test);
        };
        const auto fits_it = [&](const Json& other) { return fits(value, other); };
        if (keyword == "$ref")
            return fits(value, root_.at(Json::json_pointer(given.get<std::string>().substr(1))));
        if (keyword == "type")
            return is_of(value, given.get<std::string>());
        if (keyword == "const")
            return value == given;
        if (keyword == "enum")
            return std::find(given.begin(), given.end(), value) != given.end();
        if (keyword == "anyOf")
            return std::any_of(given.begin(), given.end(), fits_it);
        if (keyword == "allOf")
            return each(given, fits_it);
        if (keyword == "not")
            return !fits(value, given);
        if (keyword == "if") {
            const auto* const branch = fits(value, given) ? "then" : "else";
            return !schema.contains(branch) || fits(value, schema.at(branch));
        }
        if (keyword == "minimum")
            return !value.is_number() || value.get<double>() >= given.get<double>();
        if (keyword == "maximum")
            return !value.is_number() || value.get<double>() <= given.get<double>();
        if (keyword == "exclusiveMinimum")
            return !value.is_number() || value.get<double>() > given.get<double>();
        if (keyword == "minLength")
            return !value.is_string() || value.get<std::string>().size() >= given.get<size_t>();
        if (keyword == "pattern")
            return !value.is_string() || std::regex_search(value.get<std::string>(),
                                                           std::regex(given.get<std::string>()));
        if (keyword == "minItems")
            return !value.is_array() || value.size() >= given.get<size_t>();
        if (keyword == "maxItems")
            return !value.is_array() || value.size() <= given.get<size_t>();
        if (keyword == "items")
            return !value.is_array() ||
                   each(value, [&](const Json& item) { return fits(item, given); });
        if (keyword == "required")
            return !value.is_object() ||
                   each(given, [&](const Json& name) { return value.contains(name); });
        if (keyword == "properties") {
            for (const auto& [name, of_member] : given.items())
                if (value.is_object() && value.contains(name) && !fits(value.at(name), of_member))
                    return false;
            return true;
        }
        if (keyword == "additionalProperties") {
            for (const auto& [name, member] : value.items())
                if (value.is_object() && !schema.at("properties").contains(name))
                    return false;
            return true;
        }
        const bool known = keyword == "$schema" || keyword == "$defs" || keyword == "title" ||
                           keyword == "description" || keyword == "then" || keyword == "else";
        if (!known)
            throw std::logic_error("The test's validator does not know the keyword " + keyword);
        return true;
    }

    static bool is_of(const Json& value, const std::string& type) {
        return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
               (type == "string" && value.is_string()) ||
               (type == "boolean" && value.is_boolean()) ||
               (type == "number" && value.is_number()) ||
               (type == "integer" && value.is_number_integer());
    }

    const Json root_;
};

}  // namespace dfd::test
