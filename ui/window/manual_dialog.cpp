#include "ui/window/manual_dialog.h"

#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QEvent>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QShortcut>
#include <QSignalBlocker>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextTable>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr char kIndex[] = "README.md";

/// A heading's anchor as GitHub makes it: lower case, punctuation removed, spaces as hyphens.
QString anchor_of(const QString& heading) {
    QString anchor;
    for (const QChar letter : heading.toLower()) {
        if (letter.isLetterOrNumber() || letter == QLatin1Char('-') || letter == QLatin1Char('_'))
            anchor.append(letter);
        else if (letter.isSpace())
            anchor.append(QLatin1Char('-'));
    }
    return anchor;
}

}  // namespace

/// Pictures are at most as wide as the page, because Qt shows them at their own size.
class ManualPage : public QTextBrowser {
  public:
    using QTextBrowser::QTextBrowser;

    bool scroll_to(const QString& anchor) {
        for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
            if (block.blockFormat().headingLevel() == 0 || anchor_of(block.text()) != anchor)
                continue;
            // Placed at the end first, so that the heading comes to the top.
            moveCursor(QTextCursor::End);
            setTextCursor(QTextCursor(block));
            ensureCursorVisible();
            return true;
        }
        return false;
    }

    /// Qt's Markdown tables have no room around their text and a double frame.
    void style_tables() {
        for (QTextFrame* const frame : document()->rootFrame()->childFrames()) {
            auto* const table = qobject_cast<QTextTable*>(frame);
            if (table == nullptr)
                continue;
            QTextTableFormat format = table->format();
            format.setCellPadding(0.75 * kGrid);
            format.setCellSpacing(0);
            format.setBorderCollapse(true);
            format.setBorder(1);
            format.setBorderBrush(palette().mid());
            format.setTopMargin(kGrid);
            format.setBottomMargin(2 * kGrid);
            table->setFormat(format);
        }
    }

  protected:
    /// Links and lines keep the colours of the palette that they were read with.
    void changeEvent(QEvent* event) override {
        QTextBrowser::changeEvent(event);
        if (event->type() != QEvent::PaletteChange || source().isEmpty())
            return;
        const int at = verticalScrollBar()->value();
        reload();
        verticalScrollBar()->setValue(at);
    }

    QVariant loadResource(int type, const QUrl& name) override {
        if (type != QTextDocument::ImageResource)
            return QTextBrowser::loadResource(type, name);
        QImage picture(source().resolved(name).toLocalFile());
        const double ratio = devicePixelRatioF();
        const int widest = qRound(ratio * qMax(40 * kGrid, viewport()->width() - 6 * kGrid));
        if (picture.width() > widest)
            picture = picture.scaledToWidth(widest, Qt::SmoothTransformation);
        picture.setDevicePixelRatio(ratio);
        return picture;
    }
};

