#include "ui/picture/exporter.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QSaveFile>
#include <stdexcept>

#include "core/base/language.h"
#include "core/base/version.h"
#include "core/engine/results/map_text.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "ui/list/image_convert.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Exporter)
};

void write_file(const std::filesystem::path& file, const QByteArray& bytes) {
    QSaveFile out(path_text(file));
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        throw std::runtime_error(
            Words::tr("%1 could not be written: %2. Choose another folder or free some space.")
                .arg(path_text(file), out.errorString())
                .toStdString());
}

}  // namespace

QString export_suffix(ExportKind kind) {
    switch (kind) {
        case ExportKind::Json:
            return QStringLiteral(".json");
        case ExportKind::Csv:
            return QStringLiteral(".csv");
        case ExportKind::OverlayPng:
            return QStringLiteral(".png");
    }
    return {};
}

QString export_filter(ExportKind kind) {
    switch (kind) {
        case ExportKind::Json:
            return Words::tr("JSON, one object per line (*.json *.jsonl)");
        case ExportKind::Csv:
            return Words::tr("Comma-separated values (*.csv)");
        case ExportKind::OverlayPng:
            return Words::tr("PNG picture (*.png)");
    }
    return {};
}

void export_results(const std::filesystem::path& file, ExportKind kind,
                    const std::vector<ExaminationPtr>& results, const ScoredBy& by,
                    const QuestionBands& bands, const std::optional<Firmness>& firmness) {
    const Firmness* const firm = firmness ? &*firmness : nullptr;
    std::string text;
    const auto add_line = [&text](std::string line, const char* end) {
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
            line.pop_back();
        text += line + end;
    };
    if (kind == ExportKind::Csv)
        add_line(csv_header(by.panel) + (firmness ? ',' + firmness_csv_header() : ""), "\r\n");
    for (const ExaminationPtr& result : results) {
        if (kind == ExportKind::Csv)
            add_line(to_csv(*result, by, bands) + (firmness ? ',' + firmness_csv(firm, bands) : ""),
                     "\r\n");
        else
            add_line(to_json(*result, by, true, bands, firm), "\n");
    }
    write_file(file, QByteArray::fromStdString(text));
}

void export_map_sheet(const std::filesystem::path& file, const Source& source,
                      const MapSheet& sheet, const std::string& sha256) {
    const Picture picture =
        source.bytes ? decode_picture(*source.bytes) : read_picture(source.path);
    if (!sha256.empty() && picture.facts.sha256 != sha256)
        throw std::runtime_error(Words::tr("%1 has changed since it was examined, so the heatmap "
                                           "does not match it. Examine the picture again.")
                                     .arg(path_text(source.path))
                                     .toStdString());
    const auto png =
        encode_png(to_pixels(draw_map_sheet(sheet, to_image(picture.pixels))), sheet.facts);
    write_file(file, QByteArray(reinterpret_cast<const char*>(png.data()),
                                static_cast<qsizetype>(png.size())));
}

MapSheet map_sheet_of(const Examination& examination, const ScoredBy& by,
                      const QuestionBands& bands) {
    MapSheet sheet;
    sheet.title = examination.source.path.empty() ? QString::fromStdString(examination.source.label)
                                                  : path_text(examination.source.path.filename());
    if (const auto& opinion = examination.opinion)
        for (std::size_t q = 0; q < questions_of(*opinion); ++q) {
            const PanelOpinion one = part(*opinion, q);
            QString line;
            if (!opinion->answers.empty())
                line = QString::fromStdString(say(opinion->answers[q].text)) + QLatin1Char(' ');
            const Band band = band_of(*opinion, q, bands);
            line +=
                !is_answered(*opinion, q) ? Words::tr("not answered")
                : band == Band::NoAssessment
                    ? band_text(band)
                    : Words::tr("%1, %2").arg(score_text(one.score, bands_for(*opinion, q, bands)),
                                              band_text(band));
            sheet.caption.append(line);
        }
    const QString panel = QString::fromStdString(say(by.panel.title));
    const QString digest = QString::fromStdString(examination.facts.sha256);
    const QString program =
        QStringLiteral("DeepFakeDefenders ") + QString::fromStdString(program_version());
    const QString now =
        QLocale::c().toString(QDateTime::currentDateTime(), QStringLiteral("yyyy-MM-dd HH:mm"));
    sheet.caption.append(Words::tr("%1, %2, %3").arg(panel, program, now));
    sheet.caption.append(Words::tr("SHA-256 of the picture's file: %1").arg(digest));
    if (by.panel.starter)
        sheet.caption.append(QString::fromStdString(say(kTrialCaution)));
    sheet.facts =
        map_text(sheet.title.toStdString(), sheet.caption.join(QLatin1Char('\n')).toStdString(),
                 examination.facts.sha256, by, now.toStdString());
    return sheet;
}

