// Free memory by the machine and by control groups of both versions.
#include "core/base/free_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace dfd {
namespace {

namespace fs = std::filesystem;

class FreeMemory : public testing::Test {
  protected:
    FreeMemory() {
        std::string name = (fs::temp_directory_path() / "free-memory-XXXXXX").string();
        root = ::mkdtemp(name.data());
        write("proc/meminfo", "MemTotal: 16000 kB\nMemAvailable:    8000 kB\n");
    }
    ~FreeMemory() override { fs::remove_all(root); }
    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path) << text;
    }
    fs::path root;
};

TEST_F(FreeMemory, IsWhatTheMachineHas) {
    EXPECT_EQ(free_memory_below(root), 8000U << 10);
    EXPECT_EQ(free_memory_below(root / "nowhere"), UINT64_MAX);
    EXPECT_GT(free_memory(), 0U);
}

TEST_F(FreeMemory, IsBoundedByEveryGroupAround) {
    write("proc/self/cgroup", "0::/job/step\n");
    write("sys/fs/cgroup/job/step/memory.max", "max\n");
    write("sys/fs/cgroup/job/step/memory.current", "1000\n");
    write("sys/fs/cgroup/job/memory.max", "100000\n");
    write("sys/fs/cgroup/job/memory.current", "60000\n");
    write("sys/fs/cgroup/job/memory.stat", "anon 40000\ninactive_file 15000\n");
    EXPECT_EQ(free_memory_below(root), 55000U);  // pages of unused files come back
    write("sys/fs/cgroup/job/step/memory.max", "1500\n");
    EXPECT_EQ(free_memory_below(root), 500U);
    write("sys/fs/cgroup/job/step/memory.current", "9000\n");
    EXPECT_EQ(free_memory_below(root), 0U);
}

TEST_F(FreeMemory, KnowsTheFirstVersionOfGroups) {
    write("proc/self/cgroup", "5:cpu,cpuacct:/other\n4:memory:/job\n0::/\n");
    write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "50000\n");
    write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "20000\n");
    EXPECT_EQ(free_memory_below(root), 30000U);
}

}  // namespace
}  // namespace dfd
