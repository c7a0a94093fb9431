// Package corpus holds odd and malformed payloads, and what becomes of each: the
// rows of a table with columns of every type, what Snowflake rejects of it, or
// why it makes no row at all. integration/scenarios sends all of it through the
// whole connector; docs/values.md shows a part of it to users.
//
// The cases are data, one file for each kind of oddity (testdata/*.yaml). A case
// is
//
//   - name: a repeated key
//     payload: '{"VAR":1,"VAR":2}'      # as it is; or
//     escaped: '{"VAR":"\x00"}'         # with the escapes of a Go string, so a backslash is \\
//     row: {VAR: '2'}                   # columns that are not NULL, as text; or
//     rows: [{VAR: '1'}, {VAR: '2'}]    # several, and perhaps
//     rejected: [100071 NUM]            # code and column of each row that Snowflake rejects; or
//     discarded: truncated at byte 6    # why it is a dead letter (a part of it, where Snowflake's words follow)
//     fixed: {row: {VAR: '2'}}          # the fate where the table does not evolve, if it is another
//
// In payloads and values <<x*20>> stands for twenty x; # is
// counted from 0 in it. PART_#*3: '#' is three columns.
// Columns that have a default are not listed while they hold it; NULL says that
// they hold none. Columns that are new are taken off the fate of a table that does
// not evolve.
//
//	case.go     a case and its fate    load.go   reading the files
//	columns.go  the table              table.go  the part for users, as Markdown
package corpus
