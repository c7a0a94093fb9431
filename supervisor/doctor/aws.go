package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// errNoSTS says that nobody is asked who we are.
var errNoSTS = errors.New("aws.endpoints has no sts, and AWS's own is not told these credentials")

// callerOf asks STS who the credentials are. That needs no right at all
// (GetCallerIdentity API reference). Where Kinesis is served elsewhere than by
// AWS, credentials are for there alone: AWS's own STS is not asked then.
func (d *Doctor) callerOf(c aws.Config) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		e := d.cfg.AWS.Endpoints
		if e.STS == "" && e.Kinesis != "" {
			return "", errNoSTS
		}
		client := sts.NewFromConfig(c, func(o *sts.Options) {
			if e.STS != "" {
				o.BaseEndpoint = aws.String(e.STS)
			}
		})
		out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return "", err
		}
		return aws.ToString(out.Arn), nil
	}
}

func (d *Doctor) checkIdentity(ctx context.Context, fs *findings) {
	arn, err := d.caller.of(ctx)
	switch v := judge(err); {
	case errors.Is(err, errNoSTS):
		fs.add(Untested, "who the credentials are: %v", err)
	case v == allowed:
		fs.add(OK, "%s in account %s", arnPart(arn, arnRest), arnPart(arn, arnAccount))
	case v == unreachable && d.cfg.AWS.Credentials.RoleARN == "":
		fs.add(Untested, "who the credentials are: STS gave no answer, which the connector can do without: %s", words(err))
	case v == unreachable:
		fs.add(Missing, "STS gave no answer, and role_arn is assumed there: %s", words(err)).todo("kinesnow setup network %s", d.name).code(exitUnreachable)
	default: // checkServices tells of credentials that are not accepted
		fs.add(Untested, "who the credentials are: %s", words(err))
	}
}

// service is one of the two that a connector cannot do without.
type service struct {
	name, endpoint string
	err            error
}

// services asks both once, with calls that every connector makes.
func (d *Doctor) services(ctx context.Context) []service {
	_, stream := d.described.of(ctx)
	_, table := d.leases.of(ctx)
	return []service{{"kinesis", d.cfg.AWS.Endpoints.Kinesis, stream}, {"dynamodb", d.cfg.AWS.Endpoints.DynamoDB, table}}
}

// closed reports whether nothing can be found out from a service: no answer, or
// none to this identity.
func closed(err error) bool {
	switch judge(err) {
	case refused, misdated, misplaced, unreachable:
		return true
	}
	return false
}

// checkServices says what stands between us and the services, each cause once.
func (d *Doctor) checkServices(ctx context.Context, fs *findings) {
	byVerdict := map[verdict][]service{}
	var served []string
	for _, s := range d.services(ctx) {
		if v := judge(s.err); closed(s.err) {
			byVerdict[v] = append(byVerdict[v], s)
		} else {
			served = append(served, s.name)
		}
	}
	if len(served) > 0 {
		fs.add(OK, "%s reachable in %s", strings.Join(served, " and "), d.cfg.AWS.Region)
	}
	for _, v := range []verdict{misdated, misplaced, refused, unreachable} {
		list := byVerdict[v]
		if len(list) == 0 {
			continue
		}
		names := strings.Join(namesOf(list), " and ")
		switch v {
		case misdated:
			fs.add(Untested, "%s refused a signature for its time: see clock", names)
		case misplaced:
			fs.add(Missing, "%s: requests are signed for region %s, and %s belongs to another one", names, d.cfg.AWS.Region, orOwn(list[0].endpoint)).
				todo("set aws.region to the region of the stream").code(exitRefused)
		case refused:
			fs.add(Missing, "%s did not accept the credentials: %s", names, words(bare(list[0].err))).
				todo("check aws.credentials, or what the default chain finds here (aws sts get-caller-identity)").code(exitRefused)
		case unreachable:
			d.tellUnreachable(fs, list)
		}
	}
}

// tellUnreachable names AWS's own endpoints as one, and others one by one.
func (d *Doctor) tellUnreachable(fs *findings, list []service) {
	slices.SortFunc(list, func(a, b service) int { return strings.Compare(a.name, b.name) })
	same := func(a, b service) bool { return a.endpoint == b.endpoint }
	if len(slices.CompactFunc(slices.Clone(list), same)) > 1 {
		for _, s := range list {
			d.tellUnreachable(fs, []service{s})
		}
		return
	}
	fs.add(Missing, "%s gave no answer at %s: %s", strings.Join(namesOf(list), " and "), orOwn(list[0].endpoint), words(bare(list[0].err))).
		todo("kinesnow setup network %s lists what has to be reachable", d.name).code(exitUnreachable)
}

func namesOf(list []service) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.name)
	}
	slices.Sort(names)
	return names
}

func orOwn(endpoint string) string {
	if endpoint == "" {
		return "AWS's own endpoint"
	}
	return endpoint
}

// bare is the cause inside a fault, without the operation around it.
func bare(err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		return cause
	}
	return fmt.Errorf("%w", err)
}
