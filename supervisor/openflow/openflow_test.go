package openflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/supervisor/openflow"
)

// shapes are the ways in which the same parameters are exported.
var shapes = map[string]string{
	"a flow definition": `{"flowContents":{"name":"Kinesis","processors":[{"name":"PublishSnowpipeStreaming","properties":{"Destination type":"Pipe","Pipe":"MINE","Role":"#{Snowflake Role}","Max Batch":"7"}}]},
		"parameterContexts":{"Kinesis Ingestion Parameters":{"name":"Kinesis Ingestion Parameters","inheritedParameterContexts":["Source"],"parameters":[
			{"name":"AWS Kinesis Stream Name","description":"d","sensitive":false,"provided":false,"value":"orders"},
			{"name":"Snowflake Destination Table","sensitive":false,"value":"ORDERS"},
			{"name":"AWS Secret Access Key","sensitive":true},{"name":"AWS Access Key ID","sensitive":true},
			{"name":"Fancy New Thing","sensitive":false,"value":"1"}]}}}`,
	"a parameter context of the REST API": `{"revision":{"version":1},"component":{"name":"Kinesis","parameters":[
		{"canWrite":true,"parameter":{"name":"AWS Kinesis Stream Name","sensitive":false,"value":"orders"}},
		{"parameter":{"name":"Snowflake Destination Table","value":"ORDERS"}},
		{"parameter":{"name":"AWS 시크릿 액세스 키","sensitive":true,"value":"********"}},{"parameter":{"name":"AWS 액세스 키 ID","sensitive":true,"value":"********"}},
		{"parameter":{"name":"Destination type","value":"Pipe"}},{"parameter":{"name":"Pipe","value":"MINE"}},
		{"parameter":{"name":"Fancy New Thing","value":"1"}}]}}`,
	"lines with colons": "# exported\nAWS Kinesis Stream Name: orders\nSnowflake Destination Table: \"ORDERS\"\nAWS 액세스 키 ID: AKIACANARY\nAWS 시크릿 액세스 키: canary\nDestination type: Pipe\nPipe: MINE\nFancy New Thing: 1\n",
	"properties":        "! exported\r\naws_kinesis_stream_name=orders\r\nsnowflake-destination-table = ORDERS\r\nAWS Access Key ID=AKIACANARY\r\nAWS Secret Access Key=canary\r\nDestination Type=PIPE\r\nPipe=MINE\r\nFancy New Thing=1\r\n",
	"a JSON object":     `{"AWS Kinesis Stream Name":"orders","Snowflake Destination Table":"ORDERS","AWS Access Key ID":"AKIACANARY","AWS Secret Access Key":"canary","Destination type":"Pipe","Pipe":"MINE","Fancy New Thing":1}`,
}

func TestEveryShapeSaysTheSame(t *testing.T) {
	for name, text := range shapes {
		parameters, err := openflow.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s := openflow.Translate(parameters)
		want := map[string]string{"kinesis.stream": "orders", "snowflake.table": "ORDERS", "snowflake.pipe": "MINE"}
		if fmt.Sprint(s.Values) != fmt.Sprint(want) || !slices.Equal(s.Unknown, []string{"Fancy New Thing"}) ||
			s.Variables["aws.credentials.access_key_id"] != "AWS_ACCESS_KEY_ID" || s.Variables["aws.credentials.secret_access_key"] != "AWS_SECRET_ACCESS_KEY" {
			t.Errorf("%s: %+v", name, s)
		}
		if strings.Contains(strings.ToLower(fmt.Sprintf("%+v", s)), "canary") {
			t.Errorf("%s: a secret is repeated: %+v", name, s)
		}
	}
}

