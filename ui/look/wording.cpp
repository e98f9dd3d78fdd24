#include "ui/look/wording.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/language.h"
#include "core/opinion/story.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

}  // namespace

QString score_text(double score, const BandThresholds& thresholds) {
    return QString::fromStdString(score_figure(score, thresholds));
}

QString signed_text(double difference) {
    const double shown = std::round(difference * 100.0) / 100.0;
    if (shown == 0.0)
        return QStringLiteral("0.00");
    const QString digits = QString::number(std::abs(shown), 'f', 2);
    return (shown < 0 ? QStringLiteral("\u2212") : QStringLiteral("+")) + digits;
}

QString difference_text(const QString& figure, const QString& from) {
    bool known = false, known_from = false;
    const double difference = figure.toDouble(&known) - from.toDouble(&known_from);
    return known && known_from ? signed_text(difference) : QStringLiteral("–");
}

QString band_text(Band band) {
    switch (band) {
        case Band::LooksReal:
            return Words::tr("looks real");
        case Band::Undecided:
            return Words::tr("undecided");
        case Band::LooksFake:
            return Words::tr("looks fake");
        case Band::Unnamed:
            return Words::tr("not calibrated");
        case Band::NoAssessment:
            return Words::tr("no assessment");
    }
    return {};
}

QString question_name(const std::string& id) {
    QString name = QString::fromStdString(say(id));
    if (!name.isEmpty())
        name[0] = name[0].toUpper();
    return name;
}

std::vector<double> edges_of(const QuestionBands& bands) {
    std::set<double> edges;
    for (const BandThresholds& each : bands.each())
        for (const auto& edge : {each.real_edge(), each.fake_edge()})
            if (edge)
                edges.insert(*edge);
    return {edges.begin(), edges.end()};
}

QString question_text(const PanelOpinion& opinion, std::size_t question) {
    return question < opinion.answers.size()
               ? QString::fromStdString(say(opinion.answers[question].text))
               : QString();
}

QString combined_map_text(const PanelOpinion& opinion, std::size_t question) {
    const bool fused = fusion_of(opinion, question) != nullptr;
    if (opinion.answers.empty())
        return fused ? Words::tr("Fusion of all experts") : Words::tr("Mean of all experts");
    return (fused ? Words::tr("Fusion: %1") : Words::tr("Mean: %1"))
        .arg(question_text(opinion, question));
}

QString thresholds_text(const BandThresholds& thresholds) {
    if (!thresholds.named)
        return Words::tr("No words, because the panel is not calibrated");
    const auto real = thresholds.real_edge(), fake = thresholds.fake_edge();
    if (!real && !fake)
        return Words::tr("No score looks real, no score looks fake");
    if (!real)
        return Words::tr("No score looks real, looks fake from %1").arg(*fake, 0, 'f', 2);
    if (!fake)
        return Words::tr("Looks real below %1, no score looks fake").arg(*real, 0, 'f', 2);
    return Words::tr("Looks real below %1, looks fake from %2")
        .arg(*real, 0, 'f', 2)
        .arg(*fake, 0, 'f', 2);
}

QString spread_text(double spread) {
    return QString::fromStdString(spread_words(spread));
}

QString state_text(ExaminationState state, bool being_scored) {
    if (being_scored)
        return Words::tr("Being examined");
    switch (state) {
        case ExaminationState::Queued:
            return Words::tr("Waiting");
        case ExaminationState::Decoded:
            return Words::tr("Opened, not scored yet");
        case ExaminationState::Scored:
            return Words::tr("Scored");
        case ExaminationState::Explained:
            return Words::tr("Scored and explained");
        case ExaminationState::Failed:
            return Words::tr("Failed");
        case ExaminationState::Cancelled:
            return Words::tr("Cancelled");
    }
    return {};
}

QString mark_text(Mark mark) {
    switch (mark) {
        case Mark::Suspicious:
            return Words::tr("suspicious");
        case Mark::Cleared:
            return Words::tr("cleared");
        case Mark::ToCheck:
            return Words::tr("to check");
        case Mark::None:
            break;
    }
    return Words::tr("no mark");
}

QString time_text(CaseTime time) {
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(time);
    return when.date() == QDate::currentDate() ? when.toString(QStringLiteral("HH:mm:ss"))
                                               : when.toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString duration_text(double seconds) {
    if (seconds < 90)
        return Words::tr("about %1 s").arg(std::max(1, static_cast<int>(std::lround(seconds))));
    const int minutes = static_cast<int>(std::lround(seconds / 60));
    if (minutes < 90)
        return Words::tr("about %1 min").arg(minutes);
    return Words::tr("about %1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString bytes_text(std::uint64_t bytes) {
    return QLocale::c().formattedDataSize(static_cast<qint64>(bytes), bytes < 1000 ? 0 : 1,
                                          QLocale::DataSizeSIFormat);
}

QString path_text(const std::filesystem::path& path) {
    return QString::fromUtf8(path.native());
}

std::filesystem::path to_path(const QString& path) {
    return std::filesystem::path(QFile::encodeName(path).toStdString());
}

QString tool_tip_text(const QString& text) {
    return QStringLiteral("<qt>%1</qt>")
        .arg(text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
}

}  // namespace dfd::ui
