// The worker of transforms: reads requests from the hub, runs them one at a time, answers.
//
//   katydid-transform                        started by the hub: a socket is its standard input
//   katydid-transform --run FILE < payload   for people: prints what the program in FILE makes of
//                                            it; FILE.jq is jq, everything else JavaScript
//
// It runs code that was never reviewed, so it trusts neither the code nor what it reads, and
// gives up all it does not need before it reads anything (sandbox.hpp).
#include "hub/transform/wire.hpp"
#include "hub/transform/worker/cpu_limit.hpp"
#include "hub/transform/worker/engine.hpp"
#include "hub/transform/worker/result.hpp"
#include "hub/transform/worker/sandbox.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

#include <unistd.h>

namespace {

using katydid::Language;
using namespace katydid::transform;
using namespace katydid::transform::worker;

constexpr int hub = STDIN_FILENO;

class Languages {
public:
    Languages() : javascript_{make_javascript()}, jq_{make_jq()} {}

    Reply answer(const Request& request)
    {
        auto& engine = request.program.language == Language::jq ? *jq_ : *javascript_;
        const auto begin = cpu_time();
        Reply reply;
        if (request.only_check) {
            if (auto fault = engine.check(request.program)) reply.outcome = std::move(*fault);
        } else {
            reply.outcome = engine.run(request.program, request.input);
        }
        if (auto* fault = std::get_if<Fault>(&reply.outcome))
            fault->message = cut_message(std::move(fault->message));
        reply.duration = cpu_time() - begin;
        return reply;
    }

    /// Has each engine do once what it does lazily, while files can still be read.
    void warm_up()
    {
        Request request;
        request.program.source = "function transform({event}) { const now = new Date(); return {"
                                 "payload: [now.toISOString(), now.toLocaleString(), "
                                 "(1234.5).toLocaleString(), 'b'.localeCompare('a'), "
                                 "'\\u00e9'.normalize('NFD'), /(?<=\\p{L})x/u.test('ax')]}; }";
        answer(request);
        request.program = {.language = Language::jq, .source = "{payload: (0 | todate)}"};
        answer(request);
    }

private:
    std::unique_ptr<Engine> javascript_;
    std::unique_ptr<Engine> jq_;
};

/// False at the end of the stream.
bool read_all(char* to, std::size_t bytes)
{
    while (bytes > 0) {
        const auto count = ::read(hub, to, bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        to += count;
        bytes -= static_cast<std::size_t>(count);
    }
    return true;
}

bool write_all(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = ::write(hub, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// Until the hub closes the socket. Returns the exit code.
int serve()
{
    leave_surroundings();
    Languages languages;
    languages.warm_up();
    close_sandbox();
    if (!write_all(frame(greeting))) return EXIT_SUCCESS;
    std::array<char, frame_head_bytes> head{};
    while (read_all(head.data(), head.size())) {
        const auto size = frame_size(head.data());
        if (size > request_bytes_max) return exit_nonsense;
        std::string body(size, '\0');
        if (!read_all(body.data(), body.size())) break;
        const auto request = decode_request(body);
        if (!request) return exit_nonsense;
        if (!write_all(frame(encode(languages.answer(*request))))) break;
    }
    return EXIT_SUCCESS;
}

/// The same engines for a person, whose own code it is: without the sandbox.
int run_file(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        std::cerr << "katydid-transform: cannot read " << path << "\n";
        return EXIT_FAILURE;
    }
    Request request;
    request.program.source.assign(std::istreambuf_iterator<char>{file}, {});
    request.program.language = path.ends_with(".jq") ? Language::jq : Language::javascript;
    request.input.payload.assign(std::istreambuf_iterator<char>{std::cin}, {});
    request.input.event = R"({"id":"evt_sample","type":"sample",)"
                          R"("occurred_at":"2026-06-15T18:00:00.000Z"})";
    const auto reply = Languages{}.answer(request);
    if (const auto* fault = std::get_if<Fault>(&reply.outcome)) {
        std::cerr << path << ':' << fault->line << ':' << fault->column << ": " << fault->message
                  << "\n";
        return EXIT_FAILURE;
    }
    const auto& output = std::get<Output>(reply.outcome);
    if (output.path) std::cout << "path: " << *output.path << "\n";
    if (output.cancel) std::cout << "cancel: " << *output.cancel << "\n";
    for (const auto& [name, value] : output.headers) std::cout << name << ": " << value << "\n";
    if (const auto ignored = describe_ignored(output); !ignored.empty())
        std::cerr << path << ": " << ignored << "\n";
    std::cout << output.payload.value_or(request.input.payload) << "\n";
    return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** arguments)
{
    try {
        // The engines keep threads and memory, which need no orderly end.
        if (count == 1) ::_exit(serve());
        if (count == 3 && std::string_view{arguments[1]} == "--run") {
            const int code = run_file(arguments[2]);
            std::cout.flush();
            ::_exit(code);
        }
        std::cerr << "usage: katydid-transform --run FILE < payload\n"
                     "Without arguments it is started by katydid, over a socket.\n";
        return EXIT_FAILURE;
    } catch (const std::exception& error) {
        std::cerr << "katydid-transform: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
}
