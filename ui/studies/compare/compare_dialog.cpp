#include "ui/studies/compare/compare_dialog.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <optional>

#include "ui/look/appearance.h"
#include "ui/look/two_sides.h"
#include "ui/look/wording.h"
#include "ui/picture/zoom_bar.h"

namespace dfd::ui {
namespace {

QString heading(ComparedKind kind) {
    switch (kind) {
        case ComparedKind::Answer:
            return CompareDialog::tr("The panel");
        case ComparedKind::Expert:
            return CompareDialog::tr("Its experts");
        case ComparedKind::Fact:
            return CompareDialog::tr("The files");
        case ComparedKind::Origin:
            return CompareDialog::tr("What the files say about their origin");
        case ComparedKind::Metadata:
            return CompareDialog::tr("Metadata");
    }
    return {};
}

QString value_text(const std::string& value) {
    return value.empty() ? QStringLiteral("–") : QString::fromStdString(value);
}

}  // namespace

CompareDialog::CompareDialog(QWidget* parent)
    : QDialog(parent),
      title_(make_label(this, TextSize::Body, true)),
      sentence_(make_label(this, TextSize::Body)),
      busy_(new QProgressBar(this)),
      forms_(new QButtonGroup(this)),
      view_(new CompareView(this)),
      only_differing_(new QCheckBox(tr("&Only what differs"), this)),
      lines_(new QTreeWidget(this)),
      save_(new QPushButton(tr("Save as a &picture…"), this)) {
    setWindowTitle(tr("Compare"));
    make_readable({title_, sentence_});
    busy_->setRange(0, 0);
    busy_->setTextVisible(false);
    busy_->setAccessibleName(tr("Comparing"));
    save_->setAutoDefault(false);
    only_differing_->setChecked(true);

    auto* const controls = new QHBoxLayout;
    controls->setSpacing(kGrid / 2);
    for (const auto& [form, label, tip] :
         {std::tuple{CompareForm::SideBySide, tr("&Side by side"), tr("Both, moved together")},
          std::tuple{CompareForm::Blink, tr("&Blink"), tr("One after the other in one place")},
          std::tuple{CompareForm::Slider, tr("S&lider"),
                     tr("One left and one right of a line that can be moved")},
          std::tuple{CompareForm::Difference, tr("&Difference"),
                     tr("Bright where they differ, blue where the second does not reach")}}) {
        auto* const button = new QToolButton(this);
        button->setText(label);
        button->setToolTip(tip);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        forms_->addButton(button, static_cast<int>(form));
        controls->addWidget(button);
    }
    forms_->button(0)->setChecked(true);
    controls->addStretch(1);
    controls->addWidget(new ZoomBar(view_, this));

    lines_->setColumnCount(3);
    lines_->setRootIsDecorated(false);
    lines_->setAlternatingRowColors(false);
    lines_->setWordWrap(true);
    lines_->setTextElideMode(Qt::ElideMiddle);
    lines_->setAccessibleName(tr("What differs"));
    lines_->header()->setStretchLastSection(true);
    const TwoSides sides = lay_out_two_sides(this, 92, 54, {150, 86});
    sides.head->addWidget(title_);
    sides.head->addWidget(sentence_);
    sides.head->addWidget(busy_);
    sides.left->addLayout(controls);
    sides.left->addWidget(view_, 1);
    sides.right->addWidget(only_differing_);
    sides.right->addWidget(lines_, 1);
    sides.buttons->addButton(save_, QDialogButtonBox::ActionRole);

    connect(save_, &QPushButton::clicked, this, &CompareDialog::save_requested);
    connect(forms_, &QButtonGroup::idClicked, view_,
            [this](int form) { view_->set_form(static_cast<CompareForm>(form)); });
    connect(only_differing_, &QCheckBox::toggled, this, &CompareDialog::fill_lines);
    show_busy({}, {});
}

void CompareDialog::set_form(CompareForm form) {
    forms_->button(static_cast<int>(form))->setChecked(true);
    view_->set_form(form);
}

QString CompareDialog::sentence() const {
    return sentence_->text();
}

void CompareDialog::show_busy(const QString& first, const QString& second) {
    shown_.reset();
    title_->setText(tr("%1 and %2").arg(first, second));
    sentence_->setText(tr("Opening both pictures and laying one over the other…"));
    busy_->show();
    view_->show_nothing();
    lines_->clear();
    save_->setEnabled(false);
}

void CompareDialog::show_problem(const QString& sentence) {
    sentence_->setText(sentence);
    busy_->hide();
}

void CompareDialog::show_comparison(const ComparisonPtr& comparison) {
    shown_ = comparison;
    busy_->hide();
    sentence_->setText(comparison->sentence);
    lines_->setHeaderLabels({QString(), comparison->first_name, comparison->second_name});
    // Long names are shortened in the head.
    lines_->headerItem()->setToolTip(1, comparison->first_name);
    lines_->headerItem()->setToolTip(2, comparison->second_name);
    view_->show_pair(comparison->first, comparison->second, comparison->difference,
                     comparison->first_name, comparison->second_name);
    save_->setEnabled(true);
    fill_lines();
}

void CompareDialog::fill_lines() {
    lines_->clear();
    if (shown_ == nullptr)
        return;
    std::optional<ComparedKind> kind;
    QTreeWidgetItem* group = nullptr;
    for (const ComparedLine& line : shown_->lines) {
        if (only_differing_->isChecked() && !line.differs())
            continue;
        if (kind != line.kind) {
            kind = line.kind;
            group = new QTreeWidgetItem(lines_, {heading(line.kind)});
            group->setFirstColumnSpanned(true);
            group->setFlags(Qt::ItemIsEnabled);
            group->setFont(0, text_font(TextSize::Body, true));
        }
        auto* const item = new QTreeWidgetItem(
            group,
            {QString::fromStdString(line.name), value_text(line.first), value_text(line.second)});
        for (int column = 0; column < 3; ++column)
            item->setToolTip(column, tool_tip_text(item->text(column)));
        if (line.differs() && !only_differing_->isChecked())
            for (const int column : {1, 2})
                item->setFont(column, text_font(TextSize::Body, true));
    }
    if (lines_->topLevelItemCount() == 0)
        new QTreeWidgetItem(lines_, {tr("Nothing differs.")});
    lines_->expandAll();
    for (const int column : {0, 1})
        lines_->resizeColumnToContents(column);
    for (const int column : {0, 1})
        lines_->setColumnWidth(column, std::min(lines_->columnWidth(column), 18 * kGrid));
}

}  // namespace dfd::ui
