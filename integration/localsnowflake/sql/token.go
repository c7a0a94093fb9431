package sql

// tokenKind says what a token is.
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // unquoted identifier or keyword
	tokenQuoted           // "identifier"; text is without quotes
	tokenString           // text is the value
	tokenNumber
	tokenOperator
)

// token is one word of a statement.
type token struct {
	kind       tokenKind
	text       string // words in upper case; see the kinds
	start, end int    // bytes in the statement
}

// is reports whether the token is a keyword or an operator.
func (t token) is(text string) bool {
	return (t.kind == tokenWord || t.kind == tokenOperator) && t.text == text
}

// name is the exact name that an identifier token stands for.
func (t token) name() (string, bool) {
	return t.text, t.kind == tokenWord || t.kind == tokenQuoted
}

// reserved words cannot name a column, table or alias without quotes
// (docs.snowflake.com/sql-reference/reserved-keywords).
var reserved = set("ALL", "ALTER", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "CAST", "CHECK", "COLUMN", "CONNECT", "CREATE", "CROSS",
	"DELETE", "DISTINCT", "DROP", "ELSE", "EXISTS", "FALSE", "FOLLOWING", "FOR", "FROM", "FULL", "GRANT", "GROUP", "HAVING", "ILIKE", "IN",
	"INCREMENT", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "MINUS", "NATURAL", "NOT", "NULL", "OF",
	"ON", "OR", "ORDER", "QUALIFY", "REGEXP", "REVOKE", "RIGHT", "RLIKE", "ROW", "ROWS", "SAMPLE", "SELECT", "SET", "SOME", "START", "TABLE",
	"TABLESAMPLE", "THEN", "TO", "TRIGGER", "TRUE", "TRY_CAST", "UNION", "UNIQUE", "UPDATE", "USING", "VALUES", "WHEN", "WHENEVER", "WHERE", "WITH")

// clauses end an expression, so they are no alias without AS.
var clauses = set("LIMIT", "OFFSET", "FETCH", "EXCEPT", "WINDOW", "ASC", "DESC", "NULLS", "END", "OVER", "WITHIN", "STARTS")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
