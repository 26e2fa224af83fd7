// Rows written many at a time.
#pragma once

#include "hub/store/sqlite/file/connection.hpp"

#include <array>
#include <string>

namespace katydid::store::sqlite {

/// One INSERT, prepared for many rows, for some and for one.
///
/// A statement opens and closes the trees it writes to, and looks for each row's place from the
/// root. Rows of one statement find the trees open, and a row that comes last in its tree finds the
/// place of the one before.
/// Thread safety: none; it belongs to the writer's thread.
class RowInserter {
public:
    static constexpr std::size_t rows_max = 32;  ///< in one statement

    /// \param insert  of one row: it ends with the parentheses that hold its values. OR FAIL, since
    ///   a statement that could undo its first rows keeps copies of the pages it changes.
    RowInserter(Connection& connection, std::string_view insert)
        : sizes_{{{rows_max, connection.prepare(of_rows(insert, rows_max))},
                  {rows_some, connection.prepare(of_rows(insert, rows_some))},
                  {1, connection.prepare(insert)}}}
    {}

    /// Writes them in order. Throws SqlError: some may be written, and the transaction has to be
    /// rolled back.
    /// \param bind  binds one: `(Statement&, std::size_t row, const Row&)`
    template <class Rows, class Bind>
    void run(const Rows& rows, Bind bind)
    {
        std::size_t done = 0;
        for (auto& [size, statement] : sizes_) {
            while (rows.size() - done >= size) {
                for (std::size_t row = 0; row < size; ++row) bind(statement, row, rows[done + row]);
                statement.run();
                done += size;
            }
        }
    }

private:
    static constexpr std::size_t rows_some = 8;
    struct Sized {
        std::size_t size;
        Statement statement;
    };

    static std::string of_rows(std::string_view insert, std::size_t count)
    {
        const auto row = insert.substr(insert.rfind('('));
        std::string text{insert};
        for (std::size_t i = 1; i < count; ++i) text.append(", ").append(row);
        return text;
    }

    std::array<Sized, 3> sizes_;
};

}  // namespace katydid::store::sqlite
