#include "ui/studies/agreement/agreement_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kIdRole = Qt::UserRole + 1;
constexpr int kCell = 7 * kGrid;

/// "Alone against the others: A in 12 of 40 pictures, B in 3." Empty if none ever is.
QString alone_sentence(const AgreementView& view) {
    std::vector<std::size_t> counts(view.titles.size()), order(view.titles.size());
    for (const auto& experts : view.alone)
        for (const std::size_t expert : experts)
            ++counts[expert];
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return counts[i]; });
    QStringList parts;
    for (const std::size_t expert : order) {
        if (counts[expert] == 0)
            break;
        const QString name = QString::fromStdString(view.titles[expert]);
        parts.append(parts.isEmpty()
                         ? AgreementDialog::tr("%1 in %2 of %3 pictures")
                               .arg(name)
                               .arg(counts[expert])
                               .arg(view.matrix.pictures)
                         : AgreementDialog::tr("%1 in %2").arg(name).arg(counts[expert]));
    }
    return parts.isEmpty() ? QString()
                           : AgreementDialog::tr("Alone against the others: %1.")
                                 .arg(parts.join(AgreementDialog::tr(", ")));
}

}  // namespace

AgreementDialog::AgreementDialog(BackgroundThreads& threads, QWidget* parent)
    : QDialog(parent),
      task_(threads),
      model_(new AgreementModel(this)),
      words_(make_label(this, TextSize::Body)),
      details_(new QToolButton(this)),
      measure_(new QComboBox(this)),
      matrix_view_(new QTableView(this)),
      meaning_(make_label(this, TextSize::Caption, false, true)),
      title_(make_label(this, TextSize::Body, true)),
      disputed_(new QPushButton(tr("Most disputed"), this)),
      pictures_(new QTreeWidget(this)) {
    setWindowTitle(tr("Disagreement"));
    words_->setWordWrap(true);
    meaning_->setWordWrap(true);
    measure_->addItem(tr("On different sides"), static_cast<int>(AgreementMeasure::Flips));
    measure_->addItem(tr("Rank correlation"), static_cast<int>(AgreementMeasure::RankCorrelation));
    name_box(measure_, tr("Measure shown in the matrix"));
    details_->setObjectName(QStringLiteral("agreement_details"));
    details_->setText(tr("Details"));
    details_->setToolTip(tr("Other measures of how far the experts agree"));
    details_->setCheckable(true);
    details_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    details_->setProperty("small", true);
    details_->setFocusPolicy(Qt::StrongFocus);
    matrix_view_->setModel(model_);
    matrix_view_->setSelectionMode(QAbstractItemView::SingleSelection);
    matrix_view_->setTabKeyNavigation(false);
    matrix_view_->setShowGrid(false);
    matrix_view_->setFrameShape(QFrame::NoFrame);
    // Shrink the table to its cells: with few experts there is no empty area.
    matrix_view_->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    matrix_view_->setCornerButtonEnabled(false);
    matrix_view_->setFont(text_font(TextSize::Body));
    matrix_view_->horizontalHeader()->setDefaultSectionSize(kCell);
    matrix_view_->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    matrix_view_->verticalHeader()->setDefaultSectionSize(5 * kGrid);
    matrix_view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    matrix_view_->setAccessibleName(tr("Agreement of the experts"));
    matrix_view_->setAccessibleDescription(
        tr("Rows and columns are experts. Enter lists the pictures on which the two experts "
           "disagree."));
    pictures_->setColumnCount(4);
    pictures_->setHeaderLabels({tr("Picture"), tr("Score"), tr("Disagreement"), tr("Question")});
    pictures_->setRootIsDecorated(false);
    pictures_->setUniformRowHeights(true);
    pictures_->header()->setStretchLastSection(false);
    pictures_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    pictures_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    pictures_->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    pictures_->header()->setSectionResizeMode(3, QHeaderView::ResizeToContents);
    pictures_->setColumnHidden(3, true);
    pictures_->setAccessibleName(tr("Pictures"));
    pictures_->setToolTip(
        tr("Disagreement: mutual information of a question's experts, in bits. 0 when all agree, "
           "1 when half are sure of real and half of fake. Score and disagreement follow the "
           "question that is named."));
    disputed_->setToolTip(tr("Lists the pictures on which the experts disagree most."));

    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    // Enter belongs to the focused cell; an auto-default button would also react to it.
    disputed_->setAutoDefault(false);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    auto* const left = new QVBoxLayout;
    left->setSpacing(kGrid);
    left->addWidget(matrix_view_, 0, Qt::AlignLeft | Qt::AlignTop);
    left->addWidget(meaning_);
    left->addWidget(details_, 0, Qt::AlignLeft);
    left->addWidget(measure_);
    left->addStretch();
    auto* const head = new QHBoxLayout;
    head->addWidget(title_, 1);
    head->addWidget(disputed_);
    auto* const right = new QVBoxLayout;
    right->setSpacing(kGrid);
    right->addLayout(head);
    right->addWidget(pictures_, 1);
    auto* const sides = new QHBoxLayout;
    sides->setSpacing(3 * kGrid);
    sides->addLayout(left, 1);
    sides->addLayout(right, 1);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(words_);
    column->addLayout(sides, 1);
    column->addWidget(buttons);
    resize(128 * kGrid, 62 * kGrid);

    const auto show_measure = [this] {
        const auto measure = static_cast<AgreementMeasure>(measure_->currentData().toInt());
        model_->set_measure(measure);
        meaning_->setText(measure == AgreementMeasure::RankCorrelation
                              ? tr("Spearman's rank correlation: 1 same order (blue), 0 unrelated, "
                                   "−1 opposite order (orange), – undefined.")
                              : tr("Share of the pictures that two experts place on different "
                                   "sides of %1: blue for none, orange for half or more.")
                                    .arg(score_text(kVoteThreshold)));
    };
    connect(measure_, &QComboBox::currentIndexChanged, this, show_measure);
    show_measure();
    const auto show_details = [this](bool shown) {
        details_->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
        measure_->setVisible(shown);
        if (!shown)
            measure_->setCurrentIndex(0);
    };
    connect(details_, &QToolButton::toggled, this, show_details);
    show_details(false);
    connect(matrix_view_, &QTableView::clicked, this, &AgreementDialog::show_cell);
    connect(matrix_view_, &QTableView::activated, this, &AgreementDialog::show_cell);
    connect(disputed_, &QPushButton::clicked, this, &AgreementDialog::show_most_disputed);
    connect(pictures_, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        if (item != nullptr)
            Q_EMIT picture_chosen(item->data(0, kIdRole).toLongLong());
    });
}

