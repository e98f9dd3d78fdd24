#include <charconv>
#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "core/base/text.h"
#include "core/training/fakes/prepare_diffuse.h"

namespace dfd {
namespace {

struct DiffuseArguments {
    DiffuseOptions diffuse;
    std::string mode = "img2img";
    std::string prompt;
    std::filesystem::path prompts;
    std::string strength;
    bool list_models = false;
};

/// Parses "0.4-0.8", or "0.6" for a fixed strength.
std::pair<double, double> parse_strength(const std::string& text) {
    const auto number = [&](std::size_t from, std::size_t to) {
        double value = 0;
        const auto* end = text.data() + to;
        const auto parsed = std::from_chars(text.data() + from, end, value);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            throw CLI::ValidationError("--strength", text + " is not LOW-HIGH, such as 0.4-0.8");
        return value;
    };
    const auto dash = text.find('-');
    if (dash == std::string::npos)
        return {number(0, text.size()), number(0, text.size())};
    return {number(0, dash), number(dash + 1, text.size())};
}

int list_models(const DiffusionServerOptions& options, const std::stop_token& stop) {
    const DiffusionServer server(options);
    const auto models = server.models(stop);
    for (const auto& model : models)
        std::cout << model.title << '\n';
    if (models.empty())
        std::cerr << "dfd: The server " << server.url() << " lists no models.\n";
    return kAllDone;
}

int run_diffuse(DiffuseArguments arguments, const std::stop_token& stop) {
    auto& options = arguments.diffuse;
    if (arguments.list_models)
        return list_models(options.server, stop);
    if (!arguments.prompts.empty())
        options.prompts = read_prompts(arguments.prompts);
    else if (!arguments.prompt.empty())
        options.prompts = {arguments.prompt};
    DiffuseSummary summary;
    {
        ProgressLine reading;
        ProgressLine asking;
        summary = prepare_diffuse(
            options,
            [&](const DiffuseProgress& seen) {
                if (seen.reading) {
                    reading.show(seen.fraction, 1, "reading photographs");
                    return;
                }
                reading.clear();
                if (!seen.failure.empty()) {
                    asking.clear();
                    std::cerr << "dfd: " << seen.failure << std::endl;
                }
                asking.show(static_cast<double>(seen.done), static_cast<double>(seen.total),
                            std::to_string(seen.done) + " of " + std::to_string(seen.total) + ", " +
                                seen.picture);
            },
            stop);
    }
    for (const auto& file : summary.skipped)
        std::cerr << "dfd: " << file << " was skipped: it cannot be read or is too small.\n";
    std::cout << "Fakes, each with its twin: " << summary.made << " made, " << summary.reused
              << " already present, " << summary.failed << " failed. They are listed in "
              << visible((options.out / "manifest.csv").native()) << std::endl;
    return summary.failed > 0 ? kSomeFailed : kAllDone;
}

void add_look(CLI::App& command, DiffuseArguments& arguments) {
    auto& options = arguments.diffuse;
    command
        .add_option("--mode", arguments.mode,
                    "img2img (redraw the whole crop) or inpaint (redraw a region of it)")
        ->check(CLI::IsMember({"img2img", "inpaint"}))
        ->capture_default_str();
    command.add_option("--per-photo", options.per_photo, "Fakes per photograph")
        ->capture_default_str();
    command.add_option("--strength", arguments.strength,
                       "Denoising strength LOW-HIGH; default 0.4-0.8, inpainting 0.75-1");
    auto* prompt =
        command.add_option("--prompt", arguments.prompt,
                           "Prompt for the model; default \"" + options.prompts.front() + "\"");
    command
        .add_option("--prompts", arguments.prompts,
                    "File with one prompt per line; each fake gets a random one")
        ->excludes(prompt);
    command.add_option("--negative", options.negative_prompt, "Negative prompt for the model");
    command.add_option("--steps", options.steps, "Sampling steps")->capture_default_str();
    command.add_option("--cfg", options.cfg_scale, "Guidance scale")->capture_default_str();
    command.add_option(
        "--sampler", options.sampler,
        "Sampler by its name on the server, such as \"Euler a\"; default: the server's choice");
    command.add_option("--model", options.model,
                       "Model by its name in --list-models; default: the loaded one");
    command.add_option("--side", options.side, "Side of a crop in pixels, a multiple of 64")
        ->capture_default_str();
    command
        .add_option("--seed", options.seed,
                    "Seed of crops, regions, prompts and the server's noise")
        ->capture_default_str();
}

void add_server(CLI::App& command, DiffuseArguments& arguments) {
    auto& server = arguments.diffuse.server;
    command.add_option("--server", server.url, "Address of the diffusion server")
        ->capture_default_str();
    command.add_flag("--allow-remote", server.allow_remote,
                     "Allow a server on another computer; the pictures are sent to it");
    command.add_option("--timeout", server.timeout_seconds, "Seconds to wait for one picture")
        ->capture_default_str();
    command
        .add_option("--attempts", server.attempts,
                    "Requests per picture when the connection or the server fails")
        ->check(CLI::Range(1, 20))
        ->capture_default_str();
    command
        .add_option("--retry-wait", server.first_wait_seconds,
                    "Seconds before the second attempt, four times as long before each later one")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    command
        .add_option("--give-up", arguments.diffuse.give_up,
                    "Stop after this many failed pictures in a row")
        ->capture_default_str();
    command.add_flag("--list-models", arguments.list_models,
                     "List the server's models and do nothing else");
}

}  // namespace

void add_prepare_diffuse(CLI::App& prepare, Chosen& chosen) {
    auto arguments = std::make_shared<DiffuseArguments>();
    auto* command = prepare.add_subcommand(
        "diffuse",
        "Make fakes with Stable Diffusion on a server with AUTOMATIC1111's HTTP interface (also "
        "Forge, SD.Next, stable-diffusion.cpp); run it again to resume");
    command->add_option("--photos", arguments->diffuse.photos, "Folder of untouched photographs");
    command->add_option("--out", arguments->diffuse.out, "Folder for manifest.csv and pictures");
    add_look(*command, *arguments);
    add_server(*command, *arguments);
    command->callback([arguments, &chosen] {
        if (!arguments->list_models) {
            if (arguments->diffuse.photos.empty())
                throw CLI::RequiredError("--photos");
            if (arguments->diffuse.out.empty())
                throw CLI::RequiredError("--out");
        }
        if (!arguments->strength.empty())
            arguments->diffuse.strength = parse_strength(arguments->strength);
        arguments->diffuse.mode =
            arguments->mode == "inpaint" ? DiffusionMode::Inpaint : DiffusionMode::ImageToImage;
        chosen = [arguments](const std::stop_token& stop) { return run_diffuse(*arguments, stop); };
    });
}

}  // namespace dfd
