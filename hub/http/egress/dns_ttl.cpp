#include "hub/http/egress/dns_ttl.hpp"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>

namespace katydid::http {

std::optional<milliseconds> ttl_in(std::span<const unsigned char> message)
{
    ns_msg answer{};
    if (ns_initparse(message.data(), static_cast<int>(message.size()), &answer) != 0)
        return std::nullopt;
    std::optional<milliseconds> shortest;
    for (int i = 0; i < ns_msg_count(answer, ns_s_an); ++i) {
        ns_rr record{};
        if (ns_parserr(&answer, ns_s_an, i, &record) != 0) return std::nullopt;
        const milliseconds ttl = std::chrono::seconds{ns_rr_ttl(record)};
        shortest = std::min(shortest.value_or(ttl), ttl);
    }
    return shortest;
}

std::optional<milliseconds> ask_ttl(const std::string& host, bool is_v6)
{
    struct __res_state state{};
    if (res_ninit(&state) != 0) return std::nullopt;
    state.retrans = 1;  // seconds
    state.retry = 1;
    state.nscount = std::min(state.nscount, 1);
    std::array<unsigned char, 4'096> answer{};
    const int size = res_nquery(&state, host.c_str(), ns_c_in, is_v6 ? ns_t_aaaa : ns_t_a,
                                answer.data(), static_cast<int>(answer.size()));
    res_nclose(&state);
    if (size <= 0) return std::nullopt;
    const auto bytes = std::min<std::size_t>(static_cast<std::size_t>(size), answer.size());
    return ttl_in(std::span{answer}.first(bytes));
}

}  // namespace katydid::http
