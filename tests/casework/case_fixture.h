// Fixture for tests on cases: folders of small pictures, a fake panel and scanned cases.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/exhibits.h"
#include "core/casework/scan/scan.h"
#include "core/casework/verify/verify_case.h"
#include "tests/casework/numbered_picture.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/ui/fake_evaluator.h"

namespace dfd::test {

inline void paint(const std::filesystem::path& path, unsigned number) {
    std::filesystem::create_directories(path.parent_path());
    write_png(path, numbered_picture(number));
}

/// Sets the modification time to an hour ago: recent times are not trusted by a scan.
inline void age(const std::filesystem::path& path) {
    std::filesystem::last_write_time(
        path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
}

/// The fake panel with its opinions changed.
class ChangedEvaluator : public FakeEvaluator {
  public:
    using Change = std::function<void(PanelOpinion& opinion)>;
    explicit ChangedEvaluator(Change change)
        : FakeEvaluator(fake_panel("fake", 3, false)), change_(std::move(change)) {}

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        auto opinions = FakeEvaluator::evaluate(pictures, options, std::move(stop));
        std::ranges::for_each(opinions, change_);
        return opinions;
    }

  private:
    Change change_;
};

class Casework : public testing::Test {
  protected:
    std::filesystem::path picture(const std::string& name, unsigned number) const {
        const auto path = pictures() / name;
        paint(path, number);
        age(path);
        return path;
    }
    [[nodiscard]] std::filesystem::path pictures() const { return folder / "pictures"; }
    [[nodiscard]] std::filesystem::path case_path(const std::string& name = "case.dfd") const {
        return folder / name;
    }

    [[nodiscard]] ScanOptions options() const {
        ScanOptions options;
        options.paths = {pictures()};
        options.recursive = true;
        return options;
    }
    ScanProgress scan_all(CaseFile& file, ScanOptions how) { return scan(file, evaluator, how); }
    ScanProgress scan_all(CaseFile& file) { return scan_all(file, options()); }

    /// Stops once this many are scored.
    ScanProgress scan_until(CaseFile& file, std::int64_t scored) {
        std::stop_source stop;
        return scan(
            file, evaluator, options(),
            [&](const ScanProgress& now) {
                if (now.scored >= scored)
                    stop.request_stop();
            },
            stop.get_token());
    }

    /// The output of `dfd case list --format json`, without durations.
    static std::vector<nlohmann::json> listing(const CaseFile& file, bool maps = true) {
        std::vector<nlohmann::json> objects;
        for (const auto id : find_exhibits(file)) {
            const auto record = read_exhibit(file, id, maps);
            auto object = nlohmann::json::parse(to_json(record.examination, record.by, maps));
            object.erase("seconds");
            objects.push_back(std::move(object));
        }
        return objects;
    }
    static std::vector<nlohmann::json> listing(const std::filesystem::path& path) {
        return listing(CaseFile(path, CaseAccess::Read));
    }
    static ExhibitRow row_of(const CaseFile& file, const std::string& name) {
        const auto id = named_exhibit(file, name);
        return exhibit_rows(file, {&id, 1}).at(0);
    }

    TemporaryFolder folder;
    std::shared_ptr<FakeEvaluator> evaluator =
        std::make_shared<FakeEvaluator>(fake_panel("fake", 3, false));
};

}  // namespace dfd::test
