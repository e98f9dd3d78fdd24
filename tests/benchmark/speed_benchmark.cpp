// `dfd bench` as a program that needs only LibTorch.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>

#include "app/bench/speed.h"

namespace {

constexpr const char* kUsage =
    "dfd_speed_benchmark [--device cpu|cuda:N] [--precision fp32,bf16,…] [--batch 1,8,…]\n"
    "                    [--experts 0,6,…] [--rounds N] [--side PIXELS] [--no-maps] [--no-memory]\n"
    "                    [--profile] [--format text|json]\n";

std::vector<std::string> parts_of(const std::string& list) {
    std::vector<std::string> parts;
    std::istringstream in(list);
    for (std::string part; std::getline(in, part, ',');)
        parts.push_back(part);
    return parts;
}

std::vector<int> numbers_of(const std::string& list) {
    std::vector<int> numbers;
    for (const auto& part : parts_of(list))
        numbers.push_back(std::stoi(part));
    return numbers;
}

int run(int argc, char** argv) {
    dfd::SpeedOptions options;
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const auto value = [&]() -> std::string {
            if (i + 1 >= argc)
                throw std::invalid_argument("The option " + name + " wants a value.");
            return argv[++i];
        };
        if (name == "--device") {
            options.device = value();
        } else if (name == "--precision") {
            options.precisions = parts_of(value());
        } else if (name == "--batch") {
            options.batches = numbers_of(value());
        } else if (name == "--experts") {
            options.experts.clear();
            for (const int index : numbers_of(value()))
                options.experts.push_back(
                    dfd::published_experts().at(static_cast<std::size_t>(index)));
        } else if (name == "--rounds") {
            options.rounds = std::stoi(value());
        } else if (name == "--side") {
            options.side = std::stoi(value());
        } else if (name == "--no-maps") {
            options.maps = false;
        } else if (name == "--no-memory") {
            options.memory = false;
        } else if (name == "--profile") {
            options.profile = true;
        } else if (name == "--format") {
            json = value() == "json";
        } else {
            std::fputs(kUsage, stderr);
            return 2;
        }
    }
    const auto report = dfd::measure_speed(options);
    std::fputs((json ? dfd::speed_json(report) : dfd::speed_table(report)).c_str(), stdout);
    const auto too_large = dfd::too_large_deviations(report);
    for (const auto& sentence : too_large)
        std::fprintf(stderr, "%s\n", sentence.c_str());
    return too_large.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n%s", error.what(), kUsage);
        return 2;
    }
}
