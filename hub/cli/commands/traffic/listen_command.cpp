// katydid listen: webhooks of a hub at a local URL, without a public address.
#include "hub/cli/client/session.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/text/visible.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/message/message.hpp"

#include <boost/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view poll_wait = "20s";
constexpr std::size_t at_once = 16;  ///< deliveries taken by a poll
constexpr milliseconds reconnect_pause{1'000};
constexpr milliseconds forward_timeout{25'000};  ///< less than the subscription's
constexpr std::size_t answer_bytes_max = 16 * 1024;
constexpr std::string_view timeout_text = "30s";
constexpr std::string_view kept_for = "7d";

struct ListenOptions {
    std::string forward;
    std::vector<std::string> sources;
    std::vector<std::string> types;
    std::string subscription;
    std::string dialect;
    std::string name;
    std::size_t count = 0;
};

std::string text_at(const json::value& value, std::string_view path)
{
    const auto* text = value_at(value, path).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

std::string default_name()
{
    std::array<char, 65> host{};
    ::gethostname(host.data(), host.size() - 1);
    return host.data();
}

/// Where the local server is: who is asked, and at which path.
struct Target {
    HubAddress address;
    std::string path;
};

Target to_target(const std::string& url)
{
    const auto parsed = http::EgressPolicy::parse_url(url);
    if (!parsed) throw CommandEnd{wrong_usage, "--forward: " + parsed.error().message};
    const auto path = url.find('/', url.find("//") + 2);
    Target target;
    target.address.url = url.substr(0, path);
    target.path = path == std::string::npos ? "/" : url.substr(path);
    return target;
}

/// What the local server made of a webhook.
struct LocalAnswer {
    unsigned status = 0;  ///< 0: there was none
    std::string body;
    std::string error;
    milliseconds duration{0};

    [[nodiscard]] bool is_good() const noexcept { return status >= 200 && status <= 299; }
};

/// Takes deliveries, hands them on and says what came of it. It reconnects for ever.
class Listener {
public:
    Listener(Session& session, const ListenOptions& options) : session_{session}, options_{options}
    {
        if (options.forward.empty()) return;
        target_ = to_target(options.forward);
        local_ = std::make_unique<HubClient>(target_.address);
    }

    void run()
    {
        std::string trouble;
        while (options_.count == 0 || handled_ < options_.count) {
            try {
                if (stream_.empty()) stream_ = take_up_stream();
                const auto deliveries = poll(is_connected_ && trouble.empty() ? poll_wait : "0s");
                if (!is_connected_ || !trouble.empty()) say_connected();
                is_connected_ = true;
                trouble.clear();
                for (const auto& each : deliveries) handle(each);
            } catch (const CommandEnd& end) {
                if (end.code != not_reached) throw;
                if (end.sentence != trouble)
                    std::cerr << "katydid listen: " << end.sentence << " Trying again.\n";
                trouble = end.sentence;
                session_.pause(reconnect_pause);
            }
        }
    }

private:
    std::string id_of(const std::string& id_or_name)
    {
        return text_at(session_.get("/v1/subscriptions/" + percent_encode(id_or_name)), "id");
    }

    /// The stream's id: the one that was named, or one of our own, made or taken up again.
    std::string take_up_stream()
    {
        const std::string path = "/v1/subscriptions";
        if (!options_.subscription.empty()) return id_of(options_.subscription);
        const auto name = "listen-" + (options_.name.empty() ? default_name() : options_.name);
        auto body = wishes();
        body["name"] = name;
        const auto made = session_.ask({"POST", path, json::serialize(body), {}});
        if (made.status == 201) return text_at(made.json, "id");
        if (made.status != 409) return text_at(session_.post(path, body), "id");
        const auto id = id_of(name);
        body.erase("name");
        body["status"] = "active";
        session_.must({"PATCH", path + "/" + percent_encode(id), json::serialize(body), {}});
        return id;
    }

    json::object wishes() const
    {
        const auto list = [](const std::vector<std::string>& texts) {
            json::array array;
            for (const auto& text : texts) array.emplace_back(text);
            return array;
        };
        json::object body;
        body["sources"] = list(options_.sources);
        body["event_types"] = options_.types.empty() ? json::array{json::value("*")}
                                                     : list(options_.types);
        body["handler"] = json::object{{"kind", "stream"}};
        body["dialect"] = options_.dialect.empty() ? "raw" : options_.dialect;
        body["timeout"] = timeout_text;
        body["retry"] = json::object{{"age_max", kept_for}};
        return body;
    }

    [[nodiscard]] std::string path_to(std::string_view call) const
    {
        return "/v1/subscriptions/" + percent_encode(stream_) + "/" + std::string{call};
    }

    /// One where a local server takes its time, so that none waits until its own is over.
    [[nodiscard]] std::size_t count_wanted() const
    {
        if (local_) return 1;
        return options_.count == 0 ? at_once : std::min(at_once, options_.count - handled_);
    }

    json::array poll(std::string_view wait)
    {
        const json::object body{{"max", count_wanted()}, {"wait", wait}};
        const auto answer = session_.post(path_to("poll"), body);
        const auto* deliveries = value_at(answer, "deliveries").if_array();
        return deliveries == nullptr ? json::array{} : *deliveries;
    }

    void say_connected() const
    {
        if (session_.is_json()) return;
        const auto where = options_.forward.empty() ? std::string{"shown here"}
                                                    : "forwarded to " + options_.forward;
        std::cerr << "Connected to " << session_.address().url << ": webhooks are " << where
                  << ". Ctrl-C ends it.\n";
    }

    void handle(const json::value& delivery)
    {
        ++handled_;
        LocalAnswer answer;
        if (local_) answer = forward(delivery);
        const bool is_good = !local_ || answer.is_good();
        json::object said{{"delivery", text_at(delivery, "delivery")}};
        if (answer.status != 0 && (answer.status < 200 || answer.status > 299))
            said["status"] = std::clamp(answer.status, 300U, 599U);
        else if (answer.status != 0) said["status"] = answer.status;
        if (!answer.body.empty()) said["body"] = answer.body;
        if (!answer.error.empty()) said["reason"] = answer.error;
        const json::object body{{is_good ? "acks" : "nacks", json::array{std::move(said)}}};
        show(delivery, answer);
        session_.post(path_to("ack"), body);
    }

    LocalAnswer forward(const json::value& delivery)
    {
        HubCall call{"POST", target_.path, payload_of(delivery), {}};
        call.timeout = forward_timeout;
        if (const auto* headers = value_at(delivery, "headers").if_array())
            for (const auto& header : *headers)
                call.headers.push_back(
                    {std::string{header.at(0).as_string()}, std::string{header.at(1).as_string()}});
        const auto begun = system_clock().steady_now();
        const auto reply = local_->send(std::move(call));
        LocalAnswer answer;
        answer.duration = std::chrono::round<milliseconds>(system_clock().steady_now() - begun);
        if (!reply) {
            answer.error = reply.error().message;
            return answer;
        }
        answer.status = reply->status;
        answer.body = as_text(reply->body);
        return answer;
    }

    /// The exact bytes.
    static std::string payload_of(const json::value& delivery)
    {
        const auto coded = text_at(delivery, "payload_base64");
        if (coded.empty()) return text_at(delivery, "payload");
        return decode(Encoding::base64, coded).value_or("");
    }

    /// The beginning of an answer as text that JSON can carry.
    static std::string as_text(const std::string& body)
    {
        auto text = body.substr(0, answer_bytes_max);
        for (int cut = 0; cut < 3 && !is_utf8(text) && !text.empty(); ++cut) text.pop_back();
        return as_utf8(text);
    }

    void show(const json::value& delivery, const LocalAnswer& answer)
    {
        const auto type = text_at(delivery, "event.type");
        const auto event = text_at(delivery, "event.id");
        if (session_.is_json()) {
            json::object line{{"delivery", delivery}};
            if (local_)
                line["answer"] = json::object{{"status", answer.status},
                                              {"error", answer.error},
                                              {"duration_ms", answer.duration.count()}};
            std::cout << visible(json_text::write(line)) << std::endl;
            return;
        }
        std::cout << paint(printable(type), Colour::bold, session_.terminal().colour) << "  "
                  << event << "  attempt " << cell_text(value_at(delivery, "attempt"));
        if (answer.status != 0)
            std::cout << "  → " << answer.status << ' ' << http::reason_phrase(answer.status)
                      << "  " << answer.duration.count() << " ms";
        if (!answer.error.empty())
            std::cout << "  → " << printable(answer.error)
                      << " Is the local server running? The hub tries again.";
        std::cout << std::endl;
    }

    Session& session_;
    const ListenOptions& options_;
    Target target_;
    std::unique_ptr<HubClient> local_;  ///< null: webhooks are shown only
    std::string stream_;
    std::size_t handled_ = 0;
    bool is_connected_ = false;
};

}  // namespace

void add_listen_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "listen", "Webhooks as they come, handed to a local server, until Ctrl-C");
    const auto options = std::make_shared<ListenOptions>();
    command->add_option("--forward", options->forward, "Local URL that each webhook is POSTed to");
    command->add_option("--source", options->sources, "Only from these sources");
    command->add_option("--types", options->types, "Only these types: order.made,invoice.*")
        ->delimiter(',');
    auto* subscription = command->add_option("--subscription", options->subscription,
                                             "Consume this stream instead of one of its own");
    command
        ->add_option("--dialect", options->dialect, "How webhooks are written; raw: as they came")
        ->excludes(subscription);
    command
        ->add_option("--name", options->name, "Name of the stream (listen-NAME), else this host's")
        ->excludes(subscription);
    command->add_option("--count", options->count, "End after so many webhooks");
    run_with_hub(*command, add_hub_options(*command), exit_code, [options](Session& session) {
        Listener listener{session, *options};
        listener.run();
    });
}

}  // namespace katydid::cli
