#include "hub/jobs/replay_job.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace katydid::jobs {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> names{"waiting", "running", "paused", "cancelled",
                                                "completed"};

struct TallyField {
    const char* name;
    std::uint64_t ReplayTally::* count;
};
constexpr TallyField tally_fields[] = {{"pending", &ReplayTally::pending},
                                       {"scheduled", &ReplayTally::scheduled},
                                       {"delivered", &ReplayTally::delivered},
                                       {"dead", &ReplayTally::dead},
                                       {"cancelled", &ReplayTally::cancelled}};

std::optional<JobStatus> parse_status(std::string_view text)
{
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return static_cast<JobStatus>(i);
    return std::nullopt;
}

/// Takes members out of an object that this program wrote; a member that is not as it should be
/// spoils the whole.
class Members {
public:
    explicit Members(const json::object& object) : object_{object} {}

    [[nodiscard]] bool good() const noexcept { return good_; }

    std::string text(std::string_view name)
    {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return {};
        const auto* string = value->if_string();
        good_ = good_ && string != nullptr;
        return string == nullptr ? std::string{} : std::string{*string};
    }

    std::uint64_t number(std::string_view name)
    {
        const auto* value = object_.if_contains(name);
        if (value == nullptr) return 0;
        json::error_code error;
        const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
        good_ = good_ && value->is_number() && !error;
        return number;
    }

    std::optional<Timestamp> time(std::string_view name)
    {
        const auto value = text(name);
        if (value.empty()) return std::nullopt;
        const auto time = parse_rfc3339(value);
        good_ = good_ && time.has_value();
        return time;
    }

    template <class IdType>
    std::optional<IdType> id(std::string_view name)
    {
        const auto value = text(name);
        if (value.empty()) return std::nullopt;
        const auto id = IdType::parse(value);
        good_ = good_ && id.has_value();
        return id;
    }

    std::vector<DeliveryState> states(std::string_view name)
    {
        std::vector<DeliveryState> states;
        const auto* value = object_.if_contains(name);
        const auto* array = value == nullptr ? nullptr : value->if_array();
        good_ = good_ && array != nullptr;
        for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
            const auto* word = (*array)[i].if_string();
            const auto state = word == nullptr ? std::nullopt : parse_delivery_state(*word);
            good_ = good_ && state.has_value();
            if (state) states.push_back(*state);
        }
        return states;
    }

private:
    const json::object& object_;
    bool good_ = true;
};

}  // namespace

std::string_view to_text(JobStatus status) noexcept
{
    return names[static_cast<std::size_t>(status)];
}

std::uint64_t ended(const ReplayJob& job) noexcept
{
    const auto open = job.tally.pending + job.tally.scheduled;
    return job.made_due - std::min(open, job.made_due);
}

double progress(const ReplayJob& job) noexcept
{
    if (job.status == JobStatus::completed) return 1;
    if (job.total.value_or(0) == 0) return 0;
    const auto done = static_cast<double>(ended(job) + job.skipped);
    return std::min(done / static_cast<double>(*job.total), 1.0);
}

store::Record to_record(const ReplayJob& job)
{
    const auto& query = job.query;
    json::array states;
    for (const auto state : query.states) states.emplace_back(katydid::to_text(state));
    json::object object{{"status", to_text(job.status)},
                        {"states", std::move(states)},
                        {"made_due", job.made_due},
                        {"skipped", job.skipped},
                        {"all_due", job.all_due ? 1 : 0},
                        {"created_at", to_rfc3339(job.created_at)},
                        {"updated_at", to_rfc3339(job.updated_at)},
                        {"error", job.error}};
    if (query.subscription) object["subscription"] = query.subscription->to_string();
    if (query.event) object["event"] = query.event->to_string();
    if (query.since) object["since"] = to_rfc3339(*query.since);
    if (query.until) object["until"] = to_rfc3339(*query.until);
    if (query.status) object["answer"] = *query.status;
    if (job.total) object["total"] = *job.total;
    for (const auto& [name, count] : tally_fields) object[name] = job.tally.*count;
    if (query.cursor) object["cursor"] = query.cursor->to_string();
    store::Record record;
    record.is_setting = false;
    record.tenant = job.tenant;
    record.kind = job_kind;
    record.id = job.id.to_string();
    record.json = json::serialize(object);
    record.version = job.version + 1;
    record.updated_at = job.updated_at;
    return record;
}

std::optional<ReplayJob> read_job(const store::Record& record)
{
    json::error_code error;
    const auto value = json::parse(record.json, error);
    const auto id = JobId::parse(record.id);
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr || !id) return std::nullopt;
    Members members{*object};
    const auto status = parse_status(members.text("status"));
    ReplayJob job;
    job.tenant = record.tenant;
    job.id = *id;
    job.status = status.value_or(JobStatus::paused);
    job.query.tenant = record.tenant;
    job.query.states = members.states("states");
    job.query.subscription = members.id<SubscriptionId>("subscription");
    job.query.event = members.id<EventId>("event");
    job.query.since = members.time("since");
    job.query.until = members.time("until");
    if (object->contains("answer"))
        job.query.status = static_cast<unsigned>(members.number("answer"));
    job.query.cursor = members.id<DeliveryId>("cursor");
    job.query.ascending = true;
    if (object->contains("total")) job.total = members.number("total");
    job.made_due = members.number("made_due");
    job.skipped = members.number("skipped");
    job.all_due = members.number("all_due") != 0;
    for (const auto& [name, count] : tally_fields) job.tally.*count = members.number(name);
    job.created_at = members.time("created_at").value_or(Timestamp{});
    job.updated_at = members.time("updated_at").value_or(Timestamp{});
    job.error = members.text("error");
    job.version = record.version;
    if (!members.good() || !status) return std::nullopt;
    return job;
}

}  // namespace katydid::jobs
