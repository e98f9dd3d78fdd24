// Runs the tests, or, as a child process of the kill tests, a scan with a fake panel.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>

#include "core/casework/scan/scan.h"
#include "tests/casework/scanning_process.h"
#include "tests/ui/fake_evaluator.h"

namespace {

int run_scan(const std::string& file, const std::string& folder, const std::string& most) {
    ::signal(SIGXFSZ, SIG_IGN);  // writes beyond the limit then fail like on a full disk
    if (const auto bytes = std::strtoull(most.c_str(), nullptr, 10); bytes > 0) {
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    try {
        dfd::CaseFile open(file, dfd::CaseAccess::Create);
        dfd::ScanOptions options;
        options.paths = {folder};
        options.recursive = true;
        options.most_deaths = 1000;  // each death is another picture's
        options.flush_results = 4;
        options.flush_after = std::chrono::milliseconds(50);
        dfd::scan(
            open,
            std::make_shared<dfd::test::FakeEvaluator>(dfd::test::fake_panel("fake", 3, false)),
            options, [](const dfd::ScanProgress& now) {
                std::cout << now.written << '\n' << std::flush;
            });
    } catch (const dfd::CaseError& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 5 && std::string(argv[1]) == dfd::test::kScanInstead)
        return run_scan(argv[2], argv[3], argv[4]);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
