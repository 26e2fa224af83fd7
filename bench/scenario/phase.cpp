#include "bench/scenario/phase.hpp"

#include <boost/json/array.hpp>

#include <cmath>

namespace katydid::bench {

namespace {

namespace json = boost::json;

double microseconds_of(nanoseconds value)
{
    return std::round(static_cast<double>(value.count()) / 100) / 10;
}
double seconds_of(nanoseconds value) { return std::chrono::duration<double>(value).count(); }
double megabytes_of(std::uint64_t bytes)
{
    return std::round(static_cast<double>(bytes) / 104857.6) / 10;
}
double rounded(double value) { return std::round(value * 1000) / 1000; }

json::object to_json(const TimelinePoint& point)
{
    return {{"at", rounded(point.at)},
            {"accepted", std::round(point.accepted)},
            {"delivered", std::round(point.delivered)},
            {"p50_us", point.p50_us},
            {"p99_us", point.p99_us},
            {"max_us", point.max_us},
            {"end_to_end_p99_us", point.end_to_end_p99_us},
            {"target_cpu", rounded(point.target_cpu)},
            {"target_rss_mb", point.target_rss_mb},
            {"own_cpu", rounded(point.own_cpu)}};
}

json::object resources_of(const Phase& phase)
{
    const auto cpu = phase.usage_after.cpu - phase.usage_before.cpu;
    const auto events = static_cast<double>(std::max<std::uint64_t>(phase.load.accepted, 1));
    return {{"target_cpu_seconds", rounded(seconds_of(cpu))},
            {"target_cores", rounded(phase.target_cores())},
            {"target_cpu_us_per_event",
             std::round(static_cast<double>(cpu.count()) / events / 100) / 10},
            {"target_rss_mb", megabytes_of(phase.usage_after.rss_bytes)},
            {"target_rss_peak_mb", megabytes_of(phase.usage_after.rss_peak_bytes)},
            {"target_written_mb",
             megabytes_of(phase.usage_after.written_bytes - phase.usage_before.written_bytes)},
            {"own_cpu_seconds", rounded(seconds_of(phase.load.own_cpu))},
            {"others_cpu_seconds", rounded(seconds_of(phase.others))},
            {"stolen_ms", phase.stolen / 1ms}};
}

}  // namespace

double Phase::target_cores() const noexcept
{
    const auto seconds = seconds_of(wall);
    return seconds > 0 ? seconds_of(usage_after.cpu - usage_before.cpu) / seconds : 0;
}

std::string Phase::disturbance() const
{
    auto text = load.bottleneck;
    const auto share = seconds_of(others + stolen) / std::max(seconds_of(wall), 1e-9);
    if (share > 0.15)
        text += (text.empty() ? "" : "; ") + std::string{"other work took "}
                + std::to_string(static_cast<int>(share * 100)) + " % of a core meanwhile";
    return text;
}

json::object to_json(const Histogram& histogram)
{
    return {{"count", histogram.count()},
            {"mean_us", microseconds_of(histogram.mean())},
            {"p50_us", microseconds_of(histogram.percentile(50))},
            {"p90_us", microseconds_of(histogram.percentile(90))},
            {"p99_us", microseconds_of(histogram.percentile(99))},
            {"p999_us", microseconds_of(histogram.percentile(99.9))},
            {"max_us", microseconds_of(histogram.max())}};
}

json::object to_json(const Tally& tally)
{
    return {{"accepted", tally.accepted},     {"expected", tally.expected},
            {"delivered", tally.delivered},   {"missing", tally.missing},
            {"duplicates", tally.duplicates}, {"id_changed", tally.id_changed},
            {"unexpected", tally.unexpected}, {"bad_signatures", tally.bad_signatures},
            {"unaccepted", tally.unaccepted}, {"correct", tally.is_correct()}};
}

json::object to_json(const Phase& phase)
{
    json::object statuses;
    for (const auto& [status, count] : phase.load.statuses)
        statuses[std::to_string(status)] = count;
    json::array timeline;
    for (const auto& point : phase.timeline) timeline.push_back(to_json(point));
    json::object made{{"name", phase.name},
                      {"loop", phase.intended_per_second > 0 ? "open" : "closed"},
                      {"intended_per_second", phase.intended_per_second},
                      {"connections", phase.connections},
                      {"body_bytes", phase.body_bytes},
                      {"seconds", rounded(seconds_of(phase.wall))},
                      {"accepted_per_second", std::round(phase.load.per_second())},
                      {"latency", to_json(phase.load.latency)},
                      {"sent", phase.load.sent},
                      {"statuses", statuses},
                      {"failures", phase.load.failures},
                      {"unanswered", phase.load.unanswered},
                      {"never_sent", phase.load.never_sent},
                      {"lateness", to_json(phase.load.lateness)}};
    if (phase.receives) {
        made["delivered_per_second"] = std::round(phase.delivered_per_second);
        made["end_to_end"] = to_json(phase.end_to_end);
        made["after_acceptance"] = to_json(phase.after_acceptance);
        made["tally"] = to_json(phase.tally);
    }
    made["resources"] = resources_of(phase);
    made["disturbance"] = phase.disturbance();
    made["timeline"] = std::move(timeline);
    return made;
}

std::string find_fault(const Phase& phase)
{
    const auto& tally = phase.tally;
    std::string fault;
    const auto add = [&](std::uint64_t count, const char* what) {
        if (count > 0) fault += (fault.empty() ? "" : ", ") + std::to_string(count) + ' ' + what;
    };
    if (phase.receives) {
        add(tally.missing, "deliveries missing");
        add(tally.unexpected, "deliveries unexpected");
        add(tally.id_changed, "webhook-ids changed");
        add(tally.bad_signatures, "bad signatures");
    }
    for (const auto& [status, count] : phase.load.statuses)
        if (status < 200 || status > 299) add(count, ("answers " + std::to_string(status)).c_str());
    add(phase.load.failures, "connections failed");
    add(phase.load.unanswered, "requests unanswered");
    if (phase.load.accepted == 0)
        fault += fault.empty() ? "nothing was accepted" : "; nothing was accepted";
    return fault.empty() ? "" : phase.name + ": " + fault;
}

}  // namespace katydid::bench
