// dfd-onnx: runs one ONNX model for the program that started it. The only unit that knows the
// engine, OpenVINO. It is a process of its own, because the engine reads untrusted files: a crash
// ends only this process.
//
// Argument: the model's path, which need not be UTF-8; or --engine, to print the folder of the
// engine's libraries.
// Input: a line of JSON {"input", "outputs", "shape", "threads"}, then tensors of that shape,
// float32 of this machine's byte order. Output: a line of JSON, {} or {"error"}, then for each
// tensor a line {"shapes"}, a list for each output, and their numbers in float32. The end of the
// input ends it.
#include <link.h>
#include <sched.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <openvino/openvino.hpp>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostValues = 1 << 20;

void say(const Json& line) {
    std::cout << line.dump(-1, ' ', true, Json::error_handler_t::replace) << '\n' << std::flush;
}

/// Leaves the network, which nothing here needs. Has no effect where the system does not allow it.
void leave_the_network() {
    static_cast<void>(::unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

/// Prints the folder that the engine was loaded from.
int say_engine(dl_phdr_info* library, std::size_t, void*) {
    const std::string path = library->dlpi_name;
    if (const auto name = path.rfind("/libopenvino.so"); name != std::string::npos)
        std::cout << path.substr(0, name) << '\n';
    return 0;
}

ov::CompiledModel compiled(ov::Core& core, const char* path, const Json& request) {
    auto model = core.read_model(std::string(path));
    const auto shape = request.at("shape").get<std::vector<std::int64_t>>();
    const auto input = request.at("input").get<std::string>();
    model->reshape(
        {{input, ov::PartialShape(std::vector<ov::Dimension>(shape.begin(), shape.end()))}});
    // Float32 throughout: the engine would choose bfloat16 on processors that have it.
    return core.compile_model(model, "CPU",
                              ov::inference_num_threads(request.at("threads").get<int>()),
                              ov::hint::inference_precision(ov::element::f32),
                              ov::hint::execution_mode(ov::hint::ExecutionMode::ACCURACY));
}

void serve(const char* path, const Json& request) {
    ov::Core core;
    auto model = compiled(core, path, request);
    auto infer = model.create_infer_request();
    const auto input = request.at("input").get<std::string>();
    const auto outputs = request.at("outputs").get<std::vector<std::string>>();
    auto tensor = infer.get_tensor(input);
    if (tensor.get_element_type() != ov::element::f32)
        throw std::runtime_error("its input is not float32");
    say(Json::object());
    const auto bytes = static_cast<std::streamsize>(tensor.get_byte_size());
    while (std::cin.read(static_cast<char*>(tensor.data()), bytes)) {
        infer.infer();
        std::vector<ov::Tensor> results;
        Json shapes = Json::array();
        for (const auto& output : outputs) {
            const auto& result = results.emplace_back(infer.get_tensor(output));
            if (result.get_element_type() != ov::element::f32)
                throw std::runtime_error("its output is not float32");
            if (result.get_size() > kMostValues)
                throw std::runtime_error("its output has more than a million numbers");
            shapes.push_back(std::vector<std::size_t>(result.get_shape()));
        }
        say({{"shapes", shapes}});
        for (const auto& result : results)
            std::cout.write(static_cast<const char*>(result.data()),
                            static_cast<std::streamsize>(result.get_byte_size()));
        std::cout.flush();
    }
}

/// The engine's messages have lines about its own source files; the last says what is wrong.
std::string short_message(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text.substr(text.rfind('\n') + 1).substr(0, 300);
}

}  // namespace

int main(int count, char** arguments) {
    std::ios::sync_with_stdio(false);
    if (count != 2) {
        std::cerr << "dfd-onnx is run by dfd and the window: dfd-onnx MODEL\n";
        return 2;
    }
    if (arguments[1] == std::string("--engine")) {
        ::dl_iterate_phdr(say_engine, nullptr);
        return 0;
    }
    leave_the_network();
    std::string line;
    if (!std::getline(std::cin, line))
        return 0;
    try {
        serve(arguments[1], Json::parse(line));
        return 0;
    } catch (const std::bad_alloc&) {
        say({{"error", "there is not enough memory for it"}});
    } catch (const std::exception& error) {
        say({{"error", short_message(error.what())}});
    }
    return 1;
}