// TestEveryParameterOfThePageIsKnown goes through the page's table and the
// parameters that Snowflake's connectors share.
func TestEveryParameterOfThePageIsKnown(t *testing.T) {
	for _, name := range []string{
		"AWS 액세스 키 ID", "AWS Kinesis Region", "AWS 시크릿 액세스 키", "AWS Kinesis Application Name", "AWS Kinesis Consumer Type", "AWS Kinesis Initial Stream Position",
		"AWS Kinesis Stream Name", "Snowflake Destination Database", "Snowflake Destination Schema", "Snowflake Destination Table", "Snowflake Account Identifier",
		"Snowflake Private Key", "Snowflake Private Key File", "Snowflake Private Key Password", "Snowflake Role", "Snowflake Username", "Snowflake Warehouse",
		"Snowflake Authentication Strategy", "Destination type", "Pipe", "AWS Access Key ID", "AWS Secret Access Key",
	} {
		if s := openflow.Translate([]openflow.Parameter{{Name: name, Value: "x"}}); len(s.Unknown) > 0 {
			t.Errorf("%s is not known", name)
		}
	}
}

func TestWhatCannotBeTakenOverIsSaid(t *testing.T) {
	for says, parameters := range map[string][]openflow.Parameter{
		"more than once":           {{Name: "AWS Kinesis Region", Value: "eu-west-1"}, {Name: "AWS Kinesis Region", Value: "us-east-1"}},
		"only one half":            {{Name: "AWS Access Key ID", Sensitive: true}},
		"takes a key pair":         {{Name: "Snowflake Authentication Strategy", Value: "SNOWFLAKE_MANAGED"}},
		"none is named":            {{Name: "Destination type", Value: "Pipe"}},
		"destination type is Tabl": {{Name: "Destination type", Value: "Table"}, {Name: "Pipe", Value: "P"}},
		"the file is used":         {{Name: "Snowflake Private Key", Sensitive: true}, {Name: "Snowflake Private Key File", Value: "/k.p8"}},
		"asset rsa_key.p8":         {{Name: "Snowflake Private Key File", Assets: []string{"rsa_key.p8"}}},
		"instead of a file's name": {{Name: "Snowflake Private Key File", Value: "-----BEGIN PRIVATE KEY-----canary"}},
		"fill in snowflake.role":   {{Name: "Snowflake Role", Sensitive: true}},
		"very first start":         {{Name: "AWS Kinesis Initial Stream Position", Value: "LATEST"}},
	} {
		s := openflow.Translate(parameters)
		if !strings.Contains(strings.Join(s.Notes, "\n"), says) || strings.Contains(fmt.Sprint(s), "canary") {
			t.Errorf("%q is not said of %+v: %+v", says, parameters, s)
		}
	}
}

// TestNobodyIsToldToSetWhatIsNotUsed: half of a key that is left out, and a key
// beside a file with one.
func TestNobodyIsToldToSetWhatIsNotUsed(t *testing.T) {
	for _, parameters := range [][]openflow.Parameter{
		{{Name: "AWS Secret Access Key", Sensitive: true}},
		{{Name: "Snowflake Private Key", Sensitive: true}, {Name: "Snowflake Private Key File", Value: "/k.p8"}},
	} {
		if s := openflow.Translate(parameters); len(s.Variables) > 0 || strings.Contains(strings.Join(s.Notes, "\n"), "is a secret") {
			t.Errorf("said of %+v: %q, with %v", parameters, s.Notes, s.Variables)
		}
	}
}

func TestHostileExportsAreRefused(t *testing.T) {
	for says, text := range map[string]string{
		"is empty":        " \n",
		"not UTF-8":       "a: \xff",
		"not JSON":        `{"a":`,
		"nested":          strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000),
		"larger than":     strings.Repeat("a: b\n", 4<<20),
		"no parameters":   `{"parameters":[{"value":"x"},7,null,{"name":5}]}`,
		"holds no":        `[[[]]]`,
		"line 2":          "a: b\nnonsense\n",
		"line 1 is no":    ": value",
		"no line NAME":    "# only this\n",
		"line 1 is no NA": "a\x00b: c",
	} {
		if p, err := openflow.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 200 {
			t.Errorf("%q: %v, %d parameters", says, err, len(p))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range shapes {
		f.Add([]byte(text))
	}
	f.Fuzz(func(_ *testing.T, text []byte) {
		if parameters, err := openflow.Parse(text); err == nil {
			openflow.Translate(parameters)
		}
	})
}
