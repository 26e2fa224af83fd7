#include "hub/cli/client/deliveries.hpp"

#include "hub/cli/terminal/progress.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/codec/percent.hpp"

#include <csignal>
#include <iostream>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr milliseconds look_again{200};
constexpr Column delivery_columns[] = {{"DELIVERY", "id"},
                                       {"SUBSCRIPTION", "subscription"},
                                       {"STATE", "state"},
                                       {"ATTEMPTS", "attempts"},
                                       {"REASON", "reason", Show::reason}};
volatile std::sig_atomic_t interrupts = 0;

/// Ctrl-C is noted instead of an end, once: what waits can say how to go on. A second one ends the
/// program.
class Interruption {
public:
    Interruption()
    {
        interrupts = 0;
        struct sigaction action{};
        action.sa_handler = [](int) { interrupts = 1; };
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigaction(SIGINT, &action, &before_);
    }
    ~Interruption() { ::sigaction(SIGINT, &before_, nullptr); }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// Throws CommandEnd with the sentence, after Ctrl-C.
    static void check(ProgressBar& bar, const std::string& sentence)
    {
        if (interrupts == 0) return;
        bar.end();
        throw CommandEnd{interrupted, sentence};
    }

private:
    struct sigaction before_{};
};

std::string text_at(const json::value& value, std::string_view path)
{
    const auto* text = value_at(value, path).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

std::uint64_t number_at(const json::value& value, std::string_view path)
{
    const auto& number = value_at(value, path);
    if (const auto* natural = number.if_uint64()) return *natural;
    const auto* integer = number.if_int64();
    return integer == nullptr || *integer < 0 ? 0 : static_cast<std::uint64_t>(*integer);
}

/// Delivered of all that match, and why others may be missing.
Progress progress_of(const json::value& job)
{
    Progress progress{number_at(job, "delivered"), {}};
    const auto& part = value_at(job, "progress");
    if (part.is_number()) progress.part = part.to_number<double>();
    if (value_at(job, "total").is_number()) progress.total = number_at(job, "total");
    progress.note = "delivered";
    for (const auto& [member, word] : {std::pair{"dead", " dead"}, {"retrying", " to be retried"}})
        if (const auto count = number_at(job, member); count > 0)
            progress.note += ", " + std::to_string(count) + word;
    return progress;
}

}  // namespace

bool has_ended(const json::value& delivery)
{
    const auto state = text_at(delivery, "state");
    return state == "delivered" || state == "dead" || state == "cancelled";
}

void await_deliveries(Session& session, const std::string& event, milliseconds wait)
{
    const auto end = system_clock().steady_now() + wait;
    const Interruption interruption;
    ProgressBar bar{"delivering", session.terminal(), std::cerr};
    for (;;) {
        Interruption::check(bar, "the hub goes on to deliver: katydid deliveries list --event "
                                     + event + " says how far it is");
        auto rows = session.list("/v1/deliveries", Query{}.add("event", event), 1'000);
        std::size_t ended = 0;
        std::size_t arrived = 0;
        for (const auto& row : rows) {
            ended += has_ended(row) ? 1 : 0;
            arrived += text_at(row, "state") == "delivered" ? 1 : 0;
        }
        bar.show({ended, rows.size()});
        const bool is_late = system_clock().steady_now() >= end;
        if (ended < rows.size() && !is_late) {
            session.pause(look_again);
            continue;
        }
        bar.end();
        session.name_ids(rows, "subscription", "/v1/subscriptions");
        session.print(rows, delivery_columns);
        if (arrived == rows.size()) return;
        throw CommandEnd{answer_is_no,
                         std::to_string(rows.size() - arrived) + " of "
                             + std::to_string(rows.size()) + " deliveries "
                             + (is_late ? "had not arrived in time" : "did not arrive")};
    }
}

void await_job(Session& session, const std::string& job)
{
    const Interruption interruption;
    ProgressBar bar{"replaying", session.terminal(), std::cerr};
    for (;;) {
        Interruption::check(bar, "the hub goes on with " + job + ": katydid replay wait " + job
                                     + " follows it, katydid replay cancel " + job + " ends it");
        const auto state = session.get("/v1/replay-jobs/" + percent_encode(job));
        const auto status = text_at(state, "status");
        bar.show(progress_of(state));
        if (status == "waiting" || status == "running") {
            session.pause(look_again);
            continue;
        }
        bar.end();
        session.print(state);
        if (status != "completed") {
            const auto reason = text_at(state, "error");
            throw CommandEnd{answer_is_no, "the replay job is " + status
                                               + (reason.empty() ? "" : ": " + printable(reason))};
        }
        const auto delivered = number_at(state, "delivered");
        const auto made_due = number_at(state, "made_due");
        if (delivered >= made_due) return;
        throw CommandEnd{answer_is_no, std::to_string(made_due - delivered) + " of "
                                           + std::to_string(made_due)
                                           + " deliveries did not arrive"};
    }
}

}  // namespace katydid::cli