void AgreementDialog::compute(const ComputeAgreement& work, const QString& over) {
    over_ = over;
    words_->setText(tr("Comparing the experts on %1…").arg(over));
    task_.start(
        [this, work](const Task::Run& run) -> Task::Then {
            const AgreementViewPtr view = work(run.stop_token());
            return view ? Task::Then([this, view] { show_result(view); }) : nullptr;
        },
        [this](const Task::Problem& problem) { words_->setText(problem.sentence); });
}

void AgreementDialog::show_result(const AgreementViewPtr& view) {
    model_->set_view(view);
    QStringList words;
    if (view->matrix.pictures == 0) {
        words.append(tr("No picture in %1 has been scored yet.").arg(over_));
    } else {
        words.append(tr("Scored pictures in %1: %2. Choose a cell to list the pictures on which "
                        "two experts disagree.")
                         .arg(over_)
                         .arg(view->matrix.pictures));
        words.append(alone_sentence(*view));
        words.append(QString::fromStdString(left_out_sentence(view->table, view->titles)));
        words.removeAll(QString());
    }
    words_->setText(words.join(QLatin1Char(' ')));
    matrix_view_->updateGeometry();
    matrix_view_->setCurrentIndex(model_->index(0, std::min(1, model_->columnCount() - 1)));
    show_most_disputed();
}

QString AgreementDialog::words() const {
    return words_->text();
}

void AgreementDialog::show_most_disputed() {
    const auto& view = model_->view();
    if (!view)
        return;
    matrix_view_->clearSelection();  // no cell has this list
    const auto found = view->table.most_disputed(kMaxListed);
    list(found, view->table.pictures(), tr("Most disputed first"), std::nullopt);
}

void AgreementDialog::show_cell(const QModelIndex& cell) {
    const auto& view = model_->view();
    if (!view || !cell.isValid() || cell.row() == cell.column())
        return;
    auto found = view->table.pictures_on_different_sides(static_cast<std::size_t>(cell.row()),
                                                         static_cast<std::size_t>(cell.column()));
    std::vector<qint64> ids;
    for (const std::size_t picture : found)
        ids.push_back(view->ids[picture]);
    const std::size_t question = view->question_of[static_cast<std::size_t>(cell.row())];
    std::ranges::stable_sort(found, [&](std::size_t a, std::size_t b) {
        return view->answers[a][question].dispute > view->answers[b][question].dispute;
    });
    const auto count = found.size();
    found.resize(std::min(found.size(), kMaxListed));
    list(found, count,
         tr("Experts %1 and %2 disagree: %3").arg(cell.row() + 1).arg(cell.column() + 1).arg(count),
         question);
    Q_EMIT cell_chosen(ids);
}

void AgreementDialog::list(const std::vector<std::size_t>& pictures, std::size_t of,
                           const QString& title, std::optional<std::size_t> question) {
    const auto& view = model_->view();
    pictures_->setColumnHidden(3, view->questions.empty());
    title_->setText(pictures.size() < of ? tr("%1, the first %2").arg(title).arg(pictures.size())
                                         : title);
    const QSignalBlocker quiet(pictures_);  // filling the list is not a user's choice
    pictures_->clear();
    QList<QTreeWidgetItem*> items;
    for (const std::size_t picture : pictures) {
        const std::size_t asked = question.value_or(view->disputed[picture]);
        const AgreementView::Answer& answer = view->answers[picture][asked];
        auto* const item = new QTreeWidgetItem(
            {path_text(view->names[picture]), score_text(answer.score),
             QString::number(answer.dispute, 'f', 2),
             view->questions.empty() ? QString()
                                     : QString::fromStdString(say(view->questions[asked]))});
        item->setData(0, kIdRole, view->ids[picture]);
        for (const int column : {1, 2})
            item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        items.append(item);
    }
    pictures_->addTopLevelItems(items);
}

}  // namespace dfd::ui
