#include "ui/window/file_row.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "ui/look/appearance.h"

namespace dfd::ui {
namespace {

struct Rows {
    Q_DECLARE_TR_FUNCTIONS(Rows)
};

}  // namespace

QLabel* add_form_row(QWidget* page, QGridLayout* grid, int row, const QString& label,
                     QWidget* field, int columns) {
    QLabel* const text = make_label(page, TextSize::Body);
    text->setText(label);
    text->setBuddy(field);
    field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    grid->addWidget(text, row, 0);
    grid->addWidget(field, row, 1, 1, columns);
    return text;
}

QLineEdit* add_file_row(QWidget* page, QGridLayout* grid, int row, const FileRow& words,
                        const std::function<void(const QString&)>& chosen) {
    auto* const edit = new QLineEdit(page);
    edit->setPlaceholderText(words.placeholder);
    edit->setAcceptDrops(false);  // the dialog takes drops, wherever they fall
    add_form_row(page, grid, row, words.label, edit, 1);
    auto* const button = new QPushButton(Rows::tr("Choose…"), page);
    button->setAutoDefault(false);
    button->setAccessibleName(Rows::tr("Choose the file: %1").arg(edit->accessibleName()));
    grid->addWidget(button, row, 2);
    QObject::connect(button, &QPushButton::clicked, edit, [page, edit, chosen, words] {
        auto* const dialog =
            new QFileDialog(page, Rows::tr("Choose: %1").arg(edit->accessibleName()),
                            QFileInfo(edit->text()).path(), words.filter);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        QObject::connect(dialog, &QFileDialog::fileSelected, edit,
                         [edit, chosen](const QString& file) {
                             edit->setText(file);
                             if (chosen)
                                 chosen(file);
                         });
        dialog->open();
    });
    return edit;
}

}  // namespace dfd::ui
