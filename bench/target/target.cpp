#include "bench/target/target.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace katydid::bench {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

std::string read_file(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool is_expected(const CallTemplate& call, unsigned status)
{
    return call.expect != 0 ? status == call.expect : status >= 200 && status < 300;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void set_in(Variables& variables, const std::string& name, std::string value)
{
    for (auto& [known, text] : variables)
        if (known == name) {
            text = std::move(value);
            return;
        }
    variables.emplace_back(name, std::move(value));
}

std::string text_of(const json::value& value)
{
    return value.is_string() ? std::string{value.get_string()} : json::serialize(value);
}

}  // namespace

unsigned short free_port()
{
    asio::io_context loop;
    const asio::ip::tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), 0}};
    return acceptor.local_endpoint().port();
}

Target::Target(Description description, Options options)
    : description_{std::move(description)},
      directory_{std::move(options.directory)}
{
    std::filesystem::create_directories(directory_);
    for (auto& [name, value] : description_.variables) {
        constexpr std::string_view from_environment = "env:";
        if (value.starts_with(from_environment)) {
            const char* found = std::getenv(value.c_str() + from_environment.size());
            if (found == nullptr)
                throw std::runtime_error{value.substr(4) + " is not set in the environment"};
            value = found;
        }
        set(name, value);
    }
    set("hub", options.program);
    set("data_dir", directory_);
    // A server that tells its port chooses it: what is free now may be taken before it starts.
    const bool tells_port = description_.start && !description_.start->ready_file.empty();
    set("port", tells_port ? "0" : std::to_string(free_port()));
    for (auto& [name, value] : options.variables) set(name, value);
}

pid_t Target::pid() const
{
    for (const auto& [name, value] : variables_)
        if (name == "pid") return static_cast<pid_t>(std::strtol(value.c_str(), nullptr, 10));
    return process_ ? process_->pid() : 0;
}

ProcessUsage Target::usage() const
{
    for (const auto& [name, value] : variables_) {
        if (name != "pids") continue;
        std::istringstream list{value};
        return usage_of_trees({std::istream_iterator<pid_t>{list}, {}});
    }
    return usage_of(pid());
}

void Target::set(const std::string& name, std::string value)
{
    set_in(variables_, name, std::move(value));
}

const std::string& Target::get(const std::string& name) const
{
    for (const auto& [known, text] : variables_)
        if (known == name) return text;
    throw std::runtime_error{description_.name + ": nothing says what {{" + name + "}} is"};
}

void Target::launch()
{
    const auto& start = *description_.start;
    ServerProcess::Options options;
    for (const auto& part : start.command) options.command.push_back(expand(part, variables_));
    for (const auto& [name, value] : start.environment)
        options.environment.emplace_back(name, expand(value, variables_));
    options.output_file = directory_ + "/server.log";
    if (!start.ready_file.empty()) std::filesystem::remove(expand(start.ready_file, variables_));
    process_ = std::make_unique<ServerProcess>(options);
}

awaitable<> Target::wait_until_ready()
{
    const auto& start = *description_.start;
    const auto executor = co_await asio::this_coro::executor;
    const auto give_up = std::chrono::steady_clock::now() + start.timeout;
    asio::steady_timer pause{executor};
    while (std::chrono::steady_clock::now() < give_up) {
        if (!process_->is_running())
            throw std::runtime_error{name() + " ended at once: " + log_tail()};
        if (!start.ready_file.empty()) {
            boost::system::error_code error;
            const auto text = read_file(expand(start.ready_file, variables_));
            const auto parsed = json::parse(text, error);
            if (!error) {
                take_from_json(text, start.extract, variables_);
                co_return;
            }
        } else if (start.ready) {
            Call call = start.ready->call;
            call.path = expand(call.path, variables_);
            const auto address = parse_address(get(start.ready->at));
            const auto answer = co_await make_call(address, call, 1s);
            if (answer && is_expected(*start.ready, answer->status)) co_return;
        } else {
            co_return;
        }
        pause.expires_after(5ms);
        co_await pause.async_wait(use_tuple);
    }
    throw std::runtime_error{name() + " was not ready in time: " + log_tail()};
}

awaitable<> Target::start()
{
    if (description_.start) {
        launch();
        co_await wait_until_ready();
    }
    for (const auto& step : description_.setup) {
        const Variables none;
        Variables extracted;
        co_await ask(step, none, &extracted);
        for (auto& [name, value] : extracted) set(name, std::move(value));
    }
}

