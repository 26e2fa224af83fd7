// katydid tail: events as they come, and what becomes of them.
#include "hub/cli/client/deliveries.hpp"

#include "hub/core/clock.hpp"
#include "hub/core/visible.hpp"

#include <boost/json/serialize.hpp>

#include <iostream>
#include <list>
#include <map>
#include <optional>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t followed_max = 200;  ///< events whose deliveries are watched
constexpr std::string_view long_wait = "20s";
constexpr std::string_view short_wait = "1s";  ///< while deliveries are on their way
constexpr milliseconds reconnect_pause{1'000};

struct TailOptions {
    std::string type;
    std::string source;
    std::string after;
    std::string for_time;
    std::size_t count = 0;
    bool no_deliveries = false;
};

std::string text_at(const json::value& value, std::string_view path)
{
    const auto* text = value_at(value, path).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

/// Follows a hub. It asks for what came after the last event it saw, so that a pause of the
/// connection, or of the hub, loses nothing.
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
        while (!is_over()) {
            try {
                step();
            } catch (const CommandEnd& end) {
                if (end.code != not_reached) throw;
                std::cerr << "katydid tail: " << end.sentence << " Trying again.\n";
                session_.pause(reconnect_pause);
            }
        }
    }

private:
    struct Followed {
        std::string event;
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

    void step()
    {
        if (has_enough()) session_.pause(milliseconds{200});
        else fetch_events();
        look_at_deliveries();
        std::cout.flush();
    }

    void fetch_events()
    {
        const bool is_busy = !followed_.empty() || end_.has_value();
        Query query;
        query.add("order", "asc")
            .add("after", after_)
            .add("wait", is_busy ? short_wait : long_wait);
        query.add("type", options_.type).add("source", options_.source);
        const auto page = session_.get("/v1/events" + query.text());
        const auto* rows = value_at(page, "data").if_array();
        if (rows != nullptr)
            for (const auto& row : *rows)
                if (!has_enough()) show_event(row);
    }

    void show_event(const json::value& row)
    {
        ++shown_;
        after_ = text_at(row, "id");
        if (session_.is_json()) write_json("event", row);
        else
            std::cout << cell_text(value_at(row, "received_at")) << "  "
                      << paint(cell_text(value_at(row, "type")), Colour::bold,
                               session_.terminal().colour)
                      << "  " << printable(after_) << "  from "
                      << cell_text(value_at(row, "source")) << '\n';
        if (options_.no_deliveries) return;
        if (followed_.size() == followed_max) followed_.pop_front();
        followed_.push_back({after_, {}});
    }

    void look_at_deliveries()
    {
        for (auto it = followed_.begin(); it != followed_.end();) {
            const bool is_settled = look_at(*it);
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
            if (known != state) show_delivery(row);
            known = state;
            all_ended = all_ended && has_ended(row);
        }
        return all_ended;
    }

    void show_delivery(const json::value& row)
    {
        if (session_.is_json()) return write_json("delivery", row);
        const auto state = text_at(row, "state");
        std::cout << "    " << paint(printable(state), colour_of(state), session_.terminal().colour)
                  << "  " << cell_text(value_at(row, "id")) << "  to "
                  << cell_text(value_at(row, "subscription")) << "  attempts "
                  << cell_text(value_at(row, "attempts"));
        const auto reason = text_at(row, "reason");
        if (!reason.empty()) std::cout << "  " << printable(reason);
        std::cout << '\n';
    }

    static void write_json(const char* what, const json::value& row)
    {
        std::cout << visible(json::serialize(json::object{{what, row}})) << '\n';
    }

    Session& session_;
    const TailOptions& options_;
    std::string after_;
    std::optional<SteadyTime> end_;
    std::size_t shown_ = 0;
    std::list<Followed> followed_;
};

}  // namespace

void add_tail_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "tail", "Follow events and their deliveries as they come, until Ctrl-C");
    const auto options = std::make_shared<TailOptions>();
    command->add_option("--type", options->type, "Only these: exact, or prefix.*");
    command->add_option("--source", options->source, "Only from this source");
    command->add_option("--after", options->after, "Begin after this event (evt_…), else now");
    command->add_option("--count", options->count, "End after so many events and their deliveries");
    command->add_option("--for", options->for_time, "End after that time")->type_name("DURATION");
    command->add_flag("--no-deliveries", options->no_deliveries, "Events only");
    run_with_hub(*command, add_hub_options(*command), exit_code, [options](Session& session) {
        Tail tail{session, *options};
        tail.run();
    });
}

}  // namespace katydid::cli
