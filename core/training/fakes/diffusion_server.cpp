#include "core/training/fakes/diffusion_server.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/base64.h"
#include "core/base/cancelled.h"
#include "core/base/text.h"
#include "core/base/wording.h"

namespace dfd {
namespace {

using nlohmann::json;
constexpr const char* kImageToImage = "/sdapi/v1/img2img";
constexpr const char* kModels = "/sdapi/v1/sd-models";
constexpr std::size_t kLongestQuote = 240;  // longest quote of a server's message in an error

std::string plain_number(double value) {
    auto text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

// Safe to print on one line of a terminal.
std::string shown(const std::string& text) {
    return printable(text, kLongestQuote);
}

std::string text_of(const json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The server's error message: {"error":…, "detail":…, "message":…, "errors":…}, where FastAPI's
// "detail" may be a list of {"msg":…}. Empty when there is none.
std::string reason_in(const std::string& body) {
    const auto answer = json::parse(body, nullptr, false);
    if (!answer.is_object())
        return {};
    std::string reason = text_of(answer, "error");
    const auto add = [&](const std::string& more) {
        if (!more.empty() && reason.find(more) == std::string::npos)
            reason += (reason.empty() ? "" : ": ") + more;
    };
    add(text_of(answer, "detail"));
    if (const auto list = answer.find("detail"); list != answer.end() && list->is_array())
        for (const auto& item : *list)
            add(text_of(item, "msg"));
    add(text_of(answer, "message"));
    add(text_of(answer, "errors"));
    return shown(reason);
}

bool looks_like_html(const std::string& body) {
    const auto start = body.find_first_not_of(" \t\r\n");
    return start != std::string::npos && body[start] == '<';
}

// "folder/Name.safetensors [1a2b3c]" -> "name": the common part of a model's titles and names.
std::string model_key(std::string name) {
    name.erase(std::min(name.size(), name.find(" [")));
    name.erase(0, name.find_last_of("/\\") + 1);
    for (const std::string_view suffix : {".safetensors", ".ckpt", ".gguf"})
        if (name.ends_with(suffix))
            name.erase(name.size() - suffix.size());
    return lower_case(name);
}

std::string request_body(const DiffusionRequest& request) {
    json body{{"init_images", json::array({encode_base64(as_bytes(request.picture_png))})},
              {"prompt", request.prompt},
              {"negative_prompt", request.negative_prompt},
              {"denoising_strength", request.strength},
              {"steps", request.steps},
              {"cfg_scale", request.cfg_scale},
              {"seed", request.seed},
              {"width", request.width},
              {"height", request.height},
              {"resize_mode", 0},
              {"batch_size", 1},
              {"n_iter", 1},
              {"send_images", true},
              {"save_images", false}};
    if (!request.mask_png.empty()) {
        body["mask"] = encode_base64(as_bytes(request.mask_png));
        body["mask_blur"] = 0;             // the edge is blended on our side, once
        body["inpainting_fill"] = 1;       // start from the original
        body["inpaint_full_res"] = false;  // at the picture's own resolution
        body["inpainting_mask_invert"] = 0;
    }
    if (!request.sampler.empty())
        body["sampler_name"] = request.sampler;
    if (!request.model.empty()) {
        body["override_settings"] = {{"sd_model_checkpoint", request.model}};
        // Otherwise the server reloads its previous model after every picture.
        body["override_settings_restore_afterwards"] = false;
    }
    return body.dump();
}

// `info` is JSON in a string; some servers send the object itself.
json info_of(const json& answer) {
    const auto found = answer.find("info");
    if (found == answer.end())
        return {};
    return found->is_string() ? json::parse(found->get<std::string>(), nullptr, false) : *found;
}

// Whether the error is transient, so that the request is retryable.
bool is_retryable(const HttpReply& reply) {
    return reply.trouble == HttpTrouble::Unreachable || reply.trouble == HttpTrouble::BrokenOff ||
           reply.status >= 500;
}

void wait(double how_long, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::duration<double>(how_long), [] { return false; });
    check_stop(stop);
}

}  // namespace

DiffusionServer::DiffusionServer(DiffusionServerOptions options)
    : options_(std::move(options)), address_(parse_http_address(options_.url)) {
    if (!(options_.timeout_seconds > 0 && options_.timeout_seconds <= 86'400))
        throw TrainingError("The time-out must be more than 0 and at most 86400 seconds.");
    if (!options_.allow_remote && !address_.loopback())
        throw TrainingError("The server " + options_.url +
                            " is not on this computer, and the photographs would be sent to it. "
                            "Give --allow-remote to allow that.");
}

HttpReply DiffusionServer::exchange(const std::string& path, const std::string& body,
                                    const std::stop_token& stop) const {
    return http_exchange(
        address_, {options_.connect_seconds, options_.timeout_seconds, options_.answer_bytes}, path,
        body, stop);
}

void DiffusionServer::check(const HttpReply& reply, const std::string& path) const {
    const auto server = "The diffusion server " + options_.url;
    switch (reply.trouble) {
        case HttpTrouble::None:
            break;
        case HttpTrouble::Unreachable:
            throw TrainingError(server +
                                " cannot be reached; start it with its HTTP interface "
                                "(AUTOMATIC1111 and Forge: --api) or name it with --server.");
        case HttpTrouble::Untrusted:
            throw TrainingError(
                server +
                " has no encrypted connection that can be trusted; check its certificate.");
        case HttpTrouble::BrokenOff:
            throw TrainingError(
                server + " closed the connection before its answer was complete; see its log.");
        case HttpTrouble::Late:
            throw TrainingError(server + " did not answer within " +
                                plain_number(options_.timeout_seconds) +
                                " s; allow more with --timeout, or reduce --steps.");
        case HttpTrouble::TooLarge:
            throw TrainingError(
                server + " answered with more than " + size_text(options_.answer_bytes) +
                ", which is the limit; check that --server is a diffusion server's address.");
    }
    if (reply.status == 200)
        return;
    const auto status = "with status " + std::to_string(reply.status);
    if (reply.status >= 300 && reply.status < 400)
        throw TrainingError(server + " redirects to \"" + shown(reply.location) +
                            "\", and redirects are not followed; if that is the right address, "
                            "give it with --server.");
    auto why = reason_in(reply.body);
    why = why.empty() ? std::string() : " (" + why + ")";
    if (reply.status == 401 || reply.status == 403)
        throw TrainingError(server + " refused " + status + why +
                            "; it requires a password, which is not supported. Start it on this "
                            "computer without one (--api-auth).");
    if (reply.status == 404)
        throw TrainingError(server + " answered " + status + why + " to " + path +
                            "; start it with its HTTP interface (--api), and check --sampler and "
                            "--model.");
    if (reply.status >= 500)
        throw TrainingError(server + " failed " + status + why +
                            "; see its log. A smaller --side needs less memory.");
    throw TrainingError(server + " refused " + status + why + "; check the options.");
}

std::vector<DiffusionModel> DiffusionServer::models(std::stop_token stop) const {
    const auto reply = exchange(kModels, {}, stop);
    if (reply.status == 404)
        return {};
    check(reply, kModels);
    const auto answer = json::parse(reply.body, nullptr, false);
    if (!answer.is_array())
        throw TrainingError(
            "The server at " + options_.url + " is not a diffusion server: " +
            (looks_like_html(reply.body) ? "a web page" : "something other than a list of models") +
            " came from " + kModels + ". Give the right address with --server.");
    std::vector<DiffusionModel> models;
    for (const auto& item : answer) {
        DiffusionModel model{shown(text_of(item, "title")), shown(text_of(item, "model_name"))};
        if (model.title.empty())
            model.title = model.name;
        if (model.name.empty())
            model.name = model.title;
        if (!model.title.empty())
            models.push_back(std::move(model));
    }
    return models;
}

DiffusionAnswer DiffusionServer::ask(const DiffusionRequest& request, std::stop_token stop) const {
    const auto body = request_body(request);
    auto reply = exchange(kImageToImage, body, stop);
    double pause = options_.first_wait_seconds;
    for (int attempt = 1; attempt < options_.attempts && is_retryable(reply);
         ++attempt, pause *= 4) {
        wait(pause, stop);
        reply = exchange(kImageToImage, body, stop);
    }
    check(reply, kImageToImage);

    const auto server = "The diffusion server " + options_.url;
    const auto answer = json::parse(reply.body, nullptr, false);
    reply.body = {};
    if (!answer.is_object())
        throw TrainingError(server + " sent an answer that is not JSON" +
                            "; check that --server is a diffusion server's address.");
    const auto images = answer.find("images");
    if (images == answer.end() || !images->is_array() || images->empty() ||
        !images->front().is_string())
        throw TrainingError(server + " answered without a picture; see its log.");
    std::string_view text = images->front().get_ref<const std::string&>();
    // Some servers answer with a data: URL, as for a browser.
    if (text.starts_with("data:"))
        text.remove_prefix(std::min(text.size(), text.find(',') + 1));
    const auto bytes = decode_base64(text);
    if (!bytes)
        throw TrainingError(server + " answered with a picture that is not valid base64.");
    Picture picture;
    try {
        DecodeLimits limits;
        limits.bytes = options_.answer_bytes;
        limits.pixels = std::uint64_t{16} * static_cast<std::uint64_t>(request.width) *
                        static_cast<std::uint64_t>(request.height);
        picture = decode_picture(*bytes, limits);
    } catch (const PictureError& error) {
        throw TrainingError(server +
                            " answered with a picture that cannot be read: " + error.what());
    }
    // A lossy file would add traces of compression to the fakes that their twins do not have.
    if (picture.facts.format != "PNG")
        throw TrainingError(server + " answered with " + picture.facts.format +
                            " instead of PNG; set its image file format to PNG.");
    if (picture.pixels.width != request.width || picture.pixels.height != request.height)
        throw TrainingError(server + " answered with " + std::to_string(picture.pixels.width) +
                            " x " + std::to_string(picture.pixels.height) + " pixels instead of " +
                            std::to_string(request.width) + " x " + std::to_string(request.height) +
                            "; give another --side.");
    const auto info = info_of(answer);
    DiffusionAnswer result{std::move(picture.pixels), shown(text_of(info, "sd_model_name")),
                           shown(text_of(info, "sampler_name"))};
    if (!request.model.empty() && !result.model.empty()) {
        const auto wanted = model_key(request.model);
        const auto used = model_key(result.model);
        if (wanted.find(used) == std::string::npos && used.find(wanted) == std::string::npos)
            throw TrainingError(server + " used the model \"" + result.model + "\" instead of \"" +
                                request.model + "\"; choose it in the server, without --model.");
    }
    if (result.model.empty())
        result.model = request.model;
    if (result.sampler.empty())
        result.sampler = request.sampler;
    return result;
}

}  // namespace dfd
