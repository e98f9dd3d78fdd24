#include "core/training/fakes/http_exchange.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "core/base/wording.h"
#include "core/engine/scoring/evaluator.h"
#include "core/training/fakes/socket_traffic.h"

namespace dfd {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kLargestHead = 1'000'000;  // limit for bytes before the body
constexpr auto kTurn = std::chrono::milliseconds(50);

Clock::duration seconds(double count) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
}

std::unique_ptr<httplib::ClientImpl> new_client(const HttpAddress& address) {
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
    if (address.tls)
        return std::make_unique<httplib::SSLClient>(address.host, address.port);
#endif
    return std::make_unique<httplib::ClientImpl>(address.host, address.port);
}

HttpTrouble trouble_of(httplib::Error error) {
    using enum httplib::Error;
    switch (error) {
        case Success:
            return HttpTrouble::None;
        case Connection:
        case ConnectionTimeout:
            return HttpTrouble::Unreachable;
        case SSLConnection:
        case SSLLoadingCerts:
        case SSLServerVerification:
            return HttpTrouble::Untrusted;
        default:
            return HttpTrouble::BrokenOff;
    }
}

// Blocks SIGPIPE for this thread, so that writing to a closed connection does not end the program.
void ignore_broken_pipes() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

bool HttpAddress::loopback() const {
    in_addr four{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1)
        return ntohl(four.s_addr) >> 24U == 127;
    in6_addr six{};
    if (inet_pton(AF_INET6, host.c_str(), &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six) != 0;
    return host == "localhost";
}

HttpAddress parse_http_address(const std::string& url) {
    const auto refuse = [&](const std::string& why) {
        throw TrainingError("The server's address " + quoted_name(url) + " " + why +
                            "; use an address such as http://127.0.0.1:7860.");
    };
    HttpAddress address;
    address.url = url;
    std::string_view rest = url;
    address.tls = rest.starts_with("https://");
    if (!address.tls && !rest.starts_with("http://"))
        refuse("does not start with http:// or https://");
    rest.remove_prefix(address.tls ? 8 : 7);
    if (rest.find_first_of("@?#\\") != std::string_view::npos)
        refuse("contains a user, a query or a fragment, which are not supported");
    if (std::any_of(rest.begin(), rest.end(), [](char c) { return c <= ' ' || c > '~'; }))
        refuse("contains invalid characters");
    const auto slash = std::min(rest.find('/'), rest.size());
    address.path = rest.substr(slash);
    address.path.erase(address.path.find_last_not_of('/') + 1);
    auto authority = rest.substr(0, slash);
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos)
            refuse("has no closing bracket");
        address.host = authority.substr(1, close - 1);
        port = authority.substr(close + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        address.host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    if (address.host.empty())
        refuse("has no host");
    std::transform(address.host.begin(), address.host.end(), address.host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    address.port = address.tls ? 443 : 80;
    if (!port.empty()) {
        const auto* end = port.data() + port.size();
        const auto parsed = std::from_chars(port.data() + 1, end, address.port);
        if (port.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end ||
            address.port < 1 || address.port > 65'535)
            refuse("has no port from 1 to 65535 after its host");
    }
#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
    if (address.tls)
        refuse("needs an encrypted connection, which this build does not support");
#endif
    return address;
}

// The request runs on its own thread, so that this one can abort it: on a stop request, and when
// the complete answer takes too long (the library's own time-out is per read).
HttpReply http_exchange(const HttpAddress& address, const HttpLimits& limits,
                        const std::string& path, const std::string& body,
                        const std::stop_token& stop) {
    if (stop.stop_requested())
        throw Cancelled();
    const auto client = new_client(address);
    client->set_connection_timeout(seconds(limits.connect_seconds));
    client->set_read_timeout(seconds(limits.answer_seconds + 5));
    client->set_write_timeout(seconds(limits.answer_seconds + 5));
    client->set_follow_location(false);
    client->set_tcp_nodelay(true);
    std::atomic<int> socket = -1;
    client->set_socket_options([&](socket_t made) { socket = made; });

    HttpReply reply;
    bool too_large = false;
    httplib::Request request;
    request.method = body.empty() ? "GET" : "POST";
    request.path = address.path + path;
    const bool bracketed = address.host.find(':') != std::string::npos;  // IPv6
    request.set_header("Host", (bracketed ? "[" + address.host + "]" : address.host) + ":" +
                                   std::to_string(address.port));
    request.set_header("Accept", "application/json");
    if (!body.empty())
        request.set_header("Content-Type", "application/json");
    request.body = body;
    request.content_receiver = [&](const char* data, std::size_t length, std::uint64_t,
                                   std::uint64_t) {
        too_large = reply.body.size() + length > limits.answer_bytes;
        if (!too_large)
            reply.body.append(data, length);
        return !too_large;
    };

    std::mutex mutex;
    std::condition_variable_any changed;
    bool finished = false;
    std::exception_ptr failure;
    std::thread worker([&] {
        ignore_broken_pipes();
        try {
            const auto result = client->send(request);
            reply.trouble = trouble_of(result.error());
            if (result) {
                reply.status = result->status;
                reply.location = result->get_header_value("Location");
            }
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        finished = true;
        changed.notify_all();
    });
    bool late = false;
    bool flooded = false;
    {
        std::unique_lock lock(mutex);
        const auto deadline = Clock::now() + seconds(limits.answer_seconds);
        // Polls, because the library accepts headers of any length.
        while (!finished && !late && !flooded && !stop.stop_requested()) {
            changed.wait_until(lock, stop, std::min(deadline, Clock::now() + kTurn),
                               [&] { return finished; });
            flooded = !finished && bytes_received(socket) > limits.answer_bytes + kLargestHead;
            late = !finished && Clock::now() >= deadline;
        }
        while (!finished) {
            // stop() has no effect before the connection exists, so it is repeated.
            lock.unlock();
            client->stop();
            lock.lock();
            changed.wait_for(lock, kTurn, [&] { return finished; });
        }
    }
    worker.join();
    if (stop.stop_requested())
        throw Cancelled();
    if (failure)
        std::rethrow_exception(failure);
    if (too_large || flooded)
        reply.trouble = HttpTrouble::TooLarge;
    else if (late)
        reply.trouble = HttpTrouble::Late;
    if (reply.trouble != HttpTrouble::None)
        reply.status = 0;
    return reply;
}

}  // namespace dfd
