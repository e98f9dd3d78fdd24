#include "ui/case/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/look/appearance.h"
#include "ui/look/dialog_buttons.h"
#include "ui/look/wording.h"

namespace dfd::ui {

ExportDialog::ExportDialog(const Offer& offer, QWidget* parent)
    : QDialog(parent),
      format_(new QComboBox(this)),
      contents_(make_label(this, TextSize::Caption, false, true)),
      file_(new QLineEdit(this)),
      maps_(new QCheckBox(tr("With &heatmaps"), this)),
      sign_(new QCheckBox(tr("&Sign it with this key:"), this)),
      key_(new QLineEdit(this)),
      choose_key_(new QPushButton(tr("C&hoose…"), this)),
      note_(make_label(this, TextSize::Caption, false, true)) {
    setWindowTitle(tr("Export"));
    for (const auto& [format, words] :
         {std::pair{CaseExport::Html, tr("Report, one HTML file")},
          std::pair{CaseExport::Pdf, tr("Report, PDF pages")},
          std::pair{CaseExport::Csv, tr("Table, comma-separated values")},
          std::pair{CaseExport::JsonLines, tr("Data, JSON Lines")}})
        format_->addItem(words, QString::fromLatin1(export_name(format)));
    maps_->setChecked(true);
    key_->setText(offer.key);
    key_->setPlaceholderText(tr("A private Ed25519 key (PEM)"));
    key_->setAccessibleName(tr("Signing key"));
    key_->setMinimumWidth(36 * kGrid);
    sign_->setToolTip(
        tr("Writes the signature beside the file, with .sig at the end of its name. "
           "Anyone with the public key can check it with OpenSSL."));
    note_->setWordWrap(true);
    auto* const what = make_label(this, TextSize::Body);
    what->setText(offer.what);
    what->setWordWrap(true);
    auto* const by = make_label(this, TextSize::Body);
    by->setText(offer.reviewer);
    by->setToolTip(tr("Case → Reviewer changes the name."));
    auto* const browse = new QPushButton(tr("&Browse…"), this);
    browse->setAutoDefault(false);
    choose_key_->setAutoDefault(false);
    auto* const file_row = new QHBoxLayout;
    file_row->addWidget(file_, 1);
    file_row->addWidget(browse);
    auto* const key_row = new QHBoxLayout;
    key_row->addWidget(key_, 1);
    key_row->addWidget(choose_key_);
    auto* const form = new QFormLayout;
    form->setHorizontalSpacing(2 * kGrid);
    form->setVerticalSpacing(kGrid);
    form->addRow(tr("Exported:"), what);
    form->addRow(tr("Recorded in the log as by:"), by);
    form->addRow(tr("&Format:"), format_);
    contents_->setWordWrap(true);
    form->addRow(QString(), contents_);
    form->addRow(QString(), maps_);
    auto* const file_label = new QLabel(tr("F&ile:"), this);
    file_label->setBuddy(file_);
    form->addRow(file_label, file_row);
    form->addRow(sign_, key_row);
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    export_ = buttons->addButton(tr("&Export"), QDialogButtonBox::AcceptRole);
    export_->setProperty("primary", true);
    export_->setDefault(true);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addLayout(form);
    column->addWidget(note_);
    column->addWidget(buttons);
    order_buttons(*buttons);
    file_->setText(QDir(offer.folder).filePath(offer.stem + QLatin1Char('.') + suffix()));

    connect(format_, &QComboBox::currentIndexChanged, this, [this] {
        maps_->setChecked(suffix() != QLatin1String(export_name(CaseExport::JsonLines)));
        const QFileInfo now(file_->text());
        file_->setText(now.dir().filePath(now.completeBaseName() + QLatin1Char('.') + suffix()));
        refresh();
    });
    connect(browse, &QPushButton::clicked, this, [this] {
        auto* const dialog = new QFileDialog(this, tr("Export to"), QFileInfo(file()).path());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(suffix());
        dialog->selectFile(QFileInfo(file()).fileName());
        connect(dialog, &QFileDialog::fileSelected, file_, &QLineEdit::setText);
        dialog->open();
    });
    connect(choose_key_, &QPushButton::clicked, this, [this] {
        auto* const dialog =
            new QFileDialog(this, tr("Choose the signing key"), QFileInfo(key_->text()).path(),
                            tr("Keys (*.pem *.key);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
            key_->setText(file);
            sign_->setChecked(true);
        });
        dialog->open();
    });
    for (QLineEdit* const box : {file_, key_})
        connect(box, &QLineEdit::textChanged, this, &ExportDialog::refresh);
    connect(sign_, &QCheckBox::toggled, this, &ExportDialog::refresh);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        accept();
        Q_EMIT export_requested();
    });
    refresh();
}

QString ExportDialog::suffix() const {
    return format_->currentData().toString();
}

QString ExportDialog::file() const {
    return file_->text();
}

QString ExportDialog::contents() const {
    return contents_->text();
}

QString ExportDialog::note() const {
    return note_->text();
}

ExportChoices ExportDialog::choices() const {
    return {maps_->isEnabled() && maps_->isChecked(),
            sign_->isChecked() ? to_path(key_->text()) : std::filesystem::path()};
}

void ExportDialog::refresh() {
    const auto format = export_named(suffix().toStdString());
    contents_->setText(format == CaseExport::Csv
                           ? tr("One line for each exhibit: its file, result, mark and tags.")
                       : format == CaseExport::JsonLines
                           ? tr("One object for each exhibit: all that is recorded of it.")
                           : tr("Cover, counts, list, one section for each exhibit, limits."));
    // A table has no maps.
    maps_->setEnabled(suffix() != QLatin1String(export_name(CaseExport::Csv)));
    key_->setEnabled(sign_->isChecked());
    const QFileInfo target(file());
    const bool signable = !sign_->isChecked() || QFileInfo::exists(key_->text());
    const bool folder = !target.fileName().isEmpty() && target.dir().exists();
    export_->setEnabled(signable && folder);
    note_->setText(!folder           ? tr("The folder of this file does not exist.")
                   : !signable       ? tr("Choose the key to sign with.")
                   : target.exists() ? tr("%1 exists and will be replaced.").arg(target.fileName())
                   : sign_->isChecked() ? tr("The signature will be %1.sig.").arg(target.fileName())
                                        : tr("The file's SHA-256 is recorded in the log."));
}

}  // namespace dfd::ui
