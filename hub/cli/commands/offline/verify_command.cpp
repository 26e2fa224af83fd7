#include "hub/cli/tree/command.hpp"

#include "hub/cli/offline_input.hpp"
#include "hub/core/text/visible.hpp"
#include "signing/verify.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>

namespace katydid::cli {
namespace {

struct VerifyOptions : OfflineOptions {
    std::vector<std::string> headers;
    std::string remote_key_file;
};

result<Headers> parse_headers(const std::vector<std::string>& lines)
{
    constexpr std::string_view blank = " \t\r";
    Headers headers;
    for (const auto& line : lines) {
        const auto colon = line.find(':');
        const auto name = line.substr(0, colon);
        if (colon == std::string::npos || !is_header_safe(name, ""))
            return Error{errc::invalid_argument, "--header \"" + line + "\" is not Name: value"};
        const auto first = line.find_first_not_of(blank, colon + 1);
        const auto value = first == std::string::npos
                               ? std::string{}
                               : line.substr(first, line.find_last_not_of(blank) - first + 1);
        headers.push_back({name, value});
    }
    return headers;
}

/// Path and query of a URL; a URL without a path has "/".
std::string target_of(const std::string& url)
{
    const auto scheme = url.find("://");
    const auto slash = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    return slash == std::string::npos ? "/" : url.substr(slash);
}

void print_verified(const signing::Verified& verified, bool json)
{
    if (!json) {
        std::cout << "verified\n";
        return;
    }
    boost::json::object object{
        {"verified", true}, {"event_type", verified.event_type}, {"event_id", verified.event_id}};
    if (!verified.subject.empty()) object["subject"] = verified.subject;
    if (verified.type_unsigned) object["type_unsigned"] = true;
    if (verified.id_unsigned) object["id_unsigned"] = true;
    std::cout << boost::json::serialize(object) << '\n';
}

void print_refusal(const signing::Refusal& refusal, bool json)
{
    if (!json) {
        std::cout << "not verified: " << visible(refusal.diagnosis) << '\n';
        return;
    }
    std::cout << boost::json::serialize(
        boost::json::object{{"verified", false},
                            {"reason", signing::to_text(refusal.reason)},
                            {"diagnosis", refusal.diagnosis}})
              << '\n';
}

int run_verify(const VerifyOptions& options)
{
    const auto input = read_offline_input(options);
    if (!input) return refuse_usage(input.error());
    const auto headers = parse_headers(options.headers);
    if (!headers) return refuse_usage(headers.error());
    std::string remote_key;
    if (!options.remote_key_file.empty()) {
        auto text = read_file(options.remote_key_file);
        if (!text) return refuse_usage(text.error());
        remote_key = std::move(*text);
    }
    const std::string target = target_of(options.url);
    const signing::RequestView request{options.method, target, options.url, *headers, input->body};
    const auto verdict = signing::verify(*input->scheme, request, input->keys, input->at,
                                         remote_key);
    if (const auto* verified = std::get_if<signing::Verified>(&verdict)) {
        print_verified(*verified, options.json);
        return done;
    }
    print_refusal(signing::diagnose(*input->scheme, request, input->keys, input->at,
                                    std::get<signing::Refusal>(verdict)),
                  options.json);
    return answer_is_no;
}

}  // namespace

void add_verify_command(CLI::App& app, int& exit_code)
{
    const auto options = std::make_shared<VerifyOptions>();
    CLI::App* const command = app.add_subcommand("verify",
                                                 "Check the signature of a request, offline");
    add_offline_options(*command, *options);
    command->add_option("--header", options->headers,
                        "A header of the request, \"Name: value\"; repeat for each");
    command->add_option("--remote-key-file", options->remote_key_file,
                        "The certificate or key set, for schemes that fetch it");
    command->callback([options, &exit_code] { exit_code = run_verify(*options); });
}

}  // namespace katydid::cli
