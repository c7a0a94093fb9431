package doctor

import (
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// verdict is what an answer of AWS means for an examination.
type verdict uint8

const (
	allowed     verdict = iota // served
	denied                     // the action is not allowed to this identity
	refused                    // the identity itself is not accepted
	misdated                   // the signature's time is not the service's
	misplaced                  // the signature is for another region
	encrypted                  // the KMS key of the stream may not be used
	absent                     // what is asked for is not there
	unreachable                // there was no answer
	otherwise
)

// judge reads an adapter's error. The words are the services' own ("Common
// errors" of the API references; "Troubleshooting Signature Version 4", IAM User
// Guide).
func judge(err error) verdict {
	if err == nil {
		return allowed
	}
	f := messages.AsFault("", err)
	text := f.Error()
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("Signature expired", "Signature not yet current", "RequestExpired"):
		return misdated
	case has("Credential should be scoped to a valid region"):
		return misplaced
	case has("KMSAccessDenied", "KMSDisabled", "KMSInvalidState", "KMSNotFound", "KMSOptInRequired"):
		return encrypted
	case has("AccessDenied"):
		return denied
	case f.Reason == messages.ReasonDenied, has("get credentials:", "ExpiredToken"):
		return refused
	case f.Reason == messages.ReasonMissing:
		return absent
	case !f.Complete && !has("StatusCode: 5", "StatusCode: 4"):
		return unreachable
	}
	return otherwise
}

// whyDenied is the reason that AWS adds to a refusal: which kind of policy is in
// the way. A permission that an identity policy lacks can be granted there; an
// explicit deny, a boundary or an organisation's policy has to be changed.
func whyDenied(err error) string {
	text, _, _ := strings.Cut(strings.Join(strings.Fields(err.Error()), " "), " (")
	_, why, found := strings.Cut(text, " because ")
	if !found {
		if _, why, found = strings.Cut(text, " with an explicit deny "); found {
			return "explicit deny " + why
		}
		return "AccessDeniedException"
	}
	if policy, _, found := strings.Cut(why, " allows the "); found {
		return policy + " allows it"
	}
	return why
}

// The parts of an ARN that are asked for.
const (
	arnRegion  = 3
	arnAccount = 4
	arnRest    = 5
)

// arnPart is a part of an ARN, "" where there is none.
func arnPart(arn string, n int) string {
	if parts := strings.SplitN(arn, ":", 6); n < len(parts) {
		return parts[n]
	}
	return ""
}
