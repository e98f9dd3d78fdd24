#include "ui/look/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>
#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>

#include "core/base/language.h"

namespace dfd::ui {
namespace {

/// Answers tr() from the catalogue that core uses. The class that says a sentence is no part of its
/// key: the same words have the same translation everywhere, unless a disambiguation tells them
/// apart.
class CatalogueTranslator : public QTranslator {
  public:
    using QTranslator::QTranslator;

    [[nodiscard]] bool isEmpty() const override { return false; }

    [[nodiscard]] QString translate(const char*, const char* english, const char* disambiguation,
                                    int n) const override {
        if (english == nullptr || *english == '\0')
            return {};
        const auto count = static_cast<std::size_t>(n < 0 ? 1 : n);
        std::optional<std::string> found;
        if (disambiguation != nullptr && *disambiguation != '\0')
            found = translation(english, disambiguation, count);
        if (!found)
            found = translation(english, {}, count);
        return found ? QString::fromStdString(*found) : QString();
    }
};

/// Words of Qt's own that the window shows, for machines without Qt's translations.
[[maybe_unused]] constexpr const char* kWordsOfQt[] = {to_say("Close"), to_say("Cancel")};

}  // namespace

std::string language_at_start(const QString& setting, const QStringList& system) {
    const auto here = languages();
    const auto has = [&](const std::string& code) {
        return std::ranges::find(here, code) != here.end();
    };
    for (const QString& wish : {setting, qEnvironmentVariable("DFD_LANGUAGE")})
        if (has(wish.toStdString()))
            return wish.toStdString();
    for (const QString& each : system) {
        const std::string code = each.section(QLatin1Char('-'), 0, 0).toStdString();
        if (has(code))
            return code;
    }
    return "en";
}

void speak(const std::string& code) {
    try {
        static_cast<void>(use_language(code));
    } catch (const std::exception& problem) {
        qWarning("%s", problem.what());  // and goes on in English
    }
    const std::string used = language();
    const QLocale locale(QString::fromStdString(used));
    if (QLocale::system().language() != locale.language())
        QLocale::setDefault(locale);
    if (used == "en")
        return;
    QCoreApplication* const application = QCoreApplication::instance();
    QCoreApplication::installTranslator(new CatalogueTranslator(application));
    // Asked first, because installed last; knows Qt's own words only.
    auto* const of_qt = new QTranslator(application);
    if (of_qt->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                    QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(of_qt);
}

QString own_name_of(const std::string& code) {
    if (code == "en")
        return QStringLiteral("English");  // Qt names that of a country: "American English"
    if (code == "es")
        return QStringLiteral("español");  // likewise
    const QString name = QLocale(QString::fromStdString(code)).nativeLanguageName();
    return name.isEmpty() ? QString::fromStdString(code) : name;
}

}  // namespace dfd::ui
