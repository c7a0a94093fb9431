package account

import (
	"errors"
	"net/http"
	"net/url"
)

// Proxy reads a proxy's URL, http or https, with or without user and password.
// "" is none: nil. Its text may hold a password, so no error repeats it; errors
// read on after the name of the field.
func Proxy(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("is not a proxy's URL; write it as in http://proxy.example.com:3128")
	}
	return u, nil
}

// Through is a transport's choice of proxy: the given one, or with nil what
// HTTPS_PROXY and NO_PROXY say. Only https goes through it, by CONNECT, so that
// no proxy reads a credential.
func Through(proxy *url.URL) func(*http.Request) (*url.URL, error) {
	choose := http.ProxyFromEnvironment
	if proxy != nil {
		choose = http.ProxyURL(proxy)
	}
	return func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme != "https" {
			return nil, nil
		}
		return choose(r)
	}
}
