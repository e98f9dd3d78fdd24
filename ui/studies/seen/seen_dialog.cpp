#include "ui/studies/seen/seen_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/language.h"
#include "core/opinion/expert_words.h"
#include "ui/list/image_convert.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_view.h"
#include "ui/work/picture_source.h"

namespace dfd::ui {
namespace {

constexpr int kLineRole = Qt::UserRole + 1;
constexpr std::size_t kPyramids = 3;
constexpr qint64 kKeptPixels = 16'000'000;  ///< of larger pictures only the one shown is kept

/// A file as `first_matching` compares it.
struct Opened {
    std::shared_ptr<const SeenFile> file;
    const FileFacts& facts;
};

QString step_title(const SeenStep& step) {
    const auto tr = [](const char* text) { return SeenDialog::tr(text); };
    if (step.name == "decoded")
        return tr("Decoded");
    if (step.name == "oriented")
        return tr("Oriented");
    if (step.name == "normalised")
        return tr("Normalised");
    if (step.name == "input")
        return tr("Input tensor");
    if (step.name == "residuals")
        return tr("Residuals");
    return QString::fromStdString(step.name);
}

QString policy_title(DecodePolicy policy) {
    switch (policy) {
        case DecodePolicy::Reference:
            return SeenDialog::tr("As for every score");
        case DecodePolicy::AsStored:
            return SeenDialog::tr("Not rotated");
        case DecodePolicy::Turned:
            return SeenDialog::tr("Rotated as asked");
        case DecodePolicy::ProfileApplied:
            return SeenDialog::tr("Colour profile applied");
        case DecodePolicy::AlphaOnWhite:
            return SeenDialog::tr("Transparency on white");
        case DecodePolicy::OtherFrame:
            return SeenDialog::tr("Middle frame");
        case DecodePolicy::CentreSquare:
            return SeenDialog::tr("Centre square");
        case DecodePolicy::Grey:
            break;
    }
    return SeenDialog::tr("Greyscale");
}

QTreeWidgetItem* heading(QTreeWidget* list, const QString& text) {
    auto* const item = new QTreeWidgetItem(list, {text});
    item->setFont(0, text_font(TextSize::Body, true));
    item->setFlags(Qt::ItemIsEnabled);
    item->setFirstColumnSpanned(true);
    item->setExpanded(true);
    return item;
}

}  // namespace

SeenDialog::SeenDialog(BackgroundThreads& threads, QWidget* parent)
    : QDialog(parent),
      computing_(threads, tr("There is not enough memory to show every step of this picture. Close "
                             "other programs and try again.")),
      drawing_(threads),
      words_(make_label(this, TextSize::Body)),
      busy_(new QProgressBar(this)),
      list_(new QTreeWidget(this)),
      title_(make_label(this, TextSize::Body, true)),
      sentence_(make_label(this, TextSize::Body)),
      view_(new PictureView(this)),
      details_(make_label(this, TextSize::Caption, false, true)) {
    for (QLabel* const label : {words_, sentence_, details_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    busy_->setTextVisible(false);
    busy_->setAccessibleName(tr("Ways of decoding scored"));
    list_->setColumnCount(3);
    list_->setHeaderLabels({tr("What the networks saw"), tr("Score"), tr("Difference")});
    list_->setRootIsDecorated(false);
    list_->setIndentation(kGrid);
    list_->header()->setStretchLastSection(false);
    list_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    list_->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    list_->headerItem()->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    list_->headerItem()->setTextAlignment(2, Qt::AlignRight | Qt::AlignVCenter);
    list_->setAccessibleName(tr("Steps and ways of decoding"));
    view_->setAccessibleName(tr("Picture of the selected step"));

    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    auto* const right = new QVBoxLayout;
    right->setSpacing(kGrid);
    right->addWidget(title_);
    right->addWidget(sentence_);
    right->addWidget(view_, 1);
    right->addWidget(details_);
    auto* const sides = new QHBoxLayout;
    sides->setSpacing(3 * kGrid);
    sides->addWidget(list_, 2);
    sides->addLayout(right, 3);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(words_);
    column->addWidget(busy_);
    column->addLayout(sides, 1);
    column->addWidget(buttons);
    resize(120 * kGrid, 80 * kGrid);

    connect(list_, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        if (item != nullptr && item->data(0, kLineRole).isValid())
            show_line(item->data(0, kLineRole).value<std::size_t>());
    });
}

void SeenDialog::show_picture(const QString& name, const std::vector<Source>& sources,
                              const std::string& sha256,
                              const std::shared_ptr<Evaluator>& evaluator,
                              const QuestionBands& bands) {
    const std::string of =
        sha256 + evaluator->panel().digest + precision_name(evaluator->precision());
    if (of == shown_key_)
        return;
    drawing_.stop();
    shown_key_ = of;
    bands_ = bands;
    titles_.clear();
    const auto words = words_for(evaluator->panel().experts);
    for (std::size_t i = 0; i < words.size(); ++i)
        titles_[evaluator->panel().experts[i].name] = words[i].title;
    file_.reset();
    seen_.reset();
    policies_.clear();
    pyramids_.clear();
    lines_.clear();
    list_->clear();
    title_->clear();
    sentence_->clear();
    details_->clear();
    view_->show_nothing();
    setWindowTitle(tr("What the networks saw of %1").arg(name));
    words_->setText(tr("Opening %1…").arg(name));
    busy_->setRange(0, 0);
    busy_->show();
    computing_.start(
        [this, sources, sha256, evaluator](const Task::Run& run) -> Task::Then {
            SeenOptions options;
            options.grey = true;
            const auto file = first_matching(sources, sha256, [&](const Source& source) {
                                  auto opened =
                                      std::make_shared<const SeenFile>(*evaluator, source, options);
                                  const FileFacts& facts = opened->facts();
                                  return Opened{std::move(opened), facts};
                              }).file;
            const auto seen = std::make_shared<const Seen>(file->steps(run.stop_token()));
            run.post([this, file, seen] { show_steps(file, seen); });
            file->score(*evaluator, run.stop_token(),
                        [&](std::size_t index, const SeenPolicy& policy, const Pixels*) {
                            run.post([this, index, policy] { set_policy(index, policy); });
                        });
            return [this] { finish({}); };
        },
        [this](const Task::Problem& problem) { finish(problem.sentence); });
}

void SeenDialog::show_steps(std::shared_ptr<const SeenFile> file,
                            std::shared_ptr<const Seen> seen) {
    file_ = std::move(file);
    seen_ = std::move(seen);
    policies_ = seen_->policies;
    const auto add = [this](QTreeWidgetItem* group, const QString& title, const QString& below) {
        auto* const item = new QTreeWidgetItem(
            group, {below.isEmpty() ? title : title + QLatin1Char('\n') + below});
        item->setData(0, kLineRole, QVariant::fromValue(lines_.size()));
        item->setToolTip(0, item->text(0));
        for (const int column : {1, 2})
            item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        lines_.push_back(item);
    };
    QTreeWidgetItem* const steps = heading(list_, tr("Step by step"));
    for (std::size_t i = 0; i < seen_->steps.size(); ++i) {
        const SeenStep& step = seen_->steps[i];
        add(steps, tr("%1  %2").arg(i + 1).arg(step_title(step)),
            step.experts.empty() || step.experts.size() == titles_.size()
                ? QString()
                : tr("%1 of %2 experts").arg(step.experts.size()).arg(titles_.size()));
    }
    QTreeWidgetItem* const ways = heading(list_, tr("Ways of decoding the file"));
    for (const SeenPolicy& policy : seen_->policies)
        add(ways, policy_title(policy.policy),
            policy.reference() ? tr("the reference") : tr("not the reference"));
    busy_->setRange(0, static_cast<int>(seen_->policies.size()));
    busy_->setValue(0);
    words_->setText(tr("Scoring each way of decoding the file…"));
    list_->setCurrentItem(lines_.front());
}

void SeenDialog::set_policy(std::size_t index, SeenPolicy policy) {
    if (policy.opinion)
        policy.opinion = with_titles(*policy.opinion);
    policies_[index] = std::move(policy);
    busy_->setValue(busy_->value() + 1);
    if (policies_[index].opinion)
        show_score(index);
    if (line_ == seen_->steps.size() + index)
        show_line(line_);
}

void SeenDialog::show_score(std::size_t policy) {
    QTreeWidgetItem* const item = lines_[seen_->steps.size() + policy];
    const auto figure = [this](const PanelOpinion& opinion) {
        return score_text(opinion.score, bands_for(opinion, opinion.leading, bands_));
    };
    item->setText(1, figure(*policies_[policy].opinion));
    // The reference decoding is scored first, so that differences to it can be shown.
    if (const auto& reference = policies_.front().opinion; policy > 0 && reference)
        item->setText(2, difference_text(item->text(1), figure(*reference)));
}

void SeenDialog::finish(const QString& problem) {
    busy_->hide();
    if (!problem.isEmpty())
        shown_key_.clear();  // allows a retry with the same picture
    if (!problem.isEmpty()) {
        words_->setText(problem);
        return;
    }
    const PanelOpinion& reference = *policies_.front().opinion;
    words_->setText(
        (question_text(reference, reference.leading) + QLatin1Char(' ') + summary()).trimmed());
}

QString SeenDialog::summary() const {
    const PanelOpinion& first = *policies_.front().opinion;
    double low = first.score, high = low;
    std::size_t others = 0;
    for (std::size_t i = 1; i < policies_.size(); ++i) {
        const auto& opinion = policies_[i].opinion;
        if (!opinion)
            continue;
        ++others;
        low = std::min(low, opinion->score);
        high = std::max(high, opinion->score);
    }
    const BandThresholds thresholds = bands_for(first, first.leading, bands_);
    const QString reference = score_text(first.score, thresholds);
    if (others == 0)
        return tr("The reference decoding scores %1. No other way of decoding applies to this "
                  "file.")
            .arg(reference);
    return tr("The reference decoding scores %1. With %2 other ways of decoding, none of them the "
              "reference, the file scores from %3 to %4.")
        .arg(reference)
        .arg(others)
        .arg(score_text(low, thresholds), score_text(high, thresholds));
}

QSize SeenDialog::size_of(std::size_t line) const {
    const std::size_t steps = seen_->steps.size();
    if (line < steps)
        return {seen_->steps[line].width, seen_->steps[line].height};
    return {policies_[line - steps].width, policies_[line - steps].height};
}

QString SeenDialog::details(std::size_t line) const {
    QStringList parts;
    if (const QSize size = size_of(line); !size.isEmpty())
        parts.append(tr("%1 × %2 pixels").arg(size.width()).arg(size.height()));
    const std::size_t steps = seen_->steps.size();
    if (line < steps) {
        const SeenStep& step = seen_->steps[line];
        QStringList experts;
        for (const std::string& name : step.experts) {
            const auto found = titles_.find(name);
            experts.append(QString::fromStdString(found == titles_.end() ? name : found->second));
        }
        if (!experts.isEmpty())
            parts.append(experts.join(tr(", ")));
        if (!step.tensor_sha256.empty())
            parts.append(
                tr("SHA-256 of the tensor %1")
                    .arg(QString::fromStdString(step.tensor_sha256.substr(0, 16)) + QChar(0x2026)));
    } else if (const auto& opinion = policies_[line - steps].opinion) {
        const auto& reference = policies_.front().opinion;
        for (std::size_t i = 0; i < opinion->experts.size(); ++i) {
            const ExpertOpinion& expert = opinion->experts[i];
            const QString figure =
                score_text(expert.score, bands_for(*opinion, expert.question, bands_));
            QString text = tr("%1 %2").arg(QString::fromStdString(expert.name), figure);
            if (line > steps && expert.available() && reference->experts[i].available())
                text += tr(" (%1)").arg(difference_text(
                    figure, score_text(reference->experts[i].score,
                                       bands_for(*reference, expert.question, bands_))));
            parts.append(text);
        }
    }
    return parts.join(QStringLiteral("  ·  "));
}

void SeenDialog::show_line(std::size_t line) {
    line_ = line;
    const std::size_t steps = seen_->steps.size();
    if (line < steps) {
        title_->setText(step_title(seen_->steps[line]));
        sentence_->setText(QString::fromStdString(seen_->steps[line].sentence()));
    } else {
        const SeenPolicy& way = policies_[line - steps];
        title_->setText(line == steps ? tr("The reference")
                                      : tr("%1: not the reference").arg(policy_title(way.policy)));
        sentence_->setText(QString::fromStdString(
            way.problem.empty() ? say_again(way.sentence)
                                : say_again(way.sentence) + " " + say_again(way.problem)));
    }
    details_->setText(details(line));
    if (const auto known = pyramids_.find(line); known != pyramids_.end()) {
        view_->show_picture(known->second);
        return;
    }
    const QSize size = size_of(line);
    if (size.isEmpty()) {  // not made yet: it is shown when it was scored, or has no pixels
        drawing_.stop();
        view_->show_nothing();
        return;
    }
    view_->show_preview({}, size);
    drawing_.start(
        [this, line, steps, file = file_](const Task::Run&) -> Task::Then {
            const auto pixels = line < steps ? file->step(line) : file->policy(line - steps);
            const auto made =
                std::make_shared<const PicturePyramid>(make_pyramid(to_image(*pixels)));
            const bool large = qint64{pixels->width} * pixels->height > kKeptPixels;
            return [this, line, made, large] {
                if (large || pyramids_.size() >= kPyramids)
                    pyramids_.clear();
                if (!large)
                    pyramids_[line] = made;
                if (line == line_)
                    view_->show_picture(made);
            };
        },
        [this](const Task::Problem& problem) { details_->setText(problem.sentence); });
}

QString SeenDialog::words() const {
    return words_->text();
}

QString SeenDialog::sentence() const {
    return sentence_->text();
}

}  // namespace dfd::ui
