#include "hub/checks/receiver_checks.hpp"

#include "hub/config/refused_urls.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"

namespace katydid::checks {
namespace {

std::string named(const Receiver& receiver)
{
    return "\"" + receiver.name + "\" (" + receiver.url + ")";
}

std::string remedy_of(const Error& error)
{
    if (error == errc::refused) return std::string{config::egress_remedy};
    if (error == errc::resolve_failed) return "Look at the name, and at this machine's DNS.";
    if (error == errc::tls_failed)
        return "Its certificate is not trusted here, or this hub's not there: egress.ca_file names "
               "an authority of your own, an identity a client certificate.";
    if (error == errc::timed_out) return "A firewall on the way, or a receiver that hangs.";
    return "Does it run, and does a firewall let this machine through? What is sent meanwhile "
           "waits and is tried again.";
}

}  // namespace

std::vector<Receiver> receivers_of(const config::Settings& settings)
{
    std::vector<Receiver> receivers;
    for (const auto& made : settings.subscriptions)
        if (made->subscription.handler.kind == HandlerKind::endpoint)
            receivers.push_back({made->subscription.name, made->subscription.handler.url});
    return receivers;
}

Finding judge_url(const Receiver& receiver, const http::EgressPolicy& policy)
{
    const auto checked = policy.check_url(receiver.url);
    if (checked) return well("receivers", named(receiver) + " is a place that may be sent to.");
    return fault("receivers", named(receiver) + " is refused: " + checked.error().message + ".",
                 remedy_of(checked.error()));
}

Finding judge_answer(const Receiver& receiver, const result<http::ClientReply>& reply)
{
    if (!reply)
        return fault("receivers",
                     named(receiver) + " cannot be reached: " + reply.error().message + ".",
                     remedy_of(reply.error()));
    if (reply->status == 410)
        return warning("receivers", named(receiver) + " answers 410: it wants nothing any more.",
                       "A webhook that gets 410 disables its subscription: look at the URL.");
    if (reply->status == 404)
        return warning("receivers", named(receiver) + " answers 404 to HEAD.",
                       "Look at the path of the URL; a receiver may also know POST only.");
    return well("receivers",
                named(receiver) + " answers (" + std::to_string(reply->status) + " to HEAD).");
}

awaitable<ReceiverReport> check_receivers(http::Client& client, const http::EgressPolicy& policy,
                                          std::vector<Receiver> receivers, milliseconds timeout)
{
    ReceiverReport report;
    for (const auto& receiver : receivers) {
        auto judged = judge_url(receiver, policy);
        if (judged.weight != Weight::ok) {
            report.findings.push_back(std::move(judged));
            continue;
        }
        http::ClientRequest request;
        request.method = "HEAD";
        request.url = receiver.url;
        const auto reply = co_await client.send(std::move(request), Deadline::after(timeout));
        if (reply)
            if (const auto* date = find_header(reply->headers, "date"))
                report.dates.push_back(*date);
        report.findings.push_back(judge_answer(receiver, reply));
    }
    if (receivers.empty())
        report.findings.push_back(well("receivers", "No subscription is known here."));
    co_return report;
}

}  // namespace katydid::checks
