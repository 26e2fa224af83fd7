#include "hub/cli/listen/stream_consumer.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/core/codec/percent.hpp"

#include <boost/json.hpp>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view subscriptions = "/v1/subscriptions";
constexpr std::string_view timeout_text = "60s";
constexpr std::string_view kept_text = "7d";
constexpr std::chrono::hours kept_for{24 * 7};
constexpr std::chrono::hours renewal{12};
constexpr std::size_t held_max = 1'000;
constexpr int pause_min_ms = 200;
constexpr int pause_max_ms = 1'200;  ///< a hub that is back has its consumer within 2 s
constexpr std::uint16_t key_not_good = 4401;
constexpr std::uint16_t subscription_gone = 4403;

/// Thrown inside of attend() for what another attempt may fix.
struct Trouble {
    std::string sentence;
};

std::string text_at(const json::value& value, std::string_view path)
{
    const auto* text = value_at(value, path).if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

json::array list(const std::vector<std::string>& texts)
{
    json::array array;
    for (const auto& text : texts) array.emplace_back(text);
    return array;
}

std::string not_reached_sentence(const HubAddress& address, const Error& error)
{
    return "the hub at " + address.url + " cannot be reached: " + error.message + "."
           + remedy_of(address, error);
}

}  // namespace

StreamConsumer::StreamConsumer(asio::any_io_executor executor, HubAddress address, Options options,
                               Callbacks callbacks)
    : executor_{executor},
      options_{std::move(options)},
      callbacks_{std::move(callbacks)},
      caller_{executor, std::move(address)}
{}

awaitable<void> StreamConsumer::run()
{
    while (!stop_.is_set()) {
        std::string sentence;
        try {
            sentence = co_await attend();
        } catch (const Trouble& trouble) {
            sentence = trouble.sentence;
        }
        socket_.reset();
        in_hand_.clear();
        if (stop_.is_set()) break;
        callbacks_.on_trouble(std::move(sentence));
        std::uniform_int_distribution<int> any{pause_min_ms, pause_max_ms};
        const auto until = system_clock().steady_now() + milliseconds{any(random_)};
        co_await stop_.wait(until);
    }
    caller_.close();
}

void StreamConsumer::stop()
{
    stop_.set();
    if (socket_) socket_->close();
}

awaitable<HubAnswer> StreamConsumer::ask(const char* method, std::string path, json::object body)
{
    HubCall call{method, std::move(path), body.empty() ? std::string{} : json::serialize(body), {}};
    auto answer = co_await caller_.send(std::move(call));
    if (!answer) {
        if (answer.error() == errc::invalid_argument)
            throw CommandEnd{wrong_usage, answer.error().message};
        throw Trouble{not_reached_sentence(caller_.address(), answer.error())};
    }
    co_return std::move(*answer);
}

/// What is to be done about a refusal: throws what ends the command, or returns what to wait for.
std::string StreamConsumer::not_admitted(const HubAnswer& answer)
{
    auto sentence = sentence_of(answer);
    if (answer.status == 401) {
        auto key = callbacks_.ask_key ? callbacks_.ask_key("the hub does not accept the API key")
                                      : std::string{};
        if (key.empty()) throw CommandEnd{wrong_usage, std::move(sentence)};
        caller_.use_key(std::move(key));
        return "the API key was changed";
    }
    const auto code = exit_code_of(answer.status);
    if (code != not_reached) throw CommandEnd{code, std::move(sentence)};
    return sentence;
}

json::object StreamConsumer::wishes() const
{
    json::object body;
    body["sources"] = list(options_.sources);
    body["event_types"] = options_.types.empty() ? json::array{json::value("*")}
                                                 : list(options_.types);
    body["handler"] = json::object{{"kind", "stream"}};
    body["dialect"] = options_.dialect;
    body["timeout"] = timeout_text;
    body["retry"] = json::object{{"age_max", kept_text}};
    body["expires_at"] = to_rfc3339(system_clock().now() + kept_for);
    return body;
}