ManualDialog::ManualDialog(const std::filesystem::path& folder, QWidget* parent)
    : QDialog(parent),
      folder_(folder),
      topics_(new QListWidget(this)),
      text_(new ManualPage(this)),
      search_(new QLineEdit(this)),
      problem_(make_label(this, TextSize::Body)) {
    setWindowTitle(tr("Manual"));
    topics_->setAccessibleName(tr("Topics"));
    topics_->setFixedWidth(24 * kGrid);
    text_->setAccessibleName(tr("Page of the manual"));
    text_->setOpenLinks(false);
    text_->document()->setDocumentMargin(3 * kGrid);
    search_->setPlaceholderText(tr("Find on this page"));
    search_->setAccessibleName(tr("Find on this page"));
    search_->setClearButtonEnabled(true);
    problem_->setWordWrap(true);
    problem_->hide();

    auto* const back = new QPushButton(tr("&Back"), this);
    back->setShortcut(QKeySequence::Back);
    back->setEnabled(false);
    back->setAutoDefault(false);  // else Enter in the search field goes back
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    auto* const bar = new QHBoxLayout;
    bar->addWidget(back);
    bar->addWidget(search_, 1);
    auto* const right = new QVBoxLayout;
    right->setSpacing(kGrid);
    right->addLayout(bar);
    right->addWidget(problem_);
    right->addWidget(text_, 1);
    auto* const sides = new QHBoxLayout;
    sides->setSpacing(2 * kGrid);
    sides->addWidget(topics_);
    sides->addLayout(right, 1);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->addLayout(sides, 1);
    column->addWidget(buttons);
    resize(120 * kGrid, 84 * kGrid);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(back, &QPushButton::clicked, text_, &QTextBrowser::backward);
    connect(text_, &QTextBrowser::backwardAvailable, back, &QWidget::setEnabled);
    connect(text_, &QTextBrowser::anchorClicked, this, &ManualDialog::follow);
    connect(text_, &QTextBrowser::sourceChanged, this, [this](const QUrl& url) {
        show_problem({});
        text_->style_tables();
        const QSignalBlocker quiet(topics_);
        for (int row = 0; row < topics_->count(); ++row)
            if (topics_->item(row)->data(Qt::UserRole).toString() == url.fileName())
                topics_->setCurrentRow(row);
    });
    connect(topics_, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item != nullptr && item->data(Qt::UserRole).toString() != page())
            show_page(item->data(Qt::UserRole).toString());
    });
    connect(search_, &QLineEdit::returnPressed, this, [this] { find_text(search_->text()); });
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, search_, [this] {
        search_->setFocus(Qt::ShortcutFocusReason);
        search_->selectAll();
    });
    connect(new QShortcut(QKeySequence::FindNext, this), &QShortcut::activated, this,
            [this] { find_text(search_->text()); });
    connect(new QShortcut(QKeySequence::FindPrevious, this), &QShortcut::activated, this,
            [this] { find_text(search_->text(), true); });

    // The topics are the pages that the index links to.
    QFile index(path_text(folder_ / kIndex));
    if (folder_.empty() || !index.open(QIODevice::ReadOnly)) {
        show_problem(
            tr("The manual was not found next to the program. Install the program again, or read "
               "resources/manual in its source."));
        return;
    }
    const QString text = QString::fromUtf8(index.readAll());
    const auto add = [this](const QString& title, const QString& file) {
        auto* const item = new QListWidgetItem(title, topics_);
        item->setData(Qt::UserRole, file);
        item->setSizeHint({0, 4 * kGrid});
    };
    add(tr("Contents"), QLatin1String(kIndex));
    static const QRegularExpression link(QStringLiteral("^\\| \\[([^\\]]+)\\]\\(([^)/#]+\\.md)\\)"),
                                         QRegularExpression::MultilineOption);
    for (auto found = link.globalMatch(text); found.hasNext();) {
        const auto match = found.next();
        add(match.captured(1), match.captured(2));
    }
    show_page(QLatin1String(kIndex));
    text_->setFocus();
}

QString ManualDialog::page() const {
    return text_->source().fileName();
}

QString ManualDialog::problem() const {
    return problem_->isHidden() ? QString() : problem_->text();
}

void ManualDialog::show_page(const QString& file, const QString& anchor) {
    const QString path = path_text(folder_ / to_path(file));
    if (file.contains(QLatin1Char('/')) || !QFileInfo(path).isFile()) {
        show_problem(tr("The manual has no page \"%1\".").arg(file));
        return;
    }
    if (file != page())
        text_->setSource(QUrl::fromLocalFile(path), QTextDocument::MarkdownResource);
    show_problem({});
    if (!anchor.isEmpty() && !text_->scroll_to(anchor))
        show_problem(tr("This page has no section \"%1\".").arg(anchor));
}

void ManualDialog::follow(const QUrl& link) {
    if (!link.scheme().isEmpty() && !link.isLocalFile()) {
        QDesktopServices::openUrl(link);
        return;
    }
    const QUrl target = text_->source().resolved(link);
    const QFileInfo file(target.toLocalFile());
    if (file.absolutePath() == QFileInfo(path_text(folder_)).absoluteFilePath())
        show_page(file.fileName(), target.fragment());
    else if (file.isFile())
        QDesktopServices::openUrl(QUrl::fromLocalFile(file.absoluteFilePath()));
    else
        show_problem(tr("\"%1\" is part of the program's source and was not installed with it.")
                         .arg(link.path()));
}

bool ManualDialog::find_text(const QString& text, bool backward) {
    if (text.isEmpty())
        return false;
    const auto flags = backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    bool found = text_->find(text, flags);
    if (!found) {
        const QTextCursor before = text_->textCursor();
        text_->moveCursor(backward ? QTextCursor::End : QTextCursor::Start);
        found = text_->find(text, flags);
        if (!found)
            text_->setTextCursor(before);
    }
    show_problem(found ? QString() : tr("\"%1\" does not occur on this page.").arg(text));
    return found;
}

void ManualDialog::show_problem(const QString& sentence) {
    problem_->setText(sentence);
    problem_->setVisible(!sentence.isEmpty());
}

}  // namespace dfd::ui
