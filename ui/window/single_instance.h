// One window per user and display: later starts pass their files to the first instance and exit.
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
    std::vector<std::filesystem::path> paths;  ///< absolute; empty: only raise the window
    bool as_case = false;                      ///< the single path is a case, whatever its name
    QByteArray activation;                     ///< the desktop's activation token
};

class SingleInstance : public QObject {
    Q_OBJECT

  public:
    enum class Role {
        First,      ///< receives requests of later starts; show a window
        Delivered,  ///< the first instance took the request; exit
        Alone,      ///< the first instance declined, or listening failed; show a window
    };

    /// `socket`: path of the socket. Empty: the window neither sends nor receives requests.
    explicit SingleInstance(QString socket, QObject* parent = nullptr);

    /// In the user's runtime folder, which other users cannot access; one socket per display.
    [[nodiscard]] static QString default_socket();

    /// Sends the request to the listening instance, else becomes the first instance. Replaces a
    /// stale socket left by a crash. Waits at most `timeout_ms` for an answer.
    [[nodiscard]] Role claim(const OpenRequest& request, int timeout_ms = 10000);

    /// Decides whether a request is accepted; by default all are.
    void set_accepts(std::function<bool(const OpenRequest&)> accepts) {
        accepts_ = std::move(accepts);
    }

  Q_SIGNALS:
    /// Emitted after the answer was sent.
    void requested(const dfd::ui::OpenRequest& request);

  private:
    void take_connection();

    QString socket_;
    std::function<bool(const OpenRequest&)> accepts_;
    QLocalServer server_;
};

}  // namespace dfd::ui
