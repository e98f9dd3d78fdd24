#include "core/training/fakes/diffusion_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "core/engine/scoring/evaluator.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/training/diffusion_stub.h"
#include "tests/training/raw_port.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

using nlohmann::json;
using testing::DiffusionStub;
using testing::RawPort;

DiffusionServerOptions options_for(const std::string& url) {
    DiffusionServerOptions options;
    options.url = url;
    options.timeout_seconds = 20;
    options.attempts = 3;
    options.first_wait_seconds = 0.01;
    return options;
}

DiffusionRequest question(bool mask = false) {
    const auto picture = testing::make_picture(128, 192, 5);
    std::vector<unsigned char> png;
    cv::imencode(".png", picture, png);
    DiffusionRequest request;
    request.picture_png.assign(png.begin(), png.end());
    request.width = 128;
    request.height = 192;
    request.prompt = "a street \"at\" night";
    request.seed = 2'147'483'647;
    if (mask) {
        cv::imencode(".png", cv::Mat(192, 128, CV_8U, cv::Scalar(255)), png);
        request.mask_png.assign(png.begin(), png.end());
    }
    return request;
}

/// The error message.
std::string failure_of(const DiffusionServerOptions& options,
                       const DiffusionRequest& request = question()) {
    return test::sentence_of<TrainingError>(
        [&] { static_cast<void>(DiffusionServer(options).ask(request)); });
}

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(DiffusionAddress, OnlyThisComputerUnlessAllowed) {
    for (const auto* url : {"http://127.0.0.1:7860", "http://127.0.0.1:7860/", "http://LocalHost",
                            "http://127.200.3.4:80/sd/", "http://[::1]:7860"})
        EXPECT_NO_THROW(DiffusionServer(options_for(url))) << url;
    for (const auto* url : {"http://192.168.1.5:7860", "http://127.0.0.1.example.com",
                            "http://localhost.example.com:7860", "http://[fe80::1]:7860",
                            "http://0.0.0.0:7860", "http://2130706433", "http://10.0.0.127"}) {
        auto options = options_for(url);
        try {
            const DiffusionServer server(options);
            ADD_FAILURE() << url << " was taken for this computer";
        } catch (const TrainingError& error) {
            EXPECT_NE(std::string(error.what()).find("--allow-remote"), std::string::npos);
            EXPECT_NE(std::string(error.what()).find("would be sent"), std::string::npos);
        }
        options.allow_remote = true;
        EXPECT_NO_THROW(DiffusionServer{options}) << url;
    }
}

TEST(DiffusionAddress, IsChecked) {
    for (const auto* url :
         {"", "127.0.0.1:7860", "ftp://127.0.0.1", "http://", "http:///sdapi", "http://127.0.0.1:0",
          "http://127.0.0.1:65536", "http://127.0.0.1:", "http://127.0.0.1:78a",
          "http://user:word@127.0.0.1:7860", "http://127.0.0.1:7860/?a=b", "http://127.0.0.1 :80",
          "http://127.0.0.1:80/\r\nX-Header: 1", "http://[::1", "http://[::1]7860",
          "http://example.com@127.0.0.1"}) {
        auto options = options_for(url);
        options.allow_remote = true;
        EXPECT_THROW(DiffusionServer{options}, TrainingError) << url;
    }
}

TEST(DiffusionModels, AreListed) {
    DiffusionStub stub;
    const DiffusionServer server(options_for(stub.url()));
    const auto models = server.models();
    ASSERT_EQ(models.size(), 2u);
    EXPECT_EQ(models[0].title, "painter.safetensors [0123456789]");
    EXPECT_EQ(models[0].name, "painter");
    EXPECT_EQ(models[1].name, "folder_other");

    stub.models_status = 404;  // a server without this request
    EXPECT_TRUE(server.models().empty());
    stub.models_status = 200;
    for (const auto* garbage : {"<!DOCTYPE html><html></html>", "{\"detail\":\"no\"}", "", "[1,"}) {
        stub.models = garbage;
        try {
            static_cast<void>(server.models());
            ADD_FAILURE() << garbage;
        } catch (const TrainingError& error) {
            EXPECT_NE(std::string(error.what()).find("not a diffusion server"), std::string::npos);
        }
    }
    stub.models = R"([1, {"title":7}, {"title":"line\nbreak"}, {"model_name":"bare"}])";
    const auto odd = server.models();
    ASSERT_EQ(odd.size(), 2u);
    EXPECT_EQ(odd[0].title, "line break");
    EXPECT_EQ(odd[1].title, "bare");
}

