package openflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// Settings are an export in our words.
type Settings struct {
	Values    map[string]string // by key within a connector
	Variables map[string]string // of the environment, for secrets, by key: they stay out of files
	Notes     []string          // what somebody has to know or do
	Unknown   []string          // parameters that nothing here corresponds to
}

// meaning is what a parameter is for us.
type meaning struct {
	key      string // "" = handled apart
	variable string // of the environment, for what must not be in a file
	property bool   // a processor has it, too
}

// meanings are by the name in canonical form. The names are those of Openflow's
// page on its Kinesis connector, its Korean labels included, of the processors
// behind it, and of the connectors that share its parameters.
var meanings = func() map[string]meaning {
	m := map[string]meaning{}
	for names, what := range map[string]meaning{
		"AWS Kinesis Region|AWS Region":                                             {key: "aws.region"},
		"AWS Access Key ID|AWS 액세스 키 ID":                                            {key: "aws.credentials.access_key_id", variable: "AWS_ACCESS_KEY_ID"},
		"AWS Secret Access Key|AWS 시크릿 액세스 키":                                       {key: "aws.credentials.secret_access_key", variable: "AWS_SECRET_ACCESS_KEY"},
		"AWS Kinesis Application Name|Application Name":                             {key: "application"},
		"AWS Kinesis Consumer Type|Consumer Type":                                   {key: "kinesis.consumer_type"},
		"AWS Kinesis Initial Stream Position|Initial Stream Position":               {key: "kinesis.initial_position"},
		"AWS Kinesis Stream Name|Stream Name":                                       {key: "kinesis.stream"},
		"Snowflake Destination Database|Destination Database":                       {key: "snowflake.database"},
		"Snowflake Destination Schema|Destination Schema":                           {key: "snowflake.schema"},
		"Snowflake Destination Table|Destination Table":                             {key: "snowflake.table"},
		"Snowflake Account Identifier|Snowflake Account":                            {key: "snowflake.account"},
		"Snowflake Username|Snowflake User|Snowflake 사용자 이름":                        {key: "snowflake.user"},
		"Snowflake Role|Snowflake User Role|Snowflake 역할":                           {key: "snowflake.role"},
		"Snowflake Warehouse|Snowflake 웨어하우스":                                       {key: "snowflake.warehouse"},
		"Snowflake Private Key|Snowflake 개인 키":                                      {key: "snowflake.private_key", variable: "SNOWFLAKE_PRIVATE_KEY"},
		"Snowflake Private Key File|Snowflake 개인 키 파일":                              {key: "snowflake.private_key_file"},
		"Snowflake Private Key Password|Snowflake Private Key Passphrase|개인 키 비밀번호": {key: "snowflake.private_key_passphrase", variable: "SNOWFLAKE_PRIVATE_KEY_PASSWORD"},
		"Snowflake Authentication Strategy|Authentication Strategy|Snowflake 인증 전략": {},
		"Destination type|Destination Type|대상 유형":                                   {property: true},
		"Pipe|Pipe Name|파이프":                                                        {key: "snowflake.pipe", property: true},
	} {
		for name := range strings.SplitSeq(names, "|") {
			m[canonical(name)] = what
		}
	}
	return m
}()

