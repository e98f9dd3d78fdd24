#include "ui/studies/compare/compare_study.h"

#include <QAction>
#include <QBuffer>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/base/version.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/limits.h"
#include "ui/look/wording.h"
#include "ui/work/picture_source.h"

namespace dfd::ui {
namespace {

/// The answers, with the panel that gave them.
QString score_line(const Collection::Listed& picture) {
    QStringList parts;
    const auto& opinion = picture.examination->opinion;
    for (const ComparedLine& line :
         compared_lines({{}, *picture.examination, picture.by, picture.bands}, {{}, {}, {}, {}}))
        if (line.kind == ComparedKind::Answer)
            parts.append(QString::fromStdString(line.name + ": " + line.first));
    return CompareStudy::tr("%1: %2; SHA-256 %3")
        .arg(picture.name,
             opinion ? parts.join(QStringLiteral("; ")) : CompareStudy::tr("not scored"),
             QString::fromStdString(picture.examination->facts.sha256));
}

/// The caution of the trial panel, where a score comes from it.
QStringList caution(const std::vector<Collection::Listed>& pictures) {
    const bool starter = std::ranges::any_of(pictures, [](const Collection::Listed& picture) {
        return picture.examination->opinion && picture.by.panel.starter;
    });
    return starter ? QStringList{QString::fromStdString(say(kTrialCaution))} : QStringList();
}

ComparisonPtr compared(const std::vector<Collection::Listed>& pair, const std::stop_token& stop) {
    const auto open = [&](const Collection::Listed& picture) {
        check_stop(stop);
        return read_first(picture.sources, picture.examination->facts.sha256);
    };
    Picture first = open(pair[0]);
    Picture second = open(pair[1]);
    check_stop(stop);
    const Registration found = register_pictures(first.pixels, second.pixels);
    // Facts of a picture that was never examined come from opening it.
    const auto side = [](const Collection::Listed& listed, const Picture& picture) {
        ComparedPicture result{listed.name.toStdString(), *listed.examination, listed.by,
                               listed.bands};
        if (result.examination.opinion)
            result.examination.opinion = with_titles(std::move(*result.examination.opinion));
        if (result.examination.width == 0) {
            result.examination.width = picture.pixels.width;
            result.examination.height = picture.pixels.height;
            result.examination.facts = picture.facts;
        }
        return result;
    };
    auto result = std::make_shared<Comparison>();
    result->lines = compared_lines(side(pair[0], first), side(pair[1], second));
    result->first_name = pair[0].name;
    result->second_name = pair[1].name;
    if (result->first_name == result->second_name)
        for (const auto& [name, listed] :
             {std::pair{&result->first_name, &pair[0]}, std::pair{&result->second_name, &pair[1]}})
            if (!listed->sources.empty() && !listed->sources.front().path.empty())
                *name = path_text(listed->sources.front().path);
    first = {};
    second = {};
    result->sentence = QString::fromStdString(registration_sentence(found));
    CompareSheet& sheet = result->sheet;
    sheet.first = to_image(found.first);
    sheet.second = to_image(found.second);
    sheet.difference = to_image(difference_picture(found));
    sheet.first_name = result->first_name;
    sheet.second_name = result->second_name;
    sheet.caption =
        QStringList{result->sentence, score_line(pair[0]), score_line(pair[1])} + caution(pair);
    sheet.caption.append(CompareStudy::tr("DeepFakeDefenders %1, %2")
                             .arg(QString::fromStdString(program_version()),
                                  QLocale::c().toString(QDateTime::currentDateTime(),
                                                        QStringLiteral("yyyy-MM-dd HH:mm"))));
    for (const auto& [pyramid, image] :
         {std::pair{&result->first, &sheet.first}, std::pair{&result->second, &sheet.second},
          std::pair{&result->difference, &sheet.difference}})
        *pyramid = std::make_shared<const PicturePyramid>(make_pyramid(*image));
    return result;
}

}  // namespace

CompareStudy::CompareStudy(StudyHost& host)
    : Study(host), comparing_(host.threads()), saving_(host.threads(), {}, Task::OnStop::Finish) {}

void CompareStudy::add_actions(QMenu* menu) {
    action_ = host().add_action(menu, "compare", QStringLiteral("side"),
                                tr("&Compare two pictures…"), tr("Ctrl+K"), [this] { compare(); });
    action_->setStatusTip(tr("Select two pictures in the list first."));
}

void CompareStudy::attach(Collection& collection) {
    Study::attach(collection);
    if (dialog_ != nullptr)
        dialog_->close();
}

void CompareStudy::refresh() {
    action_->setEnabled(collection().selected().size() == 2);
}

void CompareStudy::compare() {
    const std::vector<Collection::Id> pair = collection().selected();
    if (pair.size() != 2)
        return;
    if (dialog_ == nullptr || dialog_->isHidden()) {  // hidden: being deleted
        dialog_ = new CompareDialog(host().dialog_parent());
        dialog_->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog_, &CompareDialog::save_requested, this, &CompareStudy::choose_file);
        connect(dialog_, &QDialog::finished, this, [this] {
            comparing_.stop();
            shown_.reset();
        });
    }
    const auto name = [&](Collection::Id id) {
        return collection().list()->model()->index(collection().row_of(id), 0).data().toString();
    };
    dialog_->show_busy(name(pair[0]), name(pair[1]));
    dialog_->show();
    dialog_->raise();
    dialog_->activateWindow();
    comparing_.start(
        [this, read = collection().read(pair)](const Task::Run& run) -> Task::Then {
            const auto listed = read(run.stop_token());
            if (listed.size() != 2)
                throw std::runtime_error(
                    tr("One of the pictures is no longer in the list.").toStdString());
            return [this, result = compared(listed, run.stop_token())] {
                shown_ = result;
                if (dialog_ != nullptr)
                    dialog_->show_comparison(result);
            };
        },
        [this](const Task::Problem& problem) {
            if (dialog_ != nullptr && !problem.stopped)
                dialog_->show_problem(problem.sentence);
        });
}

void CompareStudy::choose_file() {
    auto* const dialog = new QFileDialog(dialog_, tr("Save the comparison"), host().export_folder(),
                                         tr("Picture (*.png)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(tr("%1-compared.png").arg(QFileInfo(shown_->first_name).completeBaseName()));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        host().remember_export(file);
        save(file);
    });
    dialog->open();
}

void CompareStudy::save(const QString& file) {
    if (shown_ == nullptr)
        return;
    saving_.add(
        [this, file, shown = shown_](const Task::Run&) -> Task::Then {
            QByteArray png;
            QBuffer buffer(&png);
            buffer.open(QIODevice::WriteOnly);
            if (!draw_compare_sheet(shown->sheet).save(&buffer, "PNG"))
                throw std::runtime_error(
                    tr("The comparison could not be written as PNG; there may not be enough "
                       "memory.")
                        .toStdString());
            write_file_atomically(to_path(file),
                                  std::span(reinterpret_cast<const std::uint8_t*>(png.constData()),
                                            static_cast<std::size_t>(png.size())));
            return [this, file] {
                host().tell_saved(Severity::Information, tr("Saved to %1").arg(file), file);
            };
        },
        [this](const Task::Problem& problem) { host().tell(Severity::Error, problem.sentence); });
}

}  // namespace dfd::ui