QString result_as_text(const Examination& examination, const ScoredBy& by,
                       const QuestionBands& bands, const std::optional<Firmness>& firmness) {
    const QString name = examination.source.path.empty()
                             ? QString::fromStdString(examination.source.label)
                             : path_text(examination.source.path);
    QStringList lines;
    lines.append(name);
    if (!examination.facts.sha256.empty())
        lines.append(Words::tr("SHA-256 %1").arg(QString::fromStdString(examination.facts.sha256)));
    if (!examination.opinion) {
        lines.append(examination.state == ExaminationState::Failed
                         ? QString::fromStdString(say_again(examination.failure.message))
                         : state_text(examination.state));
        return lines.join(QLatin1Char('\n'));
    }
    for (const ProvenanceHint& hint : examination.facts.provenance)
        if (hint.declares_generated)
            lines.append(QString::fromStdString(say_again(hint.sentence)));
    const PanelOpinion opinion = with_titles(*examination.opinion);
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        const PanelOpinion one = part(opinion, q);
        if (!opinion.answers.empty())
            lines.append(QString::fromStdString(say(opinion.answers[q].text)));
        if (!is_answered(opinion, q)) {
            lines.append(Words::tr("Not answered: none of its experts counts."));
            continue;
        }
        const Band band = band_of(opinion, q, bands);
        if (band == Band::NoAssessment) {
            lines.append(Words::tr("No assessment."));
            for (const OutOfScope& each : out_of_scope(one, 0))
                lines.append(QString::fromStdString(each.reason));
            continue;
        }
        const BandThresholds& thresholds = bands.of(q);
        const BandThresholds rounding = bands_for(opinion, q, bands);
        lines.append(Words::tr("Panel score %1 of 1 (fake): %2. %3.")
                         .arg(score_text(one.score, rounding), band_text(band),
                              thresholds_text(thresholds)));
        lines.append(
            Words::tr("Spread %1: %2.").arg(score_text(one.spread), spread_text(one.spread)));
        for (const ExpertOpinion& expert : one.experts)
            if (!expert.available())
                lines.append(Words::tr("  %1: no opinion on this picture")
                                 .arg(QString::fromStdString(expert.name)));
            else
                lines.append(Words::tr("  %1: %2 (panel without it: %3)")
                                 .arg(QString::fromStdString(expert.name),
                                      score_text(expert.score, rounding),
                                      score_text(expert.without, rounding)));
    }
    lines.append(QString::fromStdString(
        summary_of(opinion, examination.warnings, bands, firmness ? &*firmness : nullptr)));
    for (const std::string& warning : with_titles(examination.warnings, *examination.opinion))
        lines.append(Words::tr("Note: %1", "warning").arg(QString::fromStdString(warning)));
    QString panel =
        Words::tr("Panel: %1, %2 on %3, digest %4")
            .arg(QString::fromStdString(say(by.panel.title)),
                 QLatin1String(precision_name(by.precision)), QString::fromStdString(by.device),
                 QString::fromStdString(by.panel.digest));
    lines.append(panel);
    if (by.panel.starter)
        lines.append(QString::fromStdString(say(kTrialCaution)));
    lines.append(QString::fromStdString(method_limits().front()));
    return lines.join(QLatin1Char('\n'));
}

}  // namespace dfd::ui
