// Writes the first input of the harness of cases: case_seeds FOLDER. As make_seeds.cpp.
#include <filesystem>
#include <iostream>

#include "core/casework/store/case_file.h"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "case_seeds FOLDER\n";
        return 2;
    }
    const auto place = std::filesystem::path(argv[1]) / "case";
    std::filesystem::create_directories(place);
    std::filesystem::remove(place / "seed");
    const dfd::CaseFile file(place / "seed", dfd::CaseAccess::Create, "seed");
    return 0;
}
