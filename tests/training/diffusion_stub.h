// Stub of a diffusion server with AUTOMATIC1111's interface, on a local port.
#pragma once

#include <httplib.h>
#include <openssl/evp.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dfd::testing {

inline std::string to_base64(const std::vector<unsigned char>& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    text.resize(
        static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                 bytes.data(), static_cast<int>(bytes.size()))));
    return text;
}

/// Decodes a picture field of a request. A PNG decoder ignores the padding at the end.
inline cv::Mat from_base64(const std::string& text, int flags = cv::IMREAD_COLOR) {
    std::vector<unsigned char> bytes(text.size() / 4 * 3 + 3);
    const int length =
        EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size()));
    if (length <= 0)
        return {};
    bytes.resize(static_cast<std::size_t>(length));
    return cv::imdecode(bytes, flags);
}

inline std::string encoded(const cv::Mat& picture, const char* extension = ".png") {
    std::vector<unsigned char> bytes;
    cv::imencode(extension, picture, bytes);
    return to_base64(bytes);
}

/// The stub's "model": a blurred input with smooth noise that depends on seed and strength. It
/// ignores the mask, as servers that redraw everything do.
inline cv::Mat draw(const nlohmann::json& question) {
    auto picture = from_base64(question["init_images"][0].get<std::string>());
    cv::GaussianBlur(picture, picture, {}, 1.5);
    cv::RNG random(question["seed"].get<std::uint64_t>() + 1);
    cv::Mat noise(picture.rows / 8, picture.cols / 8, CV_32FC3);
    random.fill(noise, cv::RNG::NORMAL, 0, 60 * question["denoising_strength"].get<double>());
    cv::resize(noise, noise, picture.size(), 0, 0, cv::INTER_CUBIC);
    cv::add(picture, noise, picture, cv::noArray(), CV_8U);
    return picture;
}

/// {"images": […], "parameters": {…}, "info": "{…}"}
inline std::string answer_with(const std::string& image, const nlohmann::json& question,
                               const std::string& model = "painter") {
    const nlohmann::json info{
        {"sd_model_name", model}, {"sampler_name", "Euler a"}, {"seed", question["seed"]}};
    return nlohmann::json{
        {"images", nlohmann::json::array({image})}, {"parameters", question}, {"info", info.dump()}}
        .dump();
}

class DiffusionStub {
  public:
    /// Answers the request with this number, from 1. Called on the server's threads.
    using Answer = std::function<void(const nlohmann::json&, int, httplib::Response&)>;

    explicit DiffusionStub(Answer answer = {}) : answer_(std::move(answer)) {
        server_.Get("/sdapi/v1/sd-models", [this](const auto&, httplib::Response& response) {
            ++lists_;
            response.status = models_status;
            response.set_content(models, "application/json");
        });
        server_.Post("/sdapi/v1/img2img",
                     [this](const httplib::Request& request, httplib::Response& response) {
                         const auto question = nlohmann::json::parse(request.body);
                         int number = 0;
                         {
                             const std::lock_guard lock(mutex_);
                             questions_.push_back(question);
                             number = static_cast<int>(questions_.size());
                         }
                         if (answer_)
                             answer_(question, number, response);
                         else
                             good(question, response);
                     });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running())
            std::this_thread::yield();
    }
    ~DiffusionStub() { stop(); }
    DiffusionStub(const DiffusionStub&) = delete;
    DiffusionStub& operator=(const DiffusionStub&) = delete;

    static void good(const nlohmann::json& question, httplib::Response& response) {
        response.set_content(answer_with(encoded(draw(question)), question), "application/json");
    }

    void stop() {
        release();
        server_.stop();
        if (thread_.joinable())
            thread_.join();
    }
    /// Call in an answer: blocks until release().
    void hold() {
        std::unique_lock lock(mutex_);
        released_.wait(lock, [this] { return is_released_; });
    }
    void release() {
        const std::lock_guard lock(mutex_);
        is_released_ = true;
        released_.notify_all();
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<nlohmann::json> questions() const {
        const std::lock_guard lock(mutex_);
        return questions_;
    }
    [[nodiscard]] int asked() const { return static_cast<int>(questions().size()); }
    [[nodiscard]] int lists() const { return lists_; }

    std::string models =
        R"([{"title":"painter.safetensors [0123456789]","model_name":"painter","hash":"0123456789",
             "filename":"/models/painter.safetensors","sha256":null,"config":null},
            {"title":"folder/other.ckpt","model_name":"folder_other"}])";
    int models_status = 200;

  private:
    Answer answer_;
    httplib::Server server_;
    std::thread thread_;
    int port_ = 0;
    std::atomic<int> lists_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable released_;
    bool is_released_ = false;
    std::vector<nlohmann::json> questions_;
};

}  // namespace dfd::testing
