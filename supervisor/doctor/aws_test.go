package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/signer"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/doctor"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

func TestAHealthySetupIsFoundHealthy(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
			`<Arn>arn:aws:sts::000000000000:assumed-role/kinesnow/i-1</Arn><UserId>A:i-1</UserId><Account>000000000000</Account>` +
			`</GetCallerIdentityResult></GetCallerIdentityResponse>`))
	}))
	t.Cleanup(sts.Close)
	p.cfg.AWS.Endpoints.STS = sts.URL
	p.allow(setup.IAM(p.cfg, "000000000000"))
	r := p.examine()
	p.complains(r)
	p.exits(r, 0)
	for _, part := range []string{"assumed-role/kinesnow/i-1", "in step with", "OWNERSHIP on table RAW.EVENTS.ORDERS", "2 open shards", "ORDERS-STREAMING"} {
		if !strings.Contains(text(t, r), part) {
			t.Errorf("the report does not say %q:\n%s", part, text(t, r))
		}
	}
	for line := range strings.Lines(text(t, r)) {
		if len(line) > 101 {
			t.Errorf("wider than 100 columns: %s", line)
		}
	}
}

// TestEachActionThatIsMissingIsNamed takes each action of the least policies away,
// and gives back what is printed.
func TestEachActionThatIsMissingIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	for _, consumerType := range []config.ConsumerType{config.SharedThroughput, config.EnhancedFanOut} {
		p.cfg.Kinesis.ConsumerType = consumerType
		policy := setup.IAM(p.cfg, "000000000000")
		var actions []string
		for _, s := range policy.Statement {
			actions = append(actions, s.Action...)
		}
		slices.Sort(actions)
		for _, action := range slices.Compact(actions) {
			p.allow(policy, action)
			r := p.examine()
			switch action {
			case "dynamodb:CreateTable", "kinesis:RegisterStreamConsumer": // nothing is made to find out
				p.complains(r)
				if !untested(r, action) {
					t.Errorf("%s is not said to be untested\n%s", action, text(t, r))
				}
				continue
			}
			var wanted []complaint
			for _, s := range policy.Statement {
				if slices.Contains(s.Action, action) {
					_, resource, _ := strings.Cut(s.Resource[0], ":000000000000:")
					wanted = append(wanted, missing(doctor.AWS, "%s on %s: no identity-based policy allows it", action, resource))
				}
			}
			p.complains(r, wanted...)
			p.exits(r, 2)
			p.heal(r)
			p.healthy()
		}
	}
	if _, err := p.cloud.Kinesis.RegisterConsumer("orders", p.cfg.Application); err != nil {
		t.Errorf("the doctor registered a consumer: %v", err)
	}
}

func untested(r *doctor.Report, action string) bool {
	return slices.ContainsFunc(r.Findings, func(f doctor.Finding) bool {
		return f.State == doctor.Untested && slices.Contains(f.Actions, action)
	})
}

// TestWhatIsThereIsNotMadeToFindOut: where consumer and table are there already,
// the two actions that make them are tried, too.
func TestWhatIsThereIsNotMadeToFindOut(t *testing.T) {
	p := newPatient(t, localcloud.Options{Tuning: localcloud.Tuning{FanOut: true}})
	if _, err := p.cloud.Kinesis.RegisterConsumer("orders", p.cfg.Application); err != nil {
		t.Fatal(err)
	}
	p.makeLeaseTable()
	policy := setup.IAM(p.cfg, "000000000000")
	for _, action := range []string{"dynamodb:CreateTable", "kinesis:RegisterStreamConsumer"} {
		p.allow(policy, action)
		r := p.examine()
		p.complains(r, missing(doctor.AWS, "%s on ", action))
		p.heal(r)
		p.healthy()
	}
}

func TestAWrongRegionIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.cfg.AWS.Region = "eu-west-1"
	r := p.examine()
	p.complains(r, missing(doctor.Stream, "stream orders is in region us-east-1"))
	p.exits(r, 2)
	p.cfg.AWS.Region = "us-east-1"
	p.healthy()
}

func TestAStreamThatIsNotInThisRegionIsLookedForByName(t *testing.T) {
	p := newPatient(t, localcloud.Options{Streams: []localcloud.Stream{{Name: "Orders", Shards: 1}}})
	p.cfg.Kinesis.Stream, p.cfg.AWS.Region = "orders", "eu-west-1"
	r := p.examine()
	p.complains(r, missing(doctor.Stream, "there is no stream orders in region eu-west-1; there is Orders: names are taken in exact case"))
	p.exits(r, 69)
	p.cfg.Kinesis.Stream = "Order"
	p.complains(p.examine(), missing(doctor.Stream, "there is no stream Order in region eu-west-1; there is Orders"))
}

