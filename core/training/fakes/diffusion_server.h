// A client of the HTTP interface that AUTOMATIC1111's web UI, Forge, SD.Next and
// stable-diffusion.cpp's server share: GET /sdapi/v1/sd-models and POST /sdapi/v1/img2img. Plain
// C++: the interface exposes neither HTTP nor JSON.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/picture/picture.h"
#include "core/training/fakes/http_exchange.h"

namespace dfd {

struct DiffusionServerOptions {
    /// http:// or https://, a host, a port and an optional path (behind a proxy).
    std::string url = "http://127.0.0.1:7860";
    bool allow_remote = false;  ///< false: only loopback addresses, because pictures are sent
    double connect_seconds = 3;
    double timeout_seconds = 300;  ///< for one complete answer, measured from the request
    /// Attempts per picture when the connection fails or the server has an error (5xx). A request
    /// whose answer took too long is not repeated.
    int attempts = 3;
    double first_wait_seconds = 2;  ///< before the first retry; each further wait is 4 x as long
    std::uint64_t answer_bytes = std::uint64_t{64} << 20U;  ///< larger answers are aborted
};

struct DiffusionModel {
    std::string title;  ///< identifies the model in a request
    std::string name;   ///< the title without folder, suffix and digest; may equal the title
};

struct DiffusionRequest {
    std::string picture_png;  ///< a PNG of width x height: the initial picture
    std::string mask_png;     ///< same size, white where to redraw; empty: everywhere (img2img)
    int width = 0;
    int height = 0;
    std::string prompt;  ///< UTF-8; stable-diffusion.cpp refuses an empty one
    std::string negative_prompt;
    double strength = 0.5;  ///< denoising strength, 0 (no change) .. 1 (nothing is kept)
    int steps = 25;
    double cfg_scale = 7;
    std::string sampler;     ///< the server's name for it; empty: the server's default
    std::string model;       ///< a title or name; empty: the model that is loaded
    std::uint32_t seed = 0;  ///< of the server's noise
};

struct DiffusionAnswer {
    Pixels picture;       ///< width x height, decoded from a PNG
    std::string model;    ///< as reported by the server, else as requested; may be empty
    std::string sampler;  ///< as for `model`
};

/// Uses one connection per request and never follows redirects. Answers are untrusted: their size
/// is limited, and JSON, base64 and PNG are checked. Not thread-safe.
class DiffusionServer {
  public:
    /// Sends no request. Throws TrainingError for an invalid address, or for a remote one without
    /// `allow_remote`.
    explicit DiffusionServer(DiffusionServerOptions options);

    /// The server's models; empty when the server does not support the request (404). One attempt.
    /// Blocks. Throws TrainingError, Cancelled.
    [[nodiscard]] std::vector<DiffusionModel> models(std::stop_token stop = {}) const;

    /// Blocks for seconds to minutes. Once connected, it reacts to a stop request within about a
    /// second. Throws Cancelled, and TrainingError (a sentence without the picture's name) when no
    /// picture of the right size was received.
    [[nodiscard]] DiffusionAnswer ask(const DiffusionRequest& request,
                                      std::stop_token stop = {}) const;

    [[nodiscard]] const std::string& url() const { return options_.url; }

  private:
    [[nodiscard]] HttpReply exchange(const std::string& path, const std::string& body,
                                     const std::stop_token& stop) const;
    /// Throws unless the reply is complete and has status 200.
    void check(const HttpReply& reply, const std::string& path) const;

    DiffusionServerOptions options_;
    HttpAddress address_;
};

}  // namespace dfd
