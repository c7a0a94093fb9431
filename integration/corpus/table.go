package corpus

import (
	"fmt"
	"strings"
)

// shown are the values of a column that land, with what they become where that
// is not the same text, and those that are rejected.
func shown(cases []Case, column string) (lands, rejected string) {
	var landed, refused []string
	for _, c := range cases {
		value, ok := strings.CutPrefix(string(c.Payload), fmt.Sprintf("{%q:", column))
		if c.File != "coercion" || !ok || c.Name != column+" "+strings.TrimSuffix(value, "}") {
			continue
		}
		value = code(strings.TrimSuffix(value, "}"))
		switch f := c.Evolves; {
		case len(f.Rejected) > 0:
			refused = append(refused, value)
		case len(f.Rows[0]) == 0:
			landed = append(landed, value+" → NULL")
		case code(f.Rows[0][column]) == value:
			landed = append(landed, value)
		default:
			landed = append(landed, value+" → "+code(f.Rows[0][column]))
		}
	}
	return strings.Join(landed, ", "), strings.Join(refused, ", ")
}

// code sets a text in Markdown's code, so that it can stand in a table.
func code(text string) string {
	if text == "" {
		return "(empty)"
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

// Table is what each type of column makes of JSON values, in Markdown, from the
// cases.
func Table(cases []Case) string {
	var b strings.Builder
	b.WriteString("| column | lands | rejected |\n| --- | --- | --- |\n")
	for _, c := range Columns() {
		if lands, rejected := shown(cases, c.Name); lands+rejected != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code(strings.ReplaceAll(c.Type, `"`, "")), lands, rejected)
		}
	}
	return b.String()
}