awaitable<> Target::start_again()
{
    process_->kill();
    set("port", std::to_string(address().port()));
    launch();
    co_await wait_until_ready();
}

void Target::take_from_json(const std::string& text,
                            const std::vector<std::pair<std::string, std::string>>& wanted,
                            Variables& into) const
{
    constexpr std::string_view from_file = "file:";
    boost::system::error_code error;
    const auto parsed = json::parse(text, error);
    for (const auto& [name, where] : wanted) {
        const bool is_file = where.starts_with(from_file);
        const auto pointer = is_file ? where.substr(from_file.size()) : where;
        const auto* found = error ? nullptr : parsed.find_pointer(pointer, error);
        if (found == nullptr)
            throw std::runtime_error{description_.name + ": no " + pointer + " (" + name
                                     + ") in: " + text};
        set_in(into, name, is_file ? first_line(read_file(text_of(*found))) : text_of(*found));
    }
}

awaitable<Answer> Target::ask(const CallTemplate& call, const Variables& more, Variables* extracted)
{
    auto variables = more;  // what the caller says goes first
    variables.insert(variables.end(), variables_.begin(), variables_.end());
    Call made;
    made.method = call.call.method;
    made.path = expand(call.call.path, variables);
    made.body = expand(call.call.body, variables);
    for (const auto& [name, value] : call.call.headers)
        made.headers.emplace_back(name, expand(value, variables));
    const auto address = parse_address(get(call.at));
    const auto asked = co_await make_call(address, made);
    const auto what = description_.name + ": " + call.name + " (" + made.method + ' ' + made.path
                      + ')';
    if (!asked) throw std::runtime_error{what + ": " + asked.error().message + "; " + log_tail()};
    const bool is_absent = asked->status == 404 || asked->status == 405 || asked->status == 501;
    if (is_absent && call.is_optional)
        throw NotAvailable{call.name + " is answered with " + std::to_string(asked->status) + " ("
                           + made.method + ' ' + made.path + ')'};
    if (!is_expected(call, asked->status))
        throw std::runtime_error{what + " answered " + std::to_string(asked->status) + ": "
                                 + asked->body};
    if (extracted != nullptr) take_from_json(asked->body, call.extract, *extracted);
    co_return *asked;
}

awaitable<Variables> Target::add_endpoint(const Sink& sink, unsigned index,
                                          const EndpointWishes& wishes, const std::string& secret)
{
    Variables variables{{"index", std::to_string(index)},
                        {"url", sink.url_of(index)},
                        {"secret", secret},
                        {"event_types", wishes.event_types},
                        {"in_flight", std::to_string(wishes.in_flight)},
                        {"timeout", wishes.timeout}};
    variables.insert(variables.end(), wishes.more.begin(), wishes.more.end());
    Variables extracted;
    co_await ask(description_.endpoint, variables, &extracted);
    co_return extracted;
}

awaitable<Variables> Target::call(const char* name, const Variables& variables)
{
    const auto found = description_.calls.find(name);
    if (found == description_.calls.end())
        throw NotAvailable{"it has no [call." + std::string{name} + "]"};
    const auto& wanted = found->second;
    Variables extracted;
    co_await ask(wanted, variables, &extracted);
    co_return extracted;
}

Door Target::door(const std::string& name, const Variables& more) const
{
    auto door = description_.doors.at(name);
    // These four differ from event to event: they are filled in when requests are made.
    auto variables = more;
    variables.insert(variables.end(), variables_.begin(), variables_.end());
    for (const auto* later : {"type", "data", "id", "time"})
        variables.emplace_back(later, "{{" + std::string{later} + "}}");
    door.path = expand(door.path, variables);
    door.body = expand(door.body, variables);
    door.secret = expand(door.secret, variables);
    for (auto& [header, value] : door.headers) value = expand(value, variables);
    const auto reached = address();
    door.host = reached.address().to_string() + ':' + std::to_string(reached.port());
    return door;
}

asio::ip::tcp::endpoint Target::address() const { return parse_address(get("base")); }

std::string Target::log_tail() const
{
    const auto text = read_file(directory_ + "/server.log");
    constexpr std::size_t tail = 1500;
    return "its log ends: " + (text.size() > tail ? text.substr(text.size() - tail) : text);
}

}  // namespace katydid::bench
