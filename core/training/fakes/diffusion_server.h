// A client of the HTTP interface that AUTOMATIC1111's web UI, Forge, SD.Next and
// stable-diffusion.cpp's server share: GET /sdapi/v1/sd-models and POST /sdapi/v1/img2img.
// Plain C++: neither HTTP nor JSON shows.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/picture/picture.h"
#include "core/training/fakes/http_exchange.h"

namespace dfd {

struct DiffusionServerOptions {
    /// http:// or https://, a host, a port and, behind a proxy, a path.
    std::string url = "http://127.0.0.1:7860";
    bool allow_remote = false;  ///< else only this computer is asked, as pictures are sent
    double connect_seconds = 3;
    double timeout_seconds = 300;  ///< for one answer, from the question to its last byte
    /// How often one picture is asked for when the connection fails or the server has an error
    /// (5xx). An answer that came late is not asked for again.
    int attempts = 3;
    double first_wait_seconds = 2;                          ///< four times as long before the next
    std::uint64_t answer_bytes = std::uint64_t{64} << 20U;  ///< larger answers are broken off
};

struct DiffusionModel {
    std::string title;  ///< what a request names it by
    std::string name;   ///< the same without folder, suffix and digest; may equal the title
};

struct DiffusionRequest {
    std::string
        picture_png;       ///< bytes of a PNG of width x height: what the new picture starts from
    std::string mask_png;  ///< same size, white where new; empty: everything is (img2img)
    int width = 0;
    int height = 0;
    std::string prompt;  ///< UTF-8; stable-diffusion.cpp refuses an empty one
    std::string negative_prompt;
    double strength = 0.5;  ///< denoising strength, 0 (nothing changes) .. 1 (nothing is kept)
    int steps = 25;
    double cfg_scale = 7;
    std::string sampler;     ///< as the server names it; empty: its own choice
    std::string model;       ///< a title or name; empty: the one that is loaded
    std::uint32_t seed = 0;  ///< of the server's noise
};

struct DiffusionAnswer {
    Pixels picture;       ///< width x height, decoded from a PNG
    std::string model;    ///< what the server says it used, else the one asked for; may be empty
    std::string sampler;  ///< likewise
};

/// Nothing is kept open between questions, and an address that the server redirects to is never
/// followed. Whatever comes back is untrusted: its size is bounded, JSON, base64 and PNG are
/// checked. One caller at a time.
class DiffusionServer {
  public:
    /// Asks nothing yet. Throws TrainingError for an address that is none, or that lies elsewhere
    /// without `allow_remote`.
    explicit DiffusionServer(DiffusionServerOptions options);

    /// The models the server has; empty when it cannot say (404). One attempt. Blocks; throws
    /// TrainingError, Cancelled.
    [[nodiscard]] std::vector<DiffusionModel> models(std::stop_token stop = {}) const;

    /// Seconds to minutes; blocks. A stop request is heeded within about a second once connected.
    /// Throws Cancelled, and TrainingError when no picture of the right size came: a sentence
    /// without the picture's name.
    [[nodiscard]] DiffusionAnswer ask(const DiffusionRequest& request,
                                      std::stop_token stop = {}) const;

    [[nodiscard]] const std::string& url() const { return options_.url; }

  private:
    [[nodiscard]] HttpReply exchange(const std::string& path, const std::string& body,
                                     const std::stop_token& stop) const;
    /// Throws unless the reply is a whole answer with status 200.
    void check(const HttpReply& reply, const std::string& path) const;

    DiffusionServerOptions options_;
    HttpAddress address_;
};

}  // namespace dfd
