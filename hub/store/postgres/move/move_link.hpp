// A connection of a move: plain statements, one after the other, and rows from one to another.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

namespace katydid::store::postgres {

/// Blocks. Every call throws SqlError. Thread safety: none.
class MoveLink {
public:
    explicit MoveLink(const std::string& url);

    using Answer = std::vector<std::vector<std::string>>;

    /// One statement or several; the rows of the last one.
    Answer ask(const std::string& sql);
    /// Repeats statements that wait for locks of a busy table, each time briefly: all that come to
    /// the table meanwhile wait as well.
    void ask_patiently(const std::string& sql);
    /// The first value of the answer; empty where there is none.
    std::string one(const std::string& sql);
    std::uint64_t number(const std::string& sql) { return std::stoull(one(sql)); }
    /// Copies what a query gives into a table of the other side.
    /// \param into  a table with its columns
    void stream(const std::string& query, MoveLink& to, const std::string& into);
    [[nodiscard]] std::string quote(const std::string& text) const;

private:
    struct Close {
        void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    };
    PGresult* expect(PGresult* answer) const;
    void end_copy();

    std::unique_ptr<PGconn, Close> handle_;
};

}  // namespace katydid::store::postgres
