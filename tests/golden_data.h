// The reference's numbers in tests/data/golden (made by tests/parity).
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace dfd {

inline std::filesystem::path golden_path(const std::string& name) {
    return std::filesystem::path(DFD_TEST_DATA) / "golden" / name;
}

inline nlohmann::json golden(const std::string& name) {
    std::ifstream file(golden_path(name));
    return nlohmann::json::parse(file);
}

}  // namespace dfd
