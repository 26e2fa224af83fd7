#include "hub/api/access/tickets.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid;
using namespace katydid::api;

namespace {

constexpr const char* path = "/v1/feed";

/// Records that are used up: what a ticket asks of a store.
class UsedRecords final : public store::Records {
public:
    awaitable<result<void>> put_record(store::Record record) override
    {
        const bool is_first = used_.emplace(record.id, record).second;
        if (!is_first) co_return Error{errc::conflict, "another version is there"};
        co_return result<void>{};
    }
    awaitable<result<void>> delete_record(TenantId, std::string, std::string) override
    {
        co_return result<void>{};
    }
    awaitable<result<std::vector<store::Record>>> records(std::string) override
    {
        co_return std::vector<store::Record>{};
    }
    awaitable<result<store::Record>> record(TenantId, std::string, std::string) override
    {
        co_return Error{errc::not_found, "there is none"};
    }

private:
    std::map<std::string, store::Record> used_;
};

/// One key, its tickets, and a clock that stands still.
struct TicketFixture {
    signing::Vault vault{std::array<unsigned char, 32>{7}};
    registry::Tables tables;
    UsedRecords records;
    ManualClock clock;
    IdSource ids{clock, 1};
    Tickets tickets{vault, tables, records, clock};
    registry::ApiKey key;

    TicketFixture()
    {
        key.id = ids.make<KeyId>();
        key.tenant = ids.make<TenantId>();
        key.sha256 = hash_api_key("kd_live_1");
        key.scopes = {"events:read"};
        put();
    }

    void put() { tables.put_api_key(std::make_shared<const registry::ApiKey>(key)); }

    std::string make(TenantId tenant)
    {
        Caller caller{tenant, key.id, false, tables.api_key(key.sha256)};
        return tickets.make(caller, path);
    }
    std::string make() { return make(key.tenant); }

    std::variant<Caller, http::Response> admit(const std::string& ticket,
                                               const std::string& called = path,
                                               std::string_view scope = "events:read") const
    {
        http::Request request;
        request.path = called;
        return tickets.admit(request, ticket, scope);
    }

    /// 200, or the status of the refusal.
    unsigned ask(const std::string& ticket, const std::string& called = path,
                 std::string_view scope = "events:read") const
    {
        const auto access = admit(ticket, called, scope);
        const auto* refusal = std::get_if<http::Response>(&access);
        return refusal == nullptr ? 200 : refusal->status;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(api_tickets)

// Goal: a ticket stands for its key and the tenant that it was made for, and has the key's scopes.
BOOST_AUTO_TEST_CASE(a_ticket_is_its_key)
{
    TicketFixture house;
    const auto other = house.ids.make<TenantId>();
    const auto access = house.admit(house.make(other));
    const auto& caller = std::get<Caller>(access);
    BOOST_TEST((caller.key == house.key.id));
    BOOST_TEST((caller.tenant == other));
    BOOST_TEST(!caller.is_operator);
    BOOST_TEST(house.ask(house.make(), path, "events:write") == 403U);
}

// Goal: a ticket is for its path alone; a longer or shorter one is another.
BOOST_AUTO_TEST_CASE(another_path_is_refused)
{
    TicketFixture house;
    const auto ticket = house.make();
    BOOST_TEST(house.ask(ticket) == 200U);
    for (const std::string other : {"/v1/fee", "/v1/feed/", "/v1/events", "/", ""})
        BOOST_TEST(house.ask(ticket, other) == 401U);
}

// Goal: it is good until its 60 seconds are over, and not from then on.
BOOST_AUTO_TEST_CASE(a_ticket_expires)
{
    TicketFixture house;
    const auto ticket = house.make();
    house.clock.advance(std::chrono::seconds{60} - milliseconds{1});
    BOOST_TEST(house.ask(ticket) == 200U);
    house.clock.advance(milliseconds{1});
    BOOST_TEST(house.ask(ticket) == 401U);
}

// Goal: what a revoked or expired key made is worth nothing with the next request.
BOOST_AUTO_TEST_CASE(a_revoked_keys_ticket_is_refused)
{
    TicketFixture house;
    const auto ticket = house.make();
    house.key.expires_at = house.clock.now();
    house.put();
    BOOST_TEST(house.ask(ticket) == 401U);
    house.key.expires_at = std::nullopt;
    house.key.revoked_at = house.clock.now();
    house.put();
    BOOST_TEST(house.ask(ticket) == 401U);
}

// Goal: it is used up by its first use; another one of the same key is not.
BOOST_AUTO_TEST_CASE(a_ticket_is_used_once)
{
    test::run_coroutine([]() -> awaitable<> {
        TicketFixture house;
        const auto ticket = house.make();
        const auto first = co_await house.tickets.spend(ticket);
        BOOST_TEST(!first);
        const auto second = co_await house.tickets.spend(ticket);
        BOOST_REQUIRE(second);
        BOOST_TEST(second->status == 401U);
        BOOST_TEST(second->body.find("was used already") != std::string::npos);
        const auto another = co_await house.tickets.spend(house.make());
        BOOST_TEST(!another);
    });
}

// Goal: whatever is changed in a ticket, it cannot be read; nor can one of another hub's vault.
BOOST_AUTO_TEST_CASE(a_changed_ticket_is_refused)
{
    TicketFixture house;
    const auto ticket = house.make();
    for (std::size_t place = 0; place < ticket.size(); ++place) {
        auto changed = ticket;
        changed[place] = changed[place] == 'A' ? 'B' : 'A';
        BOOST_TEST(house.ask(changed) == 401U);
    }
    for (const auto& text : {std::string{}, std::string{"kt_"}, ticket.substr(0, 40), ticket + "A",
                             std::string(5'000, 'A')})
        BOOST_TEST(house.ask(text) == 401U);
    const signing::Vault other{std::array<unsigned char, 32>{8}};
    const Tickets foreign{other, house.tables, house.records, house.clock};
    const Caller caller{house.key.tenant, house.key.id, false,
                        house.tables.api_key(house.key.sha256)};
    BOOST_TEST(house.ask(foreign.make(caller, path)) == 401U);
}

BOOST_AUTO_TEST_SUITE_END()
