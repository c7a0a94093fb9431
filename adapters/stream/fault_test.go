package stream_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

func TestARefusalNamesWhatToFixAndNoSecret(t *testing.T) {
	const canonical = "The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\nx-amz-security-token:FQoGsecret"
	for _, c := range []struct {
		code, message string
		stop          messages.StopCode
		hint          string
	}{
		{"AccessDeniedException", "User: arn:aws:iam::1:user/u is not authorized to perform: kinesis:GetRecords", messages.AccessDenied, "grant kinesis:GetRecords on stream orders in region us-east-1"},
		{"UnrecognizedClientException", "The security token included in the request is invalid.", messages.AccessDenied, "check the credentials"},
		{"InvalidSignatureException", canonical, messages.AccessDenied, "check the credentials"},
		{"SignatureDoesNotMatch", strings.ReplaceAll(canonical, "\n", " "), messages.AccessDenied, "check the credentials"},
		{"KMSAccessDeniedException", "no", messages.AccessDenied, "kms:Decrypt"},
		{"KMSDisabledException", "off", messages.AccessDenied, "kms:Decrypt"},
	} {
		t.Run(c.code, func(t *testing.T) {
			w := newWorld(t, 1)
			w.put(`{}`)
			source := w.open(messages.ReadFrom{})
			w.Faults().Set("GetRecords", fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: c.code, Message: c.message}}))
			_, err := source.Next(t.Context(), 1<<20)
			f := faulted(t, err)
			if f.Class != messages.Rejected || f.Reason != messages.ReasonDenied || f.Stop != c.stop || !f.Complete || !strings.Contains(f.Hint, c.hint) {
				t.Errorf("fault %+v", f)
			}
			if text := f.Error(); !strings.Contains(text, c.code) || strings.Contains(text, "FQoG") || strings.Contains(text, "secret-key") {
				t.Errorf("text %s", text)
			}
		})
	}
}

func TestAMissingStreamIsNamedWithItsRegion(t *testing.T) {
	w := newWorld(t, 1)
	shard := w.shard(0)
	w.config.Stream = "nowhere"
	client := stream.New(w.config)
	_, described := client.Describe(t.Context())
	_, listed := client.List(t.Context(), stream.TrimToTip)
	_, read := client.Open(shard, messages.ReadFrom{}).Next(t.Context(), 1<<20)
	for name, err := range map[string]error{"describe": described, "list": listed, "read": read} {
		f := faulted(t, err)
		if f.Class != messages.Rejected || f.Reason != messages.ReasonMissing || f.Stop != messages.TargetMissing ||
			!strings.Contains(f.Error(), "stream nowhere in region us-east-1 does not exist") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestCredentialsThatCannotBeHadAreARefusal(t *testing.T) {
	w := newWorld(t, 1)
	w.config.AWS.Credentials = aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no EC2 IMDS role found")
	}))
	_, err := stream.New(w.config).Describe(t.Context())
	if f := faulted(t, err); f.Class != messages.Rejected || f.Stop != messages.AccessDenied || !strings.Contains(f.Hint, "credentials") {
		t.Errorf("fault %+v", f)
	}
}

func TestNobodyAtTheEndpointIsTransient(t *testing.T) {
	w := newWorld(t, 1)
	w.Close()
	w.config.AWS.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	_, err := stream.New(w.config).Describe(t.Context())
	if f := faulted(t, err); f.Class != messages.Transient || f.Reason != messages.ReasonUnavailable || f.Complete || !strings.Contains(f.Error(), "connection refused") {
		t.Errorf("fault %+v", f)
	}
}
