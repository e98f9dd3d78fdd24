// The language of the window: which one a start uses, and where Qt finds its sentences.
#pragma once

#include <QString>
#include <QStringList>
#include <string>

namespace dfd::ui {

/// The setting that holds the code of a chosen language; absent: as the system.
inline constexpr char kLanguageSetting[] = "language";

/// The code of the language to use: the setting, else the environment variable DFD_LANGUAGE, else
/// the first of the system's languages (QLocale::uiLanguages()) that the program has. A code that
/// the program does not have is passed over. "en" if none is left.
[[nodiscard]] std::string language_at_start(const QString& setting, const QStringList& system);

/// Uses a language for all that is said from now on: core's sentences, tr(), Qt's own words and the
/// form of dates. Call it once, with a QCoreApplication and before anything is said.
void speak(const std::string& code);

/// "Deutsch": the name of a language in that language.
[[nodiscard]] QString own_name_of(const std::string& code);

}  // namespace dfd::ui
