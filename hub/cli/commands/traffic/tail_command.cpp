// katydid tail: events as they come, and what becomes of them.
#include "hub/cli/client/deliveries.hpp"
#include "hub/cli/client/hub_socket.hpp"

#include "hub/core/clock.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/text/visible.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <iostream>
#include <list>
#include <map>
#include <optional>

namespace katydid::cli {
namespace tail_command {
namespace {

namespace json = boost::json;

constexpr std::size_t followed_max = 200;  ///< events whose deliveries are watched
constexpr std::size_t payload_bytes_max = 1'000;
constexpr std::size_t events_shown_max = 1'000'000'000;
constexpr milliseconds reconnect_pause{1'000};

struct TailOptions {
    std::string type;
    std::string source;
    std::string after;
    std::string for_time;
    std::size_t count = 0;
    bool no_deliveries = false;
    bool no_payload = false;
    bool attempts = false;
};

std::string text_at(const json::value& value, std::string_view path)
{
    const auto* text = value_at(value, path).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

/// Follows the hub's feed. It asks for what came after the last event it saw, so that a pause of
/// the connection, or of the hub, loses nothing.
class Tail {
public:
    Tail(Session& session, const TailOptions& options) : session_{session}, options_{options}
    {
        after_ = options_.after;
        if (after_.empty()) after_ = newest();
        if (options_.for_time.empty()) return;
        const auto time = parse_duration(options_.for_time);
        if (!time) throw CommandEnd{wrong_usage, "--for takes a duration such as 30s"};
        end_ = system_clock().steady_now() + *time;
    }

    void run()
    {
        std::exception_ptr failure;
        bool ended = false;
        asio::co_spawn(loop_, follow(), [&](std::exception_ptr thrown) {
            failure = std::move(thrown);
            ended = true;
        });
        if (end_) {
            timer_.expires_at(*end_);
            timer_.async_wait([this](const boost::system::error_code&) {
                if (socket_) socket_->cut();
            });
        }
        while (!ended && loop_.run_one() > 0) {}
        if (failure) std::rethrow_exception(failure);
    }

private:
    struct Followed {
        std::string event;
        std::string type;
        std::map<std::string, std::string> seen;  ///< delivery → state and attempts
    };

    bool is_over() const
    {
        if (end_ && system_clock().steady_now() >= *end_) return true;
        return options_.count > 0 && shown_ >= options_.count && followed_.empty();
    }

    bool has_enough() const { return options_.count > 0 && shown_ >= options_.count; }

    std::string newest()
    {
        const auto rows = session_.list("/v1/events", {}, 1);
        return rows.empty() ? std::string{} : text_at(rows.front(), "id");
    }

    awaitable<void> follow()
    {
        while (!is_over()) {
            std::string trouble;
            try {
                trouble = co_await attend();
            } catch (const CommandEnd& end) {
                if (end.code != not_reached) throw;
                trouble = end.sentence;
            }
            socket_.reset();
            if (is_over()) break;
            say_trouble(std::move(trouble));
            session_.pause(reconnect_pause);
        }
    }

    /// Each trouble once, however often it is tried again.
    void say_trouble(std::string trouble)
    {
        if (trouble != trouble_)
            std::cerr << "katydid tail: " << printable(trouble) << " Trying again." << std::endl;
        trouble_ = std::move(trouble);
    }

    /// One connection to the feed. Returns why it ended.
    awaitable<std::string> attend()
    {
        socket_ = std::make_unique<HubSocket>(loop_.get_executor(), session_.address());
        Query query;
        query.add("types", options_.type).add("sources", options_.source).add("after", after_);
        std::string include = options_.no_deliveries ? "" : "deliveries";
        if (options_.attempts) include += include.empty() ? "attempts" : ",attempts";
        query.add("include", include);
        auto path = "/v1/feed" + query.text();
        std::string protocol = "katydid.feed.v1";
        const auto opened = co_await socket_->open(std::move(path), std::move(protocol));
        if (opened.error)
            co_return "the hub at " + session_.address().url + " cannot be reached: "
                + opened.error->message + "." + remedy_of(session_.address(), *opened.error);
        if (opened.refusal)
            throw CommandEnd{exit_code_of(opened.refusal->status), sentence_of(*opened.refusal)};
        if (!trouble_.empty()) std::cerr << "katydid tail: connected again." << std::endl;
        trouble_.clear();
        look_at_deliveries();
        while (!is_over()) {
            const auto text = co_await socket_->read();
            if (!text) break;
            hear(*text);
            std::cout.flush();
        }
        const auto reason = socket_->close_reason();
        co_return reason.empty() ? "the connection to the hub has ended."
                                 : "the hub ended the connection: " + reason + ".";
    }

    void hear(const std::string& text)
    {
        json::error_code error;
        const auto frame = json::parse(text, error);
        const auto type = text_at(frame, "type");
        if (type == "event" && !has_enough()) show_event(value_at(frame, "event"));
        if (type == "attempt") show_attempt(frame);
        if (type == "gap") look_at_deliveries();
        if (type == "delivery" && text_at(frame, "state") != "in_flight")
            look_at_deliveries(text_at(frame, "event"));
    }

    void show_attempt(const json::value& frame)
    {
        const auto event = text_at(frame, "event");
        const auto followed = std::ranges::find(followed_, event, &Followed::event);
        if (followed == followed_.end()) return;
        if (session_.is_json()) return write_json("attempt", frame);
        if (head_ != event) write_head(followed->type, event, "again:");
        const auto& status = value_at(frame, "attempt.status");
        std::cout << "    attempt  to " << name_of(text_at(frame, "subscription")) << "  "
                  << (status.is_null() ? cell_text(value_at(frame, "attempt.error"))
                                       : "status " + cell_text(status))
                  << "  " << cell_text(value_at(frame, "attempt.duration_ms")) << " ms\n";
    }

    void show_event(const json::value& row)
    {
        ++shown_;
        after_ = text_at(row, "id");
        const auto type = cell_text(value_at(row, "type"));
        if (session_.is_json()) write_json("event", row);
        else {
            write_head(type, after_,
                       cell_text(value_at(row, "received_at")) + "  from "
                           + cell_text(value_at(row, "source")));
            if (!options_.no_payload) show_payload();
        }
        if (options_.no_deliveries) return;
        if (followed_.size() == followed_max) followed_.pop_front();
        followed_.push_back({after_, type, {}});
        look_at_deliveries(after_);
    }

    /// The line that what follows belongs to.
    void write_head(const std::string& type, const std::string& event, const std::string& rest)
    {
        std::cout << paint(type, Colour::bold, session_.terminal().colour) << "  "
                  << printable(event) << "  " << rest << '\n';
        head_ = event;
    }

    /// Its first line, as much as has room.
    void show_payload()
    {
        const auto answer = session_.ask(
            {"GET", "/v1/events/" + percent_encode(after_) + "/payload", {}, {}});
        if (answer.status != 200) return;
        auto line = answer.body;
        std::ranges::replace(line, '\n', ' ');
        line.resize(std::min(line.size(), payload_bytes_max));
        std::cout << "    " << fit(printable(line), session_.terminal().columns - 4) << '\n';
    }

    /// \param event  only of this one; empty: of all that are followed
    void look_at_deliveries(const std::string& event = {})
    {
        for (auto it = followed_.begin(); it != followed_.end();) {
            const bool is_meant = event.empty() || it->event == event;
            const bool is_settled = is_meant && look_at(*it);
            it = is_settled ? followed_.erase(it) : std::next(it);
        }
    }

    /// True when nothing more can come of it.
    bool look_at(Followed& followed)
    {
        const auto rows = session_.list("/v1/deliveries", Query{}.add("event", followed.event),
                                        250);
        bool all_ended = true;
        for (const auto& row : rows) {
            auto& known = followed.seen[text_at(row, "id")];
            const auto state = text_at(row, "state") + cell_text(value_at(row, "attempts"));
            if (known != state) show_delivery(followed, row);
            known = state;
            all_ended = all_ended && has_ended(row);
        }
        return all_ended;
    }

    void show_delivery(const Followed& followed, const json::value& row)
    {
        if (session_.is_json()) return write_json("delivery", row);
        // Other events may have come in between.
        if (head_ != followed.event) write_head(followed.type, followed.event, "again:");
        const auto state = text_at(row, "state");
        const auto attempts = cell_text(value_at(row, "attempts"));
        std::cout << "    " << paint(printable(state), colour_of(state), session_.terminal().colour)
                  << "  to " << name_of(text_at(row, "subscription")) << "  attempts " << attempts;
        if (attempts != "0") show_answer(row);
        std::cout << '\n';
        const auto reason = text_at(row, "reason");
        if (!reason.empty()) std::cout << "        " << printable(reason) << '\n';
    }

    /// What the last attempt came to.
    void show_answer(const json::value& row)
    {
        const auto rows = session_.list(
            "/v1/deliveries/" + percent_encode(text_at(row, "id")) + "/attempts", {}, 1'000);
        if (rows.empty()) return;
        const auto& status = value_at(rows.back(), "status");
        if (!status.is_null()) std::cout << "  status " << cell_text(status);
        std::cout << "  " << cell_text(value_at(rows.back(), "duration_ms")) << " ms";
        const auto due = parse_rfc3339(text_at(row, "due_at"));
        if (due && text_at(row, "state") == "scheduled")
            std::cout << "  next " << relative_time(*due, system_clock().now());
    }

    /// The subscription's name, where the key may read it.
    const std::string& name_of(const std::string& id)
    {
        auto& name = names_[id];
        if (!name.empty()) return name;
        const auto answer = session_.ask(
            {"GET", "/v1/subscriptions/" + percent_encode(id), {}, {}});
        name = printable(answer.status == 200 ? text_at(answer.json, "name") : id);
        return name;
    }

    static void write_json(const char* what, const json::value& row)
    {
        std::cout << visible(json_text::write(json::object{{what, row}})) << '\n';
    }

    Session& session_;
    const TailOptions& options_;
    std::string after_;
    std::optional<SteadyTime> end_;
    std::size_t shown_ = 0;
    std::list<Followed> followed_;
    std::string trouble_;  ///< that was said, and is not over
    std::string head_;     ///< the event whose lines are being written
    std::map<std::string, std::string> names_;
    asio::io_context loop_{1};
    asio::steady_timer timer_{loop_};
    std::unique_ptr<HubSocket> socket_;  ///< while it is open
};

}  // namespace
}  // namespace tail_command

void add_tail_command(CLI::App& app, int& exit_code)
{
    using namespace tail_command;
    auto* command = app.add_subcommand(
        "tail", "Follow events and their deliveries as they come, until Ctrl-C");
    const auto options = std::make_shared<TailOptions>();
    command->add_option("--type", options->type, "Only these: exact, or prefix.*");
    command->add_option("--source", options->source, "Only from this source");
    command->add_option("--after", options->after, "Begin after this event (evt_…), else now");
    command->add_option("--count", options->count, "End after so many events and their deliveries")
        ->check(CLI::Range(std::size_t{1}, events_shown_max));
    command->add_option("--for", options->for_time, "End after that time")->type_name("DURATION");
    command->add_flag("--no-deliveries", options->no_deliveries, "Events only");
    command->add_flag("--attempts", options->attempts, "Each attempt as well");
    command->add_flag("--no-payload", options->no_payload, "Without the beginning of payloads");
    run_with_hub(*command, add_hub_options(*command), exit_code, [options](Session& session) {
        Tail tail{session, *options};
        tail.run();
    });
}

}  // namespace katydid::cli
