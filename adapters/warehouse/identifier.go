package warehouse

import "strings"

// Identifier writes an exact name as a human would: bare where Snowflake takes
// it for the same name, else as Quote does. What it returns is for people to
// read and paste; statements of our own use Quote.
//
// Errors: as Quote.
func Identifier(name string) (string, error) {
	quoted, err := Quote(name)
	if err != nil || !bare(name) {
		return quoted, err
	}
	return name, nil
}

// Path joins exact names with dots, each as Identifier writes it.
//
// Errors: as Quote.
func Path(names ...string) (string, error) {
	parts := make([]string, len(names))
	for i, name := range names {
		part, err := Identifier(name)
		if err != nil {
			return "", err
		}
		parts[i] = part
	}
	return strings.Join(parts, "."), nil
}

// Literal writes a text as a string of SQL.
func Literal(text string) string { return literal(text) }

// bare reports whether a name without quotes means itself: it would not be
// folded to upper case, and is no keyword.
func bare(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'A' || r > 'Z') && (i == 0 || r != '$' && (r < '0' || r > '9')) {
			return false
		}
	}
	return !reserved[name]
}

// reserved are Snowflake's words that are no identifiers without quotes, at
// least somewhere (docs.snowflake.com/en/sql-reference/reserved-keywords).
var reserved = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`
		ACCOUNT ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS CURRENT
		CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DISTINCT DROP ELSE EXISTS FALSE FOLLOWING
		FOR FROM FULL GRANT GROUP GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN LATERAL LEFT
		LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE
		ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE
		USING VALUES VIEW WHEN WHENEVER WHERE WITH`) {
		words[word] = true
	}
	return words
}()
