package config

import (
	"regexp"
	"strings"
)

var streamARN = regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:([a-z0-9-]+):[0-9]{12}:stream/([a-zA-Z0-9_.-]{1,128})$`)

// StreamName is the name alone, also when Stream is an ARN.
func (k Kinesis) StreamName() string {
	if m := streamARN.FindStringSubmatch(k.Stream); m != nil {
		return m[2]
	}
	return k.Stream
}

// StreamARN is Stream when that is an ARN, else empty.
func (k Kinesis) StreamARN() string {
	if strings.HasPrefix(k.Stream, "arn:") {
		return k.Stream
	}
	return ""
}
