package account

import (
	"errors"
	"fmt"
	"strings"
)

// Control is the account's own host, for signing in and for SQL: the
// configured one, else the one that the identifier stands for, with hyphens
// for underscores. Errors read on after the value.
//
//	MyOrg-My_Acct                https://myorg-my-acct.snowflakecomputing.com
//	xy12345.eu-west-1            https://xy12345.eu-west-1.snowflakecomputing.com
//	MYORG-PROD.privatelink       https://myorg-prod.privatelink.snowflakecomputing.com
//	xy12345.cn-northwest-1.aws   https://xy12345.cn-northwest-1.aws.snowflakecomputing.cn
func Control(identifier, host string) (Endpoint, error) {
	if host == "" {
		if err := Check(identifier); err != nil {
			return Endpoint{}, err
		}
		domain := domains[0]
		if _, region, ok := strings.Cut(identifier, "."); ok && strings.HasPrefix(strings.ToLower(region), "cn-") {
			domain = domains[1]
		}
		return parse(hostForm(identifier)+domain, "https")
	}
	e, err := parse(host, "https")
	if err != nil {
		return Endpoint{}, err
	}
	switch {
	case e.Loopback():
		return e, nil
	case e.Scheme != "https":
		return Endpoint{}, errors.New("sends credentials in the clear; http is for loopback only, use https")
	case e.Domain() == "":
		return Endpoint{}, errors.New("is not a host of Snowflake: want NAME.snowflakecomputing.com, " +
			"NAME.privatelink.snowflakecomputing.com, or http://127.0.0.1:PORT")
	}
	return e, nil
}

// Ingest judges what the control host named as the host for rows. No
// credential may leave Snowflake's domain because of such an answer: the host
// must be in the control host's own domain, or on loopback when that is.
func Ingest(control Endpoint, answer string) (Endpoint, error) {
	refuse := func(why string) (Endpoint, error) {
		return Endpoint{}, fmt.Errorf("the service named the ingest host %q, which %s", answer[:min(len(answer), 120)], why)
	}
	if answer == "" {
		return refuse("is empty")
	}
	e, err := parse(hostForm(answer), control.Scheme)
	if err != nil {
		return refuse(err.Error())
	}
	switch {
	case control.Loopback() && !e.Loopback():
		return refuse("is not on loopback, as the configured host is")
	case control.Loopback():
		return e, nil
	case e.Scheme != "https":
		return refuse("is not https")
	case e.Domain() == "" || e.Domain() != control.Domain():
		return refuse("is outside " + strings.TrimPrefix(control.Domain(), "."))
	}
	return e, nil
}
