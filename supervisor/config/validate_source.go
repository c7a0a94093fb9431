package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	applicationName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,128}$`) // DynamoDB tables have 3 or more
	streamName      = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`)
	regionName      = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-[0-9]+$`)
	roleARN         = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\x21-\x7e]+$`)
)

// checkSource checks what names the stream and how it is reached.
func (c Config) checkSource(fs *findings) {
	if fs.requires("application", c.Application, "it names the lease table and the fan-out consumer") &&
		!applicationName.MatchString(c.Application) {
		fs.rejects("application", c.Application, "is not an application name; use 3 to 128 of a-z A-Z 0-9 _ . -")
	}
	if fs.requires("aws.region", c.AWS.Region, "the stream's AWS region, such as eu-west-1; or set AWS_REGION") &&
		!regionName.MatchString(c.AWS.Region) {
		fs.rejects("aws.region", c.AWS.Region, "is not an AWS region; write it as in eu-west-1")
	}
	c.AWS.Credentials.check(fs)
	for _, e := range []struct{ key, url string }{
		{"aws.endpoints.kinesis", c.AWS.Endpoints.Kinesis},
		{"aws.endpoints.dynamodb", c.AWS.Endpoints.DynamoDB},
		{"aws.endpoints.sts", c.AWS.Endpoints.STS},
	} {
		if e.url != "" {
			checkURL(fs, e.key, e.url)
		}
	}
	c.checkStream(fs)
	integers(fs, "payload.sharded_sequence_width", c.Payload.ShardedSequenceWidth, 1, 20)
}

func (c Config) checkStream(fs *findings) {
	const key = "kinesis.stream"
	stream := c.Kinesis.Stream
	switch {
	case !fs.requires(key, stream, "the name or the ARN of the Kinesis stream"):
	case strings.HasPrefix(stream, "arn:"):
		m := streamARN.FindStringSubmatch(stream)
		if m == nil {
			fs.rejects(key, stream, "is not a stream's ARN; it reads arn:aws:kinesis:REGION:ACCOUNT:stream/NAME")
		} else if c.AWS.Region != "" && m[1] != c.AWS.Region {
			found := fs.says(key, "the ARN is of region %s and aws.region is another; make them agree", m[1])
			found.with = []string{"aws.region"}
		}
	case !streamName.MatchString(stream):
		fs.rejects(key, stream, "is not a stream name; use 1 to 128 of a-z A-Z 0-9 _ . -, or an ARN")
	}
	if p := c.Kinesis.InitialPosition; p.Kind != TrimHorizon && p.Kind != Latest && (p.Kind != AtTimestamp || p.At.IsZero()) {
		fs.rejects("kinesis.initial_position", p.String(), "is not allowed; use TRIM_HORIZON, LATEST or a time")
	}
}

// check looks for credentials that cannot work together.
func (c Credentials) check(fs *findings) {
	const under = "aws.credentials."
	id, secret := c.AccessKeyID != "", c.SecretAccessKey != ""
	switch {
	case id && !secret:
		fs.says(under+"secret_access_key", "is required with access_key_id")
	case secret && !id:
		fs.says(under+"access_key_id", "is required with secret_access_key")
	case !id && c.SessionToken != "":
		fs.says(under+"session_token", "needs access_key_id and secret_access_key")
	}
	if (id || secret) && c.Profile != "" {
		fs.says(under+"profile", "cannot be combined with access_key_id; keep one of them")
	}
	if c.ExternalID != "" && c.RoleARN == "" {
		fs.says(under+"external_id", "needs role_arn: it is sent when a role is assumed")
	}
	if c.RoleARN != "" && !roleARN.MatchString(c.RoleARN) {
		fs.rejects(under+"role_arn", c.RoleARN, "is not a role's ARN; it reads arn:aws:iam::ACCOUNT:role/NAME")
	}
}

// checkURL wants an absolute http or https URL of a server alone; http on
// loopback only, since requests carry credentials.
func checkURL(fs *findings, key, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Host == "", u.Hostname() == "", u.Scheme != "http" && u.Scheme != "https":
		fs.rejects(key, withoutUser(text), "is not an absolute URL; write it as in https://host:port")
	case u.User != nil:
		fs.says(key, "must not hold a user or a password")
	case u.RawQuery != "" || u.Fragment != "":
		fs.rejects(key, text, "must end before ? and #")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		fs.rejects(key, text, "sends credentials in the clear; http is for loopback only, use https")
	}
}

// withoutUser cuts what may be a user and a password off a text that is no URL.
func withoutUser(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "..." + text[i:]
	}
	return text
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func isListenAddress(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil || strings.ContainsAny(host, " /") {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && port == fmt.Sprint(n)
}
