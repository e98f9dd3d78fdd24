#include "core/training/fakes/http_exchange.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <new>
#include <string_view>

#include "core/base/cancelled.h"
#include "core/base/text.h"
#include "core/base/wording.h"

namespace dfd {
namespace {

constexpr std::uint64_t kLargestHead = 1'000'000;
constexpr int kTurnMilliseconds = 1000;  // a stop request ends a turn early

template <auto kRelease>
struct Release {
    void operator()(auto* resource) const { kRelease(resource); }
};

// What arrives: the body is kept, headers are only counted. No exception may cross libcurl.
struct Received {
    std::uint64_t limit = 0;
    std::uint64_t bytes = 0;
    std::string* body = nullptr;
    bool too_large = false;
    bool out_of_memory = false;
};

std::size_t receive(const char* data, std::size_t, std::size_t count, Received* to) noexcept {
    to->bytes += count;
    to->too_large = to->bytes > to->limit;
    try {
        if (to->body != nullptr && !to->too_large)
            to->body->append(data, count);
    } catch (const std::bad_alloc&) {
        to->out_of_memory = true;
    }
    return to->too_large || to->out_of_memory ? 0 : count;
}

HttpTrouble trouble_of(CURLcode code) {
    switch (code) {
        case CURLE_OK:
            return HttpTrouble::None;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
            return HttpTrouble::Unreachable;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return HttpTrouble::Untrusted;
        case CURLE_FILESIZE_EXCEEDED:
            return HttpTrouble::TooLarge;
        default:
            return HttpTrouble::BrokenOff;
    }
}

long milliseconds(double seconds) {
    return std::max(1L, std::lround(seconds * 1000));
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
    address.host = lower_case(address.host);
    address.port = address.tls ? 443 : 80;
    if (!port.empty()) {
        const auto* end = port.data() + port.size();
        const auto parsed = std::from_chars(port.data() + 1, end, address.port);
        if (port.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end ||
            address.port < 1 || address.port > 65'535)
            refuse("has no port from 1 to 65535 after its host");
    }
    return address;
}

HttpReply http_exchange(const HttpAddress& address, const HttpLimits& limits,
                        const std::string& path, const std::string& body,
                        const std::stop_token& stop) {
    check_stop(stop);
    const std::unique_ptr<CURL, Release<curl_easy_cleanup>> easy(curl_easy_init());
    const std::unique_ptr<CURLM, Release<curl_multi_cleanup>> multi(curl_multi_init());
    if (!easy || !multi)
        throw std::bad_alloc();
    const auto set = [&](CURLoption option, auto value) {
        if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK)
            throw std::bad_alloc();
    };
    HttpReply reply;
    Received head{kLargestHead};
    Received content{limits.answer_bytes, 0, &reply.body};
    std::unique_ptr<curl_slist, Release<curl_slist_free_all>> headers;
    const auto add_header = [&](const char* header) {
        auto* longer = curl_slist_append(headers.get(), header);
        if (longer == nullptr)
            throw std::bad_alloc();
        static_cast<void>(headers.release());
        headers.reset(longer);
    };
    add_header("Accept: application/json");
    add_header("Accept-Encoding:");  // not asked for, but decoded
    if (!body.empty()) {
        add_header("Content-Type: application/json");
        add_header("Expect:");
    }
    const bool bracketed = address.host.find(':') != std::string::npos;  // IPv6
    const auto url = (address.tls ? "https://" : "http://") +
                     (bracketed ? "[" + address.host + "]" : address.host) + ":" +
                     std::to_string(address.port) + address.path + path;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connect_seconds));
    set(CURLOPT_TIMEOUT_MS, milliseconds(limits.answer_seconds));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.answer_bytes));
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_HEADERFUNCTION, receive);
    set(CURLOPT_HEADERDATA, &head);
    set(CURLOPT_WRITEFUNCTION, receive);
    set(CURLOPT_WRITEDATA, &content);
    if (!body.empty()) {
        set(CURLOPT_POSTFIELDS, body.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    }

    curl_multi_add_handle(multi.get(), easy.get());
    const std::stop_callback wake(stop, [&] { curl_multi_wakeup(multi.get()); });
    for (int running = 1;;) {
        curl_multi_perform(multi.get(), &running);
        if (running == 0 || stop.stop_requested())
            break;
        curl_multi_poll(multi.get(), nullptr, 0, kTurnMilliseconds, nullptr);
    }
    int left = 0;
    const auto* done = curl_multi_info_read(multi.get(), &left);
    const auto code = done != nullptr ? done->data.result : CURLE_ABORTED_BY_CALLBACK;
    curl_multi_remove_handle(multi.get(), easy.get());
    check_stop(stop);
    if (head.out_of_memory || content.out_of_memory)
        throw std::bad_alloc();

    reply.trouble = trouble_of(code);
    if (head.too_large || content.too_large)
        reply.trouble = HttpTrouble::TooLarge;
    if (code == CURLE_OPERATION_TIMEDOUT) {
        double took = 0, connected = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_TOTAL_TIME, &took);
        curl_easy_getinfo(easy.get(), CURLINFO_CONNECT_TIME, &connected);
        if (took + 0.001 >= limits.answer_seconds)
            reply.trouble = HttpTrouble::Late;
        else  // the time-out of the connection, which includes its encryption
            reply.trouble = connected > 0 ? HttpTrouble::Untrusted : HttpTrouble::Unreachable;
    }
    if (reply.trouble != HttpTrouble::None)
        return reply;
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    curl_header* location = nullptr;
    if (curl_easy_header(easy.get(), "Location", 0, CURLH_HEADER, -1, &location) == CURLHE_OK)
        reply.location = location->value;
    return reply;
}

}  // namespace dfd