/// The subscription's id: the one that was named, or one of our own, made or taken up again.
awaitable<std::string> StreamConsumer::take_up()
{
    const bool is_own = options_.subscription.empty();
    const std::string path{subscriptions};
    const auto& name = is_own ? options_.name : options_.subscription;
    if (is_own) {
        auto body = wishes();
        body["name"] = name;
        const auto made = co_await ask("POST", path, std::move(body));
        if (made.status == 201) co_return text_at(made.json, "id");
        if (made.status != 409) throw Trouble{not_admitted(made)};
    }
    auto of_name = path + "/" + percent_encode(name);
    json::object no_body;
    const auto found = co_await ask("GET", std::move(of_name), std::move(no_body));
    if (found.status != 200) throw Trouble{not_admitted(found)};
    auto id = text_at(found.json, "id");
    if (!is_own) co_return id;
    // One with an end was made by listen. Another one's handler and place are not for it to change.
    const bool was_made_here = text_at(found.json, "handler.kind") == "stream"
                               && !text_at(found.json, "expires_at").empty();
    if (!was_made_here)
        throw CommandEnd{wrong_usage, "there is a subscription " + printable(name)
                                          + " that listen has not made: choose another --name"};
    auto body = wishes();
    body["status"] = "active";
    auto of_id = path + "/" + percent_encode(id);
    const auto changed = co_await ask("PATCH", std::move(of_id), std::move(body));
    if (exit_code_of(changed.status) != done) throw Trouble{not_admitted(changed)};
    co_return id;
}

/// Its place is kept for longer while it is connected.
awaitable<void> StreamConsumer::renew()
{
    while (options_.subscription.empty()) {
        const auto until = system_clock().steady_now() + renewal;
        const bool is_over = co_await stop_.wait(until);
        if (is_over) break;
        if (!socket_) continue;
        const json::object body{{"expires_at", to_rfc3339(system_clock().now() + kept_for)}};
        HubCall call{"PATCH",
                     std::string{subscriptions} + "/" + percent_encode(options_.name),
                     json::serialize(body),
                     {}};
        co_await caller_.send(std::move(call));
    }
}

awaitable<std::string> StreamConsumer::attend()
{
    const auto id = co_await take_up();
    auto socket = std::make_unique<HubSocket>(executor_, caller_.address());
    auto path = std::string{subscriptions} + "/" + percent_encode(id)
                + "/consume?credit=" + std::to_string(options_.credit);
    std::string protocol = "katydid.v1";
    const auto opened = co_await socket->open(std::move(path), std::move(protocol));
    if (opened.error) co_return not_reached_sentence(caller_.address(), *opened.error);
    if (opened.refusal) co_return not_admitted(*opened.refusal);
    socket_ = std::move(socket);
    if (stop_.is_set()) socket_->close();
    if (is_paused_) say_credit();
    while (true) {
        const auto text = co_await socket_->read();
        if (!text) break;
        hear(*text);
    }
    co_return ended(*socket_);
}

void StreamConsumer::hear(const std::string& text)
{
    json::error_code error;
    const auto frame = json::parse(text, error);
    const auto type = text_at(frame, "type");
    if (type == "hello") callbacks_.on_connected();
    if (type == "revoked") in_hand_.erase(text_at(frame, "delivery"));
    if (type != "delivery") return;
    const auto delivery = text_at(frame, "delivery");
    if (const auto answered = held_.extract(delivery)) {
        socket_->say(answered.mapped());
        return;
    }
    in_hand_.insert(delivery);
    callbacks_.on_delivery(frame);
}

std::string StreamConsumer::ended(const HubSocket& socket)
{
    const auto reason = socket.close_reason();
    if (socket.close_code() == key_not_good) {
        HubAnswer refusal;
        refusal.status = 401;
        refusal.json = json::object{{"detail", "The hub ended the connection: " + reason + "."}};
        return not_admitted(refusal);
    }
    if (socket.close_code() == subscription_gone && !options_.subscription.empty())
        throw CommandEnd{answer_is_no, "the subscription " + options_.subscription
                                           + " cannot be consumed any more: " + reason};
    if (!reason.empty()) return "the hub ended the connection: " + reason + ".";
    return "the connection to the hub has ended.";
}

void StreamConsumer::answer(const std::string& delivery, bool is_good, json::object members)
{
    members["type"] = is_good ? "ack" : "nack";
    members["delivery"] = delivery;
    auto text = json::serialize(members);
    const bool is_in_hand = in_hand_.erase(delivery) > 0;
    // One that was taken back while connected is tried again: its failure says nothing of that.
    if (socket_ && !is_in_hand && !is_good) return;
    if (socket_ && is_in_hand) socket_->say(std::move(text));
    else if (held_.size() < held_max) held_[delivery] = std::move(text);
}

void StreamConsumer::pause(bool is_paused)
{
    is_paused_ = is_paused;
    if (socket_) say_credit();
}

void StreamConsumer::say_credit()
{
    const auto count = is_paused_ ? 0U : options_.credit;
    socket_->say(json::serialize(json::object{{"type", "credit"}, {"count", count}}));
}

}  // namespace katydid::cli
