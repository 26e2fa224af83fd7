#include "hub/store/postgres/wire/params.hpp"

namespace katydid::store::postgres {
namespace {

// Array: dimensions, has-null flag, element type, then for each dimension its length and lower
// bound, then each element with its length (src/backend/utils/adt/arrayfuncs.c, array_recv).
constexpr std::size_t count_offset = 12;

void put32(std::string& out, std::uint32_t value)
{
    for (unsigned shift = 32; shift > 0;) out.push_back(static_cast<char>(value >> (shift -= 8)));
}

void put64(std::string& out, std::uint64_t value)
{
    put32(out, static_cast<std::uint32_t>(value >> 32U));
    put32(out, static_cast<std::uint32_t>(value));
}

std::string_view view(const IdBytes& id)
{
    return {reinterpret_cast<const char*>(id.data()), id.size()};
}

std::string header(Type element)
{
    std::string out;
    put32(out, 1);
    put32(out, 1);
    put32(out, static_cast<std::uint32_t>(element));
    put32(out, 0);
    put32(out, 1);
    return out;
}

}  // namespace

Array::Array(Type element) : element_{element}, bytes_{header(element)} {}

void Array::add(std::int64_t value)
{
    put32(bytes_, 8);
    put64(bytes_, static_cast<std::uint64_t>(value));
    ++count_;
}

void Array::add(std::string_view bytes)
{
    put32(bytes_, static_cast<std::uint32_t>(bytes.size()));
    bytes_.append(bytes);
    ++count_;
}

void Array::add(const IdBytes& id) { add(view(id)); }

void Array::add_null()
{
    put32(bytes_, 0xffffffffU);
    ++count_;
}

Type Array::type() const noexcept
{
    if (element_ == Type::integer) return Type::integer_array;
    return element_ == Type::id ? Type::id_array : Type::bytes_array;
}

std::string Array::take()
{
    for (unsigned i = 0; i < 4; ++i)
        bytes_[count_offset + i] = static_cast<char>(count_ >> (8U * (3U - i)));
    count_ = 0;
    return std::exchange(bytes_, header(element_));
}

Params& Params::add(std::int64_t value)
{
    put64(values_.emplace_back(Value{Type::integer, false, {}}).bytes,
          static_cast<std::uint64_t>(value));
    return *this;
}

Params& Params::add(std::string_view bytes)
{
    values_.push_back({Type::bytes, false, std::string{bytes}});
    return *this;
}

Params& Params::add(const IdBytes& id)
{
    values_.push_back({Type::id, false, std::string{view(id)}});
    return *this;
}

Params& Params::add(const std::optional<Timestamp>& time)
{
    return time ? add(*time) : add_null(Type::integer);
}

Params& Params::add(Array array)
{
    const auto type = array.type();
    values_.push_back({type, false, array.take()});
    return *this;
}

Params& Params::add_text(std::string_view text)
{
    values_.push_back({Type::text, false, std::string{text}});
    return *this;
}

Params& Params::add_null(Type type)
{
    values_.push_back({type, true, {}});
    return *this;
}

}  // namespace katydid::store::postgres
