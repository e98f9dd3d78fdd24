#include "app/bench/peak_memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <fstream>
#include <string>

namespace dfd {

bool reset_peak_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    std::ofstream reset("/proc/self/clear_refs");
    reset << "5\n";  // proc(5): resets the peak to the current resident size
    return static_cast<bool>(reset.flush());
}

std::int64_t peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::stoll(line.substr(6)) * 1024;
    return 0;
}

}  // namespace dfd
