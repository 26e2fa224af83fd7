// katydid trigger: what a provider would send, sent now.
#include "hub/cli/client/local_server.hpp"
#include "hub/cli/client/session.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/cli/tree/usage.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/text/visible.hpp"
#include "hub/http/message/message.hpp"
#include "signing/samples/provider_key.hpp"
#include "signing/samples/send.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

namespace katydid::cli {
namespace trigger_command {
namespace {

namespace json = boost::json;
namespace samples = signing::samples;

/// Older than every scheme's tolerance.
constexpr std::chrono::hours stale_age{24};

struct TriggerOptions {
    std::string provider;
    std::string type;
    std::vector<std::string> changes;
    std::string to;
    std::string source;
    std::string secret_env;
    std::string secret_file;
    std::string private_key_file;
    std::string broken;
    std::size_t repeat = 1;
    bool list = false;
    bool print = false;
    LocalServer::Options server;
};

const samples::Provider& provider_of(const std::string& name)
{
    std::vector<std::string> names;
    for (const auto& each : samples::providers()) {
        if (each.name == name) return each;
        names.push_back(each.name);
    }
    throw CommandEnd{answer_is_no, "there are no samples of " + printable(name)
                                       + "; `katydid trigger --list` names the providers"
                                       + did_you_mean(name, names)};
}

void list(const Session& session, const TriggerOptions& options)
{
    json::array rows;
    for (const auto& provider : samples::providers()) {
        if (!options.provider.empty() && provider_of(options.provider).name != provider.name)
            continue;
        for (const auto& type : provider.types)
            rows.push_back(json::object{
                {"provider", provider.name}, {"type", type}, {"scheme", provider.scheme}});
    }
    constexpr std::array<Column, 3> columns{
        {{"PROVIDER", "provider"}, {"TYPE", "type"}, {"SCHEME", "scheme"}}};
    session.print(rows, columns);
}

/// "data.object.amount=5": a number; "name=Ida": a text, since it is no JSON.
samples::Change to_change(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw CommandEnd{wrong_usage, "--set takes PATH=VALUE, as in data.object.amount=500, not "
                                          + printable(text)};
    const auto value = text.substr(equals + 1);
    json::error_code not_json;
    auto parsed = json::parse(value, not_json);
    // A number that is too large for one cannot be written again.
    if (not_json || !json_text::is_json(json_text::write(parsed))) parsed = value;
    return {text.substr(0, equals), std::move(parsed)};
}

samples::Broken broken_of(const TriggerOptions& options)
{
    if (options.broken == "signature") return samples::Broken::signature;
    if (options.broken == "timestamp") return samples::Broken::timestamp;
    if (options.broken == "body") return samples::Broken::body;
    return samples::Broken::nothing;
}

/// Makes the key where there is none yet, and says what its receiver needs.
std::string private_key_of(const signing::Scheme& scheme, const std::string& path)
{
    if (std::filesystem::exists(path)) {
        const auto pem = read_file(path);
        if (!pem) throw CommandEnd{wrong_usage, pem.error().message};
        return *pem;
    }
    const auto made = samples::make_private_key(scheme).value();
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool is_written = file >= 0
                            && ::write(file, made.data(), made.size())
                                   == static_cast<ssize_t>(made.size());
    if (file >= 0) ::close(file);
    if (!is_written) throw CommandEnd{wrong_usage, "cannot write the file " + path};
    const auto shown = samples::public_half(scheme, made);
    std::cerr << "Made a key in " << path << ". Your receiver verifies with its public half:\n"
              << shown.value() << '\n';
    if (samples::has_named_target(scheme))
        std::cerr << "It would fetch the provider's own certificate instead: that check has to be "
                     "off, or to use this key, while you test.\n";
    return made;
}

/// Who signs, by the scheme and the options.
samples::Sender sender_of(const signing::Scheme& scheme, const TriggerOptions& options)
{
    samples::Sender sender;
    sender.broken = broken_of(options);
    auto secret = read_secret(options.secret_env, options.secret_file);
    const bool is_asymmetric = samples::needs_private_key(scheme);
    const bool is_named = samples::has_named_target(scheme);
    const auto& name = signing::scheme_name(scheme);
    if (secret.empty() && (!is_asymmetric || is_named))
        throw CommandEnd{wrong_usage, is_named
                                          ? name
                                                + " names what a request is for (a topic's ARN, a "
                                                  "webhook's id): give it with --secret-env or "
                                                  "--secret-file"
                                          : "name the secret that " + name
                                                + " signs with: --secret-env or --secret-file"};
    if (!options.private_key_file.empty())
        sender.private_key = private_key_of(scheme, options.private_key_file);
    else if (is_asymmetric && (is_named || secret.empty()))
        throw CommandEnd{wrong_usage, "only the provider has the private key of " + name
                                          + ": --private-key-file names one of your own, which "
                                            "is made where the file does not exist"};
    if (!secret.empty()) {
        signing::Key key;
        key.secret = Secret{std::move(secret)};
        sender.keys.keys.push_back(std::move(key));
    }
    return sender;
}

/// Where it goes, and what it is signed for.
struct Where {
    std::string url;
    std::string signed_url;
};

/// Where the source listens, with a look at whether it takes this provider.
Where where_of_source(Session& session, const TriggerOptions& options, const std::string& scheme)
{
    const auto source = session.get("/v1/sources/" + percent_encode(options.source));
    const auto* schemes = value_at(source, "schemes").if_array();
    bool takes = false;
    for (const auto& each : schemes == nullptr ? json::array{} : *schemes)
        takes = takes || each == json::value(scheme);
    if (!takes)
        throw CommandEnd{answer_is_no, "the source " + printable(options.source)
                                           + " does not verify by " + scheme + " but by "
                                           + cell_text(value_at(source, "schemes"))};
    const auto url = session.address().url + cell_text(value_at(source, "path"));
    const auto* known = value_at(source, "public_url").if_string();
    return {url, known == nullptr || known->empty() ? url : std::string{*known}};
}

void print_request(const Session& session, const Where& where, const samples::Sample& sent)
{
    if (session.is_json()) {
        json::array headers;
        for (const auto& [name, value] : sent.headers) headers.push_back(json::array{name, value});
        session.print(json::object{
            {"method", "POST"}, {"url", where.url}, {"headers", headers}, {"body", sent.body}});
        return;
    }
    for (const auto& [name, value] : sent.headers) std::cout << name << ": " << value << '\n';
    std::cout << '\n' << sent.body << '\n';
}

void print_answer(const Session& session, const LocalAnswer& answer)
{
    if (session.is_json()) {
        session.print(json::object{{"status", answer.status},
                                   {"body", as_utf8(answer.body)},
                                   {"duration_ms", answer.duration.count()}});
        return;
    }
    const auto colour = answer.is_good() ? Colour::green : Colour::red;
    std::cout << paint("HTTP " + std::to_string(answer.status) + " "
                           + std::string{http::reason_phrase(answer.status)},
                       colour, session.terminal().colour)
              << "  " << answer.duration.count() << " ms\n";
    print_lines(answer.body);
}

std::string what_to_do(const TriggerOptions& options, unsigned status)
{
    const std::string whom = options.source.empty() ? "the receiver" : "the hub";
    if (status == 401 || status == 403)
        return whom + " refused the signature: is the secret that was named here the one it has?"
               + (options.source.empty() ? "" : " `katydid rejected list` says why.");
    if (status == 404)
        return options.source.empty() ? "the receiver has nothing at this path: is the URL right?"
                                      : "the hub has no such source";
    if (status == 405) return "the receiver takes no POST at this path: is the URL right?";
    if (status >= 300 && status < 400)
        return "the receiver redirects, which webhook providers do not follow: use the last URL";
    if (status >= 500) return "the receiver failed: its log says why";
    return whom + " did not take it";
}

/// How receivers answer a request that is not what it says it is.
bool is_refusal(unsigned status)
{
    return status == 400 || status == 401 || status == 403 || status == 422;
}

/// Throws CommandEnd where the answer is not the one that was hoped for.
void judge(const TriggerOptions& options, const LocalAnswer& answer)
{
    const bool is_broken = !options.broken.empty();
    if (is_broken ? is_refusal(answer.status) : answer.is_good()) return;
    if (is_broken && answer.is_good())
        throw CommandEnd{answer_is_no, "a request whose " + options.broken
                                           + " is broken was accepted: does it verify at all?"};
    auto why = what_to_do(options, answer.status);
    if (is_broken) why = "nothing was refused by its " + options.broken + ": " + why;
    throw CommandEnd{answer_is_no, std::move(why)};
}

samples::Sample make(const TriggerOptions& options, const signing::Scheme& scheme,
                     std::span<const samples::Change> changes, samples::Sender& sender)
{
    sender.now = system_clock().now();
    if (sender.broken == samples::Broken::timestamp) sender.now -= stale_age;
    samples::Template values{sender.now, random_seed()};
    if (samples::has_named_target(scheme))
        values.name("secret", sender.keys.keys.front().secret.text());
    auto sample = samples::make_sample(options.provider, options.type, changes, values);
    if (!sample) throw CommandEnd{wrong_usage, sample.error().message};
    auto sent = samples::sign_sample(scheme, std::move(*sample), sender);
    if (!sent) throw CommandEnd{wrong_usage, sent.error().message};
    return std::move(*sent);
}

void run(Session& session, const TriggerOptions& options)
{
    if (options.list) return list(session, options);
    if (options.provider.empty())
        throw CommandEnd{wrong_usage, "name a provider and a type: `katydid trigger --list`"};
    const auto& provider = provider_of(options.provider);
    if (std::ranges::find(provider.types, options.type) == provider.types.end())
        throw CommandEnd{
            options.type.empty() ? wrong_usage : answer_is_no,
            (options.type.empty() ? "name a type" : "there is no sample " + printable(options.type))
                + " of " + provider.name + "; `katydid trigger --list " + provider.name
                + "` shows them" + did_you_mean(options.type, provider.types)};
    const auto scheme = signing::find_scheme(provider.scheme);
    std::vector<samples::Change> changes;
    for (const auto& text : options.changes) changes.push_back(to_change(text));
    Where where{options.to, options.to};
    auto sender = sender_of(*scheme, options);
    if (!options.source.empty()) where = where_of_source(session, options, provider.scheme);
    sender.url = where.signed_url;
    for (std::size_t i = 0; i < options.repeat; ++i) {
        auto sent = make(options, *scheme, changes, sender);
        if (where.url.empty() || options.print) {
            print_request(session, where, sent);
            continue;
        }
        const auto answer = post_once(where.url, options.server, std::move(sent.headers),
                                      std::move(sent.body));
        if (answer.status == 0) throw CommandEnd{not_reached, answer.error + ". " + answer.remedy};
        print_answer(session, answer);
        judge(options, answer);
    }
}

}  // namespace
}  // namespace trigger_command

void add_trigger_command(CLI::App& app, int& exit_code)
{
    using namespace trigger_command;
    auto* command = app.add_subcommand(
        "trigger", "Send what a provider would send: a realistic sample, new and signed");
    const auto options = std::make_shared<TriggerOptions>();
    command->add_option("provider", options->provider, "Who would send it: stripe, github, slack");
    command->add_option("type", options->type, "What, as in invoice.paid");
    command->add_flag("--list", options->list, "Show the providers and their types");
    command
        ->add_option("--set", options->changes,
                     "Change a member of the body; the value is JSON where it can be read as such, "
                     "else text. Repeat for several")
        ->type_name("PATH=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    auto* to = command->add_option("--to", options->to, "Where to POST it; else it is printed");
    to->type_name("URL");
    command->add_option("--source", options->source, "POST it to this source of the hub")
        ->excludes(to);
    command->add_option("--secret-env", options->secret_env,
                        "The variable with the secret that the receiver verifies with");
    command->add_option("--secret-file", options->secret_file, "The file with it")
        ->type_name("FILE");
    command
        ->add_option("--private-key-file", options->private_key_file,
                     "The PEM key that stands for the provider's own (SendGrid, PayPal, SNS, "
                     "Discord); made where the file does not exist")
        ->type_name("FILE");
    command->add_flag("--print", options->print, "Print the request instead of sending it");
    command->add_option("--repeat", options->repeat, "Send so many, each of them new")
        ->check(CLI::Range(1, 10'000));
    command->add_option("--break", options->broken, "Send it broken, and expect a refusal")
        ->check(CLI::IsMember(std::vector<std::string>{"signature", "timestamp", "body"}));
    command->add_flag("--insecure", options->server.insecure,
                      "Accept any certificate of a server of this machine");
    command
        ->add_option("--local-ca-file", options->server.ca_file,
                     "PEM certificates to trust for --to instead of the system's")
        ->type_name("FILE");
    run_with_hub(*command, add_hub_options(*command), exit_code,
                 [options](Session& session) { run(session, *options); });
}

}  // namespace katydid::cli
