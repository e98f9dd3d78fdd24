// A local TCP port whose replies are raw bytes, to simulate broken HTTP servers.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace dfd::testing {

class RawPort {
  public:
    /// Calls `talk` for each connection, one after the other, and closes it afterwards. Without
    /// `talk` nothing listens on the port.
    explicit RawPort(std::function<void(int)> talk = {})
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        if (!talk)
            return;
        ::listen(socket_, 8);
        thread_ = std::thread([this, talk = std::move(talk)] {
            for (;;) {
                const int connection = ::accept(socket_, nullptr, nullptr);
                if (connection < 0)
                    return;
                ++accepted_;
                // Do not block when the client is gone.
                const timeval patience{0, 500'000};
                ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
                talk(connection);
                ::close(connection);
            }
        });
    }
    ~RawPort() {
        ::shutdown(socket_, SHUT_RDWR);
        if (thread_.joinable())
            thread_.join();
        ::close(socket_);
    }
    RawPort(const RawPort&) = delete;
    RawPort& operator=(const RawPort&) = delete;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] int accepted() const { return accepted_; }

  private:
    int socket_;
    int port_ = 0;
    std::atomic<int> accepted_ = 0;
    std::thread thread_;
};

}  // namespace dfd::testing
