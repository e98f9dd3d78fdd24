// One window a user and display: a later start hands its files to the first and ends.
#pragma once

#include <QLocalServer>
#include <QObject>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

namespace dfd::ui {

/// What a start was asked to open.
struct OpenRequest {
    std::vector<std::filesystem::path> paths;  ///< absolute; none: the window is only raised
    bool as_case = false;                      ///< the one path is a case, whatever its name
    QByteArray activation;                     ///< the desktop's permission to raise a window
};

class SingleInstance : public QObject {
    Q_OBJECT

  public:
    enum class Role {
        First,      ///< takes what later starts ask for; show a window
        Delivered,  ///< the first one took the request; end
        Alone,      ///< the first one declined, or nobody can listen; show a window
    };

    /// `socket`: the file at which the first one listens. Empty: a window that stays alone.
    explicit SingleInstance(QString socket, QObject* parent = nullptr);

    /// In the user's own folder for such files, which no other user can enter; one for each
    /// display.
    [[nodiscard]] static QString default_socket();

    /// Hands the request to the one that listens, else becomes it. A socket that a crash left
    /// behind is replaced. Waits at most `patience` ms for an answer.
    [[nodiscard]] Role claim(const OpenRequest& request, int patience = 10000);

    /// Asked before a request is taken; without it all are.
    void set_accepts(std::function<bool(const OpenRequest&)> accepts) {
        accepts_ = std::move(accepts);
    }

  Q_SIGNALS:
    /// Comes after the answer was sent.
    void requested(const dfd::ui::OpenRequest& request);

  private:
    void take_connection();

    QString socket_;
    std::function<bool(const OpenRequest&)> accepts_;
    QLocalServer server_;
};

}  // namespace dfd::ui
