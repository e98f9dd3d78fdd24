#include "core/casework/database/case_time.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace dfd {

CaseTime case_time_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string iso_time(CaseTime time) {
    const auto millisecond = (time % 1000 + 1000) % 1000;
    const std::time_t seconds = (time - millisecond) / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32], fraction[8];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(millisecond));
    return std::string(text) + fraction;
}

}  // namespace dfd