// canonical takes spelling out of a name: case, spaces, underscores, hyphens.
func canonical(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '\t', '\u00a0':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// Translate says what parameters are here.
func Translate(parameters []Parameter) Settings {
	t := &translation{Settings: Settings{Values: map[string]string{}, Variables: map[string]string{}, Notes: []string{}, Unknown: []string{}}, from: map[string]string{}}
	for _, p := range parameters {
		t.take(p)
	}
	t.finish()
	return t.Settings
}

type translation struct {
	Settings
	from        map[string]string // key -> the parameter that gave it
	said        []said            // what Notes is made of
	destination string            // Table or Pipe, in lower case
	pipe        string
}

// said is a note. One that tells to set a secret holds as long as that is used.
type said struct {
	text   string
	secret string // its key; "" = it holds anyhow
}

func (t *translation) note(format string, args ...any) {
	t.said = append(t.said, said{text: fmt.Sprintf(format, args...)})
}

func (t *translation) take(p Parameter) {
	what, known := meanings[canonical(p.Name)]
	switch {
	case p.property && !(known && what.property):
		return // processors have hundreds, and none of them is the user's
	case !known:
		t.Unknown = append(t.Unknown, p.Name)
	case strings.HasPrefix(canonical(p.Name), "destinationtype"), canonical(p.Name) == canonical("대상 유형"):
		t.destination = strings.ToLower(strings.TrimSpace(p.Value))
	case what.key == "snowflake.pipe":
		t.pipe = cmp.Or(t.pipe, p.Value)
	case what.key == "":
		t.signIn(p.Value)
	case what.variable != "":
		t.secret(p, what)
	case what.key == "snowflake.private_key_file":
		t.keyFile(p)
	case p.Sensitive:
		t.note("%s is marked sensitive, so its value is not in the export: fill in %s", p.Name, what.key)
	default:
		t.put(what.key, p.Value, p.Name)
	}
}

// put keeps the first value; contexts that inherit from each other may have
// several.
func (t *translation) put(key, value, from string) {
	value = strings.TrimSpace(value)
	switch was, there := t.Values[key]; {
	case value == "":
	case !there:
		t.Values[key], t.from[key] = value, from
	case was != value:
		t.note("%s is there more than once, with different values: the first is used for %s", from, key)
	}
}

// secret becomes a reference, whatever the export says.
func (t *translation) secret(p Parameter, what meaning) {
	if !p.Sensitive && p.Value == "" {
		return // a parameter that nobody set
	}
	if t.Variables[what.key] == "" {
		t.Variables[what.key] = what.variable
		text := fmt.Sprintf("%s is a secret and stays out of the file: set %s for %s, or write ${file:PATH} there", p.Name, what.variable, what.key)
		t.said = append(t.said, said{text, what.key})
	}
}

// keyFile is a path, or an asset of Openflow's.
func (t *translation) keyFile(p Parameter) {
	switch {
	case strings.Contains(p.Value, "-----BEGIN"):
		t.note("%s holds a key instead of a file's name: write it to a file and name that", p.Name)
	case len(p.Assets) > 0:
		t.put("snowflake.private_key_file", p.Assets[0], p.Name)
		t.note("%s is Openflow's asset %s: put that file beside the configuration", p.Name, p.Assets[0])
	default:
		t.put("snowflake.private_key_file", p.Value, p.Name)
	}
}

func (t *translation) signIn(strategy string) {
	switch strings.ToUpper(strings.TrimSpace(strategy)) {
	case "", "KEY_PAIR":
	default:
		t.note("Openflow signs in with %s, which exists inside of Snowflake alone: the connector takes a key pair; kinesnow setup grants sets it up", short(strategy))
	}
}

func (t *translation) finish() {
	switch {
	case t.pipe != "" && t.destination == "table":
		t.note("pipe %s is not used, for the destination type is Table", short(t.pipe))
	case t.pipe != "":
		t.put("snowflake.pipe", t.pipe, "Pipe")
	case strings.HasPrefix(t.destination, "pipe"):
		t.note("the destination type is Pipe and none is named: fill in snowflake.pipe")
	}
	if t.Variables["snowflake.private_key"] != "" && t.Values["snowflake.private_key_file"] != "" {
		delete(t.Variables, "snowflake.private_key")
		t.note("both a private key and a file with one are set: the file is used")
	}
	id, secret := "aws.credentials.access_key_id", "aws.credentials.secret_access_key"
	if (t.Variables[id] == "") != (t.Variables[secret] == "") {
		delete(t.Variables, id)
		delete(t.Variables, secret)
		t.note("only one half of the AWS access key is there: it is left out, and AWS's default chain is asked")
	}
	if t.Values["kinesis.initial_position"] != "" {
		t.note("the initial position counts on the very first start alone: with Openflow's own lease table the connector goes on where that stands")
	}
	for _, s := range t.said {
		if s.secret == "" || t.Variables[s.secret] != "" {
			t.Notes = append(t.Notes, s.text)
		}
	}
	slices.Sort(t.Unknown)
	t.Unknown = slices.Compact(t.Unknown)
}

// short quotes a value that may be anything.
func short(text string) string {
	if len(text) > 60 {
		text = text[:60]
	}
	return fmt.Sprintf("%q", text)
}
