#include "core/casework/report/picture_report.h"

#include "core/base/atomic_file.h"
#include "core/base/language.h"
#include "core/casework/database/case_time.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/case_report.h"
#include "core/casework/report/exhibit_section.h"
#include "core/casework/report/report_text.h"
#include "core/casework/store/paths.h"

namespace dfd {
namespace {

std::filesystem::path shown_path(const Source& source) {
    return source.path.empty() ? std::filesystem::path(source.label) : whole_path(source.path);
}

ExhibitRecord record_of(const PictureReport& report) {
    const Examination& examination = report.examination;
    ExhibitRecord record;
    record.row.path = shown_path(examination.source);
    record.row.sha256 = examination.facts.sha256;
    record.row.bytes = examination.facts.bytes;
    record.row.width = examination.width;
    record.row.height = examination.height;
    record.row.warned = !examination.warnings.empty();
    if (examination.opinion) {
        record.row.state =
            no_assessment(*examination.opinion) ? ExhibitState::NoAssessment : ExhibitState::Scored;
        record.row.score = examination.opinion->score;
        record.row.spread = examination.opinion->spread;
        record.row.question = examination.opinion->leading;
    } else if (examination.state == ExaminationState::Failed) {
        record.row.state = ExhibitState::Failed;
        record.row.failure = examination.failure.message;
    }
    record.examination = examination;
    record.examination.thumbnail = {};
    record.by = report.by;
    record.device_name = report.device.name;
    record.device = report.device;
    record.preprocessing = kPreprocessingVersion;
    record.provenance_recorded = true;
    record.versions = library_versions();
    record.paths = {record.row.path};
    return record;
}

}  // namespace

std::vector<std::uint8_t> report_thumbnail(const Pixels& pixels) {
    constexpr int kSide = 480;
    return small_jpeg(pixels, kSide);
}

void write_picture_report(const PictureReport& report, const std::filesystem::path& out,
                          const MakeReportWriter& make) {
    const ExhibitRecord record = record_of(report);
    AtomicFile output(out);
    const auto writer = make([&](std::span<const std::uint8_t> bytes) { output.write(bytes); });
    const std::string name = report_line(record.row.path.filename().native());
    const std::string made = moment_text(case_time_now());
    writer->begin(say("Report on %1", {name}), name + " \u00B7 " + made);
    const ThresholdProfile thresholds{"default", report.bands};
    ReportSection page = summary_page(record, report.thumbnail, thresholds);
    page.above = say("Report on one picture, %1, %2", {made, report_line(report.program)});
    ReportSection whole = exhibit_section(record, report.thumbnail, thresholds);
    whole.above = say("The whole examination, to check it");
    ReportSection limits = limits_section();
    limits.own_page = false;
    page.links = {{whole.anchor, whole.above}, {limits.anchor, limits.title}};
    writer->add(page);
    writer->add(whole);
    if (record.examination.opinion)
        writer->add(panel_section(report.by));
    writer->add(limits);
    writer->end();
    output.put_in_place();
}

}  // namespace dfd
