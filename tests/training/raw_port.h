// A port of this computer that does not speak HTTP as it should.
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
    /// Hands every connection to `talk`, one after the other, and closes it then. Without it nobody
    /// listens at the port.
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
                // Nor does it wait for a reader that has gone away.
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