// TestARegionWithoutAnyStreamIsProbablyTheWrongOne.
func TestARegionWithoutAnyStreamIsProbablyTheWrongOne(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	if err := p.cloud.Kinesis.DeleteStream("orders"); err != nil {
		t.Fatal(err)
	}
	r := p.examine()
	p.complains(r, missing(doctor.Stream, "there is no stream orders in region us-east-1, and no other either"))
	p.exits(r, 69)
}

func TestASignatureForAnotherRegionAndAKeyThatNobodyKnows(t *testing.T) {
	keys := signer.NewKeys(localcloud.AccessKeyID)
	p := newPatient(t, localcloud.Options{Owner: localcloud.Owner{Region: "eu-west-1", Keys: keys}})
	p.healthy()
	p.cfg.AWS.Region = "us-east-1"
	r := p.examine()
	p.complains(r, missing(doctor.AWS, "dynamodb and kinesis: requests are signed for region us-east-1"))
	p.cfg.AWS.Region = "eu-west-1"
	keys.Remove(localcloud.AccessKeyID)
	r = p.examine()
	p.complains(r, missing(doctor.AWS, "dynamodb and kinesis did not accept the credentials: UnrecognizedClientException"))
	p.exits(r, 77)
}

// TestAClockThatIsOffIsTheCause: ten minutes break signatures and tokens, and
// nothing else is blamed for it.
func TestAClockThatIsOffIsTheCause(t *testing.T) {
	for _, off := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		t.Run(off.String(), func(t *testing.T) {
			p := newPatient(t, localcloud.Options{Clocks: localcloud.Clocks{Kinesis: ahead(off), DynamoDB: ahead(off), Snowflake: ahead(off)}})
			r := p.examine()
			word := "behind"
			if off < 0 {
				word = "ahead of"
			}
			p.complains(r, missing(doctor.Clock, "this machine's clock is 10m0s %s AWS's and Snowflake's", word))
			p.exits(r, 77)
		})
	}
}

func TestServicesThatDoNotAnswerAreNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	const closed = "http://127.0.0.1:1" // a port that was free a moment ago may be any other test's by now
	p.cfg.AWS.Endpoints.DynamoDB, p.cfg.Snowflake.Host = closed, closed
	r := p.examine()
	p.complains(r, missing(doctor.AWS, "dynamodb gave no answer at %s", closed), missing(doctor.Snowflake, "%s gave no answer", closed))
	p.exits(r, 69)
	p.cfg.AWS.Endpoints.Kinesis = closed + "/kinesis"
	p.complains(p.examine(), missing(doctor.AWS, "dynamodb gave no answer at %s: ", closed), missing(doctor.AWS, "kinesis gave no answer at %s/kinesis: ", closed),
		missing(doctor.Snowflake, "%s gave no answer", closed))
}

func TestADataDirThatCannotBeWrittenIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	file := p.host.DataDir + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.host.DataDir = file + "/below"
	p.complains(p.examine(), missing(doctor.Machine, "data_dir %s", p.host.DataDir))
	p.host.DataDir = t.TempDir() + "/not/yet"
	p.healthy()
}

// TestADiskThatTheJournalMayFillIsWarnedOf: no disk has an exbibyte left.
func TestADiskThatTheJournalMayFillIsWarnedOf(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.cfg.Journal.MaxBytes = 1 << 60
	r := p.examine()
	p.complains(r, warned(doctor.Machine, "are free, and the journal may take"))
	p.exits(r, 2)
}

// TestAStreamThatCannotBeDecryptedNamesItsKey: reading is allowed, and the records
// are not.
func TestAStreamThatCannotBeDecryptedNamesItsKey(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.cloud.Kinesis.Faults().Set("GetRecords", func(fault.Call) fault.Effect {
		return fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "KMSAccessDeniedException", Message: "The ciphertext refers to a key that does not exist, or you are not authorized."}}
	})
	r := p.examine()
	p.complains(r, missing(doctor.AWS, "kinesis:GetRecords on stream/orders: the stream is encrypted"))
	if r.IAM == nil || r.IAM.Statement[0].Action[0] != "kms:Decrypt" {
		t.Errorf("the policy is %+v", r.IAM)
	}
}

// TestAnExplicitDenyIsNotHealedByAllowing: what AWS says of the reason decides what
// is to be done.
func TestAnExplicitDenyIsNotHealedByAllowing(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.cloud.Kinesis.Faults().Set("ListShards", func(fault.Call) fault.Effect {
		return fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "AccessDeniedException", Message: "User: arn:aws:iam::1:user/x is not authorized to perform: kinesis:ListShards on resource: y with an explicit deny in a service control policy"}}
	})
	r := p.examine()
	p.complains(r, missing(doctor.AWS, "kinesis:ListShards on stream/orders: explicit deny in a service control policy"))
	if r.IAM != nil {
		t.Errorf("a policy is printed that heals nothing: %+v", r.IAM)
	}
}