TEST(DiffusionRequestBody, HasTheFieldsOfTheInterface) {
    DiffusionStub stub;
    auto request = question();
    request.negative_prompt = "blurry";
    request.strength = 0.625;
    request.steps = 12;
    request.cfg_scale = 6.5;
    const DiffusionServer server(options_for(stub.url()));
    const auto answer = server.ask(request);
    EXPECT_EQ(answer.picture.width, 128);
    EXPECT_EQ(answer.picture.height, 192);
    EXPECT_EQ(answer.model, "painter");
    EXPECT_EQ(answer.sampler, "Euler a");
    ASSERT_EQ(stub.asked(), 1);
    const auto asked = stub.questions().front();
    EXPECT_EQ(asked["prompt"], request.prompt);
    EXPECT_EQ(asked["negative_prompt"], "blurry");
    EXPECT_EQ(asked["denoising_strength"], 0.625);
    EXPECT_EQ(asked["steps"], 12);
    EXPECT_EQ(asked["cfg_scale"], 6.5);
    EXPECT_EQ(asked["seed"], 2'147'483'647);
    EXPECT_EQ(asked["width"], 128);
    EXPECT_EQ(asked["height"], 192);
    EXPECT_EQ(asked["batch_size"], 1);
    EXPECT_EQ(asked["n_iter"], 1);
    ASSERT_EQ(asked["init_images"].size(), 1u);
    const auto sent = testing::from_base64(asked["init_images"][0]);
    EXPECT_EQ(cv::norm(sent, testing::make_picture(128, 192, 5), cv::NORM_INF), 0);
    for (const auto* absent : {"mask", "sampler_name", "override_settings", "inpainting_fill"})
        EXPECT_FALSE(asked.contains(absent)) << absent;
    // The pixels equal the server's, in RGB order.
    const cv::Mat rgb(192, 128, CV_8UC3, const_cast<std::uint8_t*>(answer.picture.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    EXPECT_EQ(cv::norm(bgr, testing::draw(asked), cv::NORM_INF), 0);

    request = question(true);
    request.sampler = "DPM++ 2M";
    request.model = "painter";
    static_cast<void>(server.ask(request));
    const auto inpaint = stub.questions().back();
    ASSERT_TRUE(inpaint["mask"].is_string());
    EXPECT_EQ(testing::from_base64(inpaint["mask"], cv::IMREAD_UNCHANGED).size(),
              cv::Size(128, 192));
    EXPECT_EQ(inpaint["inpainting_fill"], 1);
    EXPECT_EQ(inpaint["inpaint_full_res"], false);
    EXPECT_EQ(inpaint["inpainting_mask_invert"], 0);
    EXPECT_EQ(inpaint["mask_blur"], 0);
    EXPECT_EQ(inpaint["sampler_name"], "DPM++ 2M");
    EXPECT_EQ(inpaint["override_settings"], (json{{"sd_model_checkpoint", "painter"}}));
    EXPECT_EQ(inpaint["override_settings_restore_afterwards"], false);
}

TEST(DiffusionRequestBody, GoesBelowThePathOfTheAddress) {
    httplib::Server server;
    server.Get("/behind/proxy/sdapi/v1/sd-models", [](const auto& request, auto& response) {
        response.set_content(json::array({{{"title", request.get_header_value("Host")}}}).dump(),
                             "application/json");
    });
    const int port = server.bind_to_any_port("127.0.0.1");
    std::thread thread([&] { server.listen_after_bind(); });
    while (!server.is_running())
        std::this_thread::yield();
    const auto authority = "127.0.0.1:" + std::to_string(port);
    const DiffusionServer client(options_for("http://" + authority + "/behind/proxy/"));
    const auto models = client.models();
    server.stop();
    thread.join();
    ASSERT_EQ(models.size(), 1u);
    EXPECT_EQ(models[0].title, authority);
}

struct BadAnswer {
    const char* name;
    DiffusionStub::Answer answer;
    const char* sentence;  ///< expected in the error message
    int asked = 1;
};
void PrintTo(const BadAnswer& bad, std::ostream* stream) {
    *stream << bad.name;
}

void plain(httplib::Response& response, int status, const std::string& text) {
    response.status = status;
    response.set_content(text, "application/json");
}

DiffusionStub::Answer status(int code, const std::string& text) {
    return [=](const json&, int, httplib::Response& response) { plain(response, code, text); };
}

DiffusionStub::Answer image(const std::function<std::string(const json&)>& make) {
    return [=](const json& asked, int, httplib::Response& response) {
        plain(response, 200, testing::answer_with(make(asked), asked));
    };
}

std::string picture_of(const json& asked, int wider, const char* extension = ".png") {
    cv::Mat picture;
    cv::resize(testing::draw(asked), picture,
               {asked["width"].get<int>() + wider, asked["height"].get<int>()});
    return testing::encoded(picture, extension);
}

const std::vector<BadAnswer>& bad_answers() {
    static const std::vector<BadAnswer> all{
        {"NotJson", status(200, "{\"images\": [\"iVBO"), "not JSON"},
        {"Html", status(200, "<html><body>Welcome</body></html>"), "not JSON"},
        {"Empty", status(200, ""), "not JSON"},
        {"AList", status(200, "[]"), "not JSON"},
        {"NoImages", status(200, "{\"info\":\"{}\"}"), "without a picture"},
        {"NoneInTheList", status(200, "{\"images\":[]}"), "without a picture"},
        {"NumberForImage", status(200, "{\"images\":[17]}"), "without a picture"},
        {"GarbageBase64", image([](const json&) { return "%%%not base64%%%"; }), "base64"},
        {"CutBase64", image([](const json& asked) { return picture_of(asked, 0).substr(0, 4001); }),
         "base64"},
        {"PaddedInside", image([](const json&) { return "AA==AAAA"; }), "base64"},
        {"NoPicture", image([](const json&) {
             return testing::to_base64({'h', 'e', 'l', 'l'});
         }),
         "cannot be read"},
        {"CutPng", image([](const json& asked) { return picture_of(asked, 0).substr(0, 8000); }),
         "cannot be read"},
        {"Wider", image([](const json& asked) { return picture_of(asked, 8); }),
         "136 x 192 pixels instead of 128 x 192"},
        {"Jpeg", image([](const json& asked) { return picture_of(asked, 0, ".jpg"); }),
         "JPEG instead of PNG"},
        {"Detail", status(422, R"({"detail":"Sampler\nnot found"})"), "422 (Sampler not found)"},
        {"DetailList", status(422, R"({"detail":[{"loc":["body"],"msg":"field required"}]})"),
         "422 (field required)"},
        {"Error", status(400, R"({"error":"prompt required"})"), "400 (prompt required)"},
        {"ErrorAndDetail", status(418, R"({"error":"HTTPException","detail":"Invalid image"})"),
         "418 (HTTPException: Invalid image)"},
        {"NoInterface", status(404, R"({"detail":"Not Found"})"), "--api"},
        {"Password", status(401, R"({"detail":"Incorrect username or password"})"), "password"},
        {"AlwaysAnError",
         status(500, R"({"error":"OutOfMemoryError","errors":"CUDA out of memory."})"),
         "500 (OutOfMemoryError: CUDA out of memory.)", 3},
        {"ErrorPage", status(502, "<html>Bad gateway</html>"), "502", 3},
        {"OtherModel",
         [](const json& asked, int, httplib::Response& response) {
             plain(response, 200,
                   testing::answer_with(picture_of(asked, 0), asked, "dauber.safetensors"));
         },
         "\"dauber.safetensors\" instead of"},
        {"Redirection",
         [](const json&, int, httplib::Response& response) {
             response.set_redirect("http://example.com/sdapi/v1/img2img");
         },
         "http://example.com/sdapi/v1/img2img"},
        {"TooLarge",
         [](const json&, int, httplib::Response& response) {
             plain(response, 200, std::string(3'000'000, ' '));
         },
         "more than 2.0 MB"},
        {"TooLargeWithoutLength",
         [](const json&, int, httplib::Response& response) {
             response.set_chunked_content_provider(
                 "application/json", [](std::size_t, httplib::DataSink& sink) {
                     const std::string spaces(65'536, ' ');
                     return sink.write(spaces.data(), spaces.size());  // endless
                 });
         },
         "more than 2.0 MB"},
        {"BrokenOff",
         [](const json&, int, httplib::Response& response) {
             response.set_content_provider(
                 1'000'000, "application/json",
                 [](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                     return offset == 0 && sink.write("{\"images\":[\"", 12);
                 });
         },
         "closed the connection", 3},
    };
    return all;
}

class BadAnswers : public ::testing::TestWithParam<BadAnswer> {};

TEST_P(BadAnswers, FailWithASentence) {
    DiffusionStub stub(GetParam().answer);
    auto options = options_for(stub.url());
    options.answer_bytes = 2'000'000;
    auto request = question();
    if (std::string(GetParam().name) == "OtherModel")
        request.model = "Painter.safetensors [0123456789]";
    const auto sentence = failure_of(options, request);
    EXPECT_NE(sentence.find(GetParam().sentence), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
    EXPECT_TRUE(sentence.ends_with('.')) << sentence;
    EXPECT_EQ(stub.asked(), GetParam().asked);
}

INSTANTIATE_TEST_SUITE_P(Diffusion, BadAnswers, ::testing::ValuesIn(bad_answers()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(DiffusionAnswer, NamesItsModelLoosely) {
    DiffusionStub stub;
    auto request = question();
    const DiffusionServer server(options_for(stub.url()));
    for (const auto* model : {"Painter.safetensors [0123456789]", "sub/painter.ckpt", "painter"}) {
        request.model = model;
        EXPECT_EQ(server.ask(request).model, "painter") << model;
    }
    DiffusionStub silent([](const json& asked, int, httplib::Response& response) {
        // A data: URL, and no model name.
        plain(response, 200,
              json{{"images", json::array({"data:image/png;base64," + picture_of(asked, 0)})}}
                  .dump());
    });
    request.sampler = "Heun";
    const auto answer = DiffusionServer(options_for(silent.url())).ask(request);
    EXPECT_EQ(answer.model, "painter");
    EXPECT_EQ(answer.sampler, "Heun");
    EXPECT_EQ(answer.picture.width, 128);
}

TEST(DiffusionAnswer, ComesAfterTransientFailures) {
    DiffusionStub stub([](const json& asked, int number, httplib::Response& response) {
        if (number == 1)
            plain(response, 500, "{}");
        else if (number == 2)
            response.set_content_provider(
                100'000, "application/json",
                [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
        else
            DiffusionStub::good(asked, response);
    });
    auto options = options_for(stub.url());
    options.first_wait_seconds = 0.05;
    const double took = seconds_of(
        [&] { EXPECT_EQ(DiffusionServer(options).ask(question()).picture.height, 192); });
    EXPECT_EQ(stub.asked(), 3);
    EXPECT_GE(took, 0.05 + 0.2);  // the waits grow
}

TEST(DiffusionAnswer, IsNotRequestedAgainAfterATimeout) {
    DiffusionStub* self = nullptr;
    DiffusionStub stub([&](const json&, int, httplib::Response&) { self->hold(); });
    self = &stub;
    auto options = options_for(stub.url());
    options.timeout_seconds = 0.3;
    std::string sentence;
    const double took = seconds_of([&] { sentence = failure_of(options); });
    EXPECT_NE(sentence.find("within 0.3 s"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("--timeout"), std::string::npos) << sentence;
    EXPECT_LT(took, 2);
    EXPECT_EQ(stub.asked(), 1);
}

TEST(DiffusionAnswer, TimesOutWhenItTrickles) {
    DiffusionStub stub([](const json&, int, httplib::Response& response) {
        response.set_chunked_content_provider(
            "application/json", [](std::size_t, httplib::DataSink& sink) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                return sink.write(" ", 1);
            });
    });
    auto options = options_for(stub.url());
    options.timeout_seconds = 0.4;
    std::string sentence;
    const double took = seconds_of([&] { sentence = failure_of(options); });
    EXPECT_NE(sentence.find("within 0.4 s"), std::string::npos) << sentence;
    EXPECT_LT(took, 2);
}

TEST(DiffusionAnswer, StopsWithoutWaitingForIt) {
    std::atomic<bool> arrived = false;
    DiffusionStub* self = nullptr;
    DiffusionStub stub([&](const json&, int, httplib::Response&) {
        arrived = true;
        self->hold();
    });
    self = &stub;
    std::stop_source source;
    std::thread stopper([&] {
        while (!arrived)
            std::this_thread::yield();
        source.request_stop();
    });
    const DiffusionServer server(options_for(stub.url()));
    const double took = seconds_of([&] {
        EXPECT_THROW(static_cast<void>(server.ask(question(), source.get_token())), Cancelled);
    });
    stopper.join();
    EXPECT_LT(took, 1.5);
    EXPECT_THROW(static_cast<void>(server.ask(question(), source.get_token())), Cancelled);
    EXPECT_EQ(stub.asked(), 1);
}

TEST(DiffusionAnswer, StopsWhileWaitingForARetry) {
    DiffusionStub stub(status(500, "{}"));
    auto options = options_for(stub.url());
    options.first_wait_seconds = 60;
    std::stop_source source;
    std::thread stopper([&] {
        while (stub.asked() == 0)
            std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        source.request_stop();
    });
    const double took = seconds_of([&] {
        EXPECT_THROW(
            static_cast<void>(DiffusionServer(options).ask(question(), source.get_token())),
            Cancelled);
    });
    stopper.join();
    EXPECT_LT(took, 2);
}

TEST(DiffusionAnswer, ReportsAnUnreachableServer) {
    const RawPort nobody;
    const auto sentence = failure_of(options_for(nobody.url()));
    EXPECT_NE(sentence.find("cannot be reached"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("--server"), std::string::npos) << sentence;
}

TEST(DiffusionAnswer, ReportsAConnectionClosedDuringTheRequest) {
    const RawPort closing([](int connection) {
        char begun[512];
        static_cast<void>(::recv(connection, begun, sizeof begun, MSG_WAITALL));
        const linger at_once{1, 0};
        ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    });
    auto request = question();
    request.picture_png.resize(8'000'000);  // more than fits into the socket buffers
    const auto sentence = failure_of(options_for(closing.url()), request);
    EXPECT_NE(sentence.find("closed the connection"), std::string::npos) << sentence;
    EXPECT_EQ(closing.accepted(), 3);
}

TEST(DiffusionAnswer, TimesOutWhenTheRequestIsNotRead) {
    std::atomic<bool> done = false;
    const RawPort deaf([&](int) {
        while (!done)
            std::this_thread::yield();
    });
    auto request = question();
    request.picture_png.resize(8'000'000);
    auto options = options_for(deaf.url());
    options.timeout_seconds = 0.3;
    std::string sentence;
    const double took = seconds_of([&] { sentence = failure_of(options, request); });
    done = true;
    EXPECT_NE(sentence.find("within 0.3 s"), std::string::npos) << sentence;
    EXPECT_LT(took, 2);
}

TEST(DiffusionAnswer, AbortsAnEndlessHead) {
    const RawPort flooding([](int connection) {
        std::string head = "HTTP/1.1 200 OK\r\nX-Long: ";
        while (::send(connection, head.data(), head.size(), MSG_NOSIGNAL) > 0)
            head.assign(65'536, 'a');
    });
    auto options = options_for(flooding.url());
    options.answer_bytes = 2'000'000;
    std::string sentence;
    const double took = seconds_of([&] { sentence = failure_of(options); });
    // Newer versions of the library refuse such a head by themselves, and that is tried again.
    const bool by_library =
        sentence.find("closed the connection before its answer") != std::string::npos;
    EXPECT_TRUE(by_library || sentence.find("more than 2.0 MB") != std::string::npos) << sentence;
    EXPECT_LT(took, 5);
    EXPECT_EQ(flooding.accepted(), by_library ? 3 : 1);
}

TEST(DiffusionAnswer, ReportsMissingEncryption) {
    DiffusionStub stub;
    auto options = options_for("https" + stub.url().substr(4));
    options.attempts = 1;
    options.timeout_seconds = 5;
    const auto sentence = failure_of(options);
    EXPECT_NE(sentence.find("no encrypted connection"), std::string::npos) << sentence;
}

}  // namespace
}  // namespace dfd
