#include "hub/transform/wire.hpp"

#include <cstring>
#include <type_traits>

namespace katydid::transform {
namespace {

class Writer {
public:
    template <class Number>
        requires std::is_arithmetic_v<Number>
    void put(Number value)
    {
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void put(std::string_view text)
    {
        put(static_cast<std::uint32_t>(text.size()));
        out_.append(text);
    }
    void put(const std::optional<std::string>& text)
    {
        put(text.has_value());
        if (text) put(std::string_view{*text});
    }
    void put(const std::vector<std::string>& texts)
    {
        put(static_cast<std::uint32_t>(texts.size()));
        for (const auto& text : texts) put(std::string_view{text});
    }
    void put(const Headers& headers)
    {
        put(static_cast<std::uint32_t>(headers.size()));
        for (const auto& [name, value] : headers) {
            put(std::string_view{name});
            put(std::string_view{value});
        }
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

/// Reads what a Writer wrote. After the first thing that is not there, everything is empty.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : rest_{text} {}

    [[nodiscard]] bool is_complete() const noexcept { return good_ && rest_.empty(); }

    template <class Number>
    Number number()
    {
        std::remove_cv_t<Number> value{};
        const auto bytes = take(sizeof value);
        if (good_) std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    bool flag() { return number<std::uint8_t>() != 0; }
    std::string text(std::size_t bytes_max)
    {
        const auto size = number<std::uint32_t>();
        if (size > bytes_max) good_ = false;
        return std::string{take(size)};
    }
    std::optional<std::string> optional_text(std::size_t bytes_max)
    {
        if (!flag()) return std::nullopt;
        return text(bytes_max);
    }
    Headers headers(std::size_t bytes_max, std::size_t count_max)
    {
        Headers fields;
        const auto count = number<std::uint32_t>();
        if (count > count_max) good_ = false;
        for (std::uint32_t i = 0; good_ && i < count; ++i) {
            auto name = text(bytes_max);
            auto value = text(bytes_max);
            fields.push_back({std::move(name), std::move(value)});
        }
        return fields;
    }
    std::vector<std::string> texts(std::size_t bytes_max, std::size_t count_max)
    {
        std::vector<std::string> all;
        const auto count = number<std::uint32_t>();
        if (count > count_max) good_ = false;
        for (std::uint32_t i = 0; good_ && i < count; ++i) all.push_back(text(bytes_max));
        return all;
    }
    template <class Enum>
    Enum one_of(Enum last)
    {
        const auto value = number<std::uint8_t>();
        if (value > static_cast<std::uint8_t>(last)) good_ = false;
        return good_ ? static_cast<Enum>(value) : Enum{};
    }
    void require(bool holds) noexcept { good_ = good_ && holds; }

private:
    std::string_view take(std::size_t size)
    {
        if (size > rest_.size()) good_ = false;
        if (!good_) return {};
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
    bool good_ = true;
};

Output read_output(Reader& reader)
{
    Output output;
    output.payload = reader.optional_text(output_bytes_max);
    output.headers = reader.headers(output_bytes_max, header_count_max);
    output.path = reader.optional_text(output_bytes_max);
    output.cancel = reader.optional_text(message_bytes_max);
    output.ignored = reader.texts(ignored_bytes_max, ignored_count_max);
    for (const auto& [name, value] : output.headers) reader.require(is_header_safe(name, value));
    return output;
}

Fault read_fault(Reader& reader)
{
    Fault fault;
    fault.kind = reader.one_of(Fault::Kind::crashed);
    fault.message = reader.text(message_bytes_max);
    fault.line = reader.number<std::uint32_t>();
    fault.column = reader.number<std::uint32_t>();
    return fault;
}

}  // namespace

std::string describe(const Fault& fault)
{
    if (fault.line == 0) return fault.message;
    return fault.message + " (line " + std::to_string(fault.line) + ")";
}

std::string describe_ignored(const Output& output)
{
    std::string names;
    for (const auto& name : output.ignored)
        names.append(names.empty() ? "\"" : ", \"").append(name).append("\"");
    if (names.empty()) return names;
    return names + (output.ignored.size() == 1 ? " is" : " are")
           + " ignored: the result has payload, headers, path and cancel";
}

std::string frame(std::string_view body)
{
    Writer writer;
    writer.put(body);
    return writer.take();
}

std::uint32_t frame_size(const char* head) noexcept
{
    std::uint32_t size = 0;
    std::memcpy(&size, head, sizeof size);
    return size;
}

std::string encode(const Request& request)
{
    const auto& [only_check, program, input] = request;
    Writer writer;
    writer.put(only_check);
    writer.put(static_cast<std::uint8_t>(program.language));
    writer.put(static_cast<std::uint32_t>(program.timeout.count()));
    writer.put(std::string_view{program.source});
    writer.put(static_cast<std::int64_t>(input.now.time_since_epoch().count()));
    writer.put(std::string_view{input.payload});
    writer.put(input.headers);
    writer.put(std::string_view{input.event});
    return writer.take();
}

std::string encode(const Reply& reply)
{
    Writer writer;
    writer.put(static_cast<std::uint32_t>(reply.duration.count()));
    writer.put(static_cast<std::uint8_t>(reply.outcome.index()));
    if (const auto* output = std::get_if<Output>(&reply.outcome)) {
        writer.put(output->payload);
        writer.put(output->headers);
        writer.put(output->path);
        writer.put(output->cancel);
        writer.put(output->ignored);
    } else if (const auto* fault = std::get_if<Fault>(&reply.outcome)) {
        writer.put(static_cast<std::uint8_t>(fault->kind));
        writer.put(std::string_view{fault->message});
        writer.put(fault->line);
        writer.put(fault->column);
    }
    return writer.take();
}

std::optional<Request> decode_request(std::string_view body)
{
    Reader reader{body};
    Request request;
    request.only_check = reader.flag();
    request.program.language = reader.one_of(Language::jq);
    request.program.timeout = std::chrono::milliseconds{reader.number<std::uint32_t>()};
    reader.require(request.program.timeout <= timeout_max);
    request.program.source = reader.text(source_bytes_max);
    request.input.now = std::chrono::sys_time<std::chrono::milliseconds>{
        std::chrono::milliseconds{reader.number<std::int64_t>()}};
    request.input.payload = reader.text(input_bytes_max);
    request.input.headers = reader.headers(input_bytes_max, input_bytes_max);
    request.input.event = reader.text(input_bytes_max);
    if (!reader.is_complete()) return std::nullopt;
    return request;
}

std::optional<Reply> decode_reply(std::string_view body)
{
    Reader reader{body};
    Reply reply;
    reply.duration = std::chrono::microseconds{reader.number<std::uint32_t>()};
    if (reader.flag()) reply.outcome = read_fault(reader);
    else reply.outcome = read_output(reader);
    if (!reader.is_complete()) return std::nullopt;
    return reply;
}

}  // namespace katydid::transform
