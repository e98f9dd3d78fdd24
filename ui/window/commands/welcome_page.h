// The page that stands where the picture would be, with buttons for the next step.
#pragma once

#include <QObject>
#include <map>
#include <string>

#include "ui/studies/collection.h"

class QPushButton;

namespace dfd::ui {

class CaseCommands;
class FileCommands;
class MessagePage;
class Shell;

class WelcomePage : public QObject {
    Q_OBJECT

  public:
    /// Without samples (empty or missing), none are offered. The rest is not owned and must live
    /// longer.
    WelcomePage(MessagePage& page, Shell& shell, FileCommands& files, CaseCommands& cases,
                const std::filesystem::path& samples);
    void show(const Collection::Welcome& welcome);

  private:
    MessagePage& page_;
    FileCommands& files_;
    std::map<std::string, QPushButton*> buttons_;
};

}  // namespace dfd::ui
