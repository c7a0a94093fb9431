package access

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/account"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// childJob, where it is set, makes the test binary sign in as it says and
// print what happened: authorities and proxies of the environment are read once
// in a process.
const childJob = "KINESNOW_ACCESS_TEST_JOB"

func TestMain(m *testing.M) {
	if text := os.Getenv(childJob); text != "" {
		child(text)
		return
	}
	os.Exit(m.Run())
}

type job struct {
	Cfg   config.Snowflake
	Proxy string // secrets do not travel as JSON
	SQL   bool
}

type outcome struct{ Rows, SQL string } // "" = it worked

func child(text string) {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		fmt.Println(err)
		return
	}
	j.Cfg.Proxy = config.ProxyURL(j.Proxy)
	j.Cfg.OAuth.ClientSecret = "canary"
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var out outcome
	client, err := snowpipe.New(snowpipe.Config{Account: j.Cfg.Account, User: "LOADER", Host: j.Cfg.Host, Proxy: j.Proxy,
		Database: "DB", Schema: "S", Pipe: "T-STREAMING", Tokens: Snowflake(j.Cfg)})
	if err == nil {
		_, err = client.Open(ctx, "c", true)
	}
	out.Rows = said(err)
	if j.SQL {
		house, err := Warehouse(j.Cfg)
		if err == nil {
			_, _, err = house.Query(ctx, "SELECT 1")
		}
		out.SQL = said(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(out)
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// internet is a Snowflake at its public name, an authorization server, and the
// one proxy that leads to both.
type internet struct {
	t         *testing.T
	server    *localsnowflake.Server
	proxy     *httptest.Server
	authority string // file

	mu   sync.Mutex
	seen bytes.Buffer // all that the proxy could read
}

const controlHost, loginHost = "myorg-prod.snowflakecomputing.com", "login.example.com"

func newInternet(t *testing.T) *internet {
	t.Helper()
	n := &internet{t: t}
	var err error
	if n.server, err = localsnowflake.Start(localsnowflake.Options{Account: "MYORG-PROD", CommitDelay: -1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.server.Close() })
	if err := n.server.RegisterUser("LOADER", catalog.AccountAdmin, &rsakey.Key(0).PublicKey); err != nil {
		t.Fatal(err)
	}
	n.server.RegisterClient("me", "canary", "LOADER", time.Hour)
	n.table()
	target, err := url.Parse(n.server.URL())
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}})
	front.TLS = &tls.Config{Certificates: []tls.Certificate{n.certificate(controlHost, loginHost)}, MinVersion: tls.VersionTLS12}
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.StartTLS()
	t.Cleanup(front.Close)
	n.proxy = httptest.NewServer(n.connect(front.Listener.Addr().String()))
	t.Cleanup(n.proxy.Close)
	return n
}

func (n *internet) table() {
	c := n.server.Catalog()
	_, err := c.CreateDatabase("DB", catalog.AccountAdmin, catalog.Keep)
	if err == nil {
		_, err = c.CreateSchema("DB", "S", catalog.AccountAdmin, catalog.Keep)
	}
	if err == nil {
		_, _, err = c.CreateTable(catalog.Table{Database: "DB", Schema: "S", Name: "T", Owner: catalog.AccountAdmin,
			Columns: []catalog.Column{{Name: "N", Type: catalog.Type{Name: catalog.Variant}, Nullable: true}}}, catalog.Replace)
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// connect is a proxy that wants a password and knows CONNECT to the two names
// alone. It keeps what it could read.
func (n *internet) connect(front string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		dump, _ := httputil.DumpRequest(r, true)
		n.mu.Lock()
		n.seen.Write(dump)
		n.mu.Unlock()
		switch {
		case r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("me:p@ss canary")):
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		case r.Method != http.MethodConnect || r.Host != controlHost+":443" && r.Host != loginHost+":443":
			w.WriteHeader(http.StatusForbidden)
			return
		}
		there, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", front)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			there.Close()
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 Connected\r\n\r\n")
		go func() { _, _ = io.Copy(there, here); there.Close() }()
		_, _ = io.Copy(here, there)
		here.Close()
	}
}

// certificate is one of an authority of the test's own.
func (n *internet) certificate(names ...string) tls.Certificate {
	n.t.Helper()
	make := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			n.t.Fatal(err)
		}
		if parent == nil {
			parent, signer = template, key
		}
		template.SerialNumber = big.NewInt(time.Now().UnixNano())
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
		if err != nil {
			n.t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			n.t.Fatal(err)
		}
		return certificate, key
	}
	root, rootKey := make(&x509.Certificate{Subject: pkix.Name{CommonName: "The Test's Own"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	leaf, key := make(&x509.Certificate{Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, root, rootKey)
	n.authority = filepath.Join(n.t.TempDir(), "authority.pem")
	if err := os.WriteFile(n.authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}
}

// run signs in from another process.
func (n *internet) run(j job, env ...string) outcome {
	n.t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		n.t.Fatal(err)
	}
	command := exec.CommandContext(n.t.Context(), os.Args[0])
	command.Env = append([]string{childJob + "=" + string(text), "HOME=" + n.t.TempDir(), "SF_DISABLE_MINICORE=true"}, env...)
	var loud bytes.Buffer
	command.Stderr = &loud
	answer, err := command.Output()
	var out outcome
	if err != nil || json.Unmarshal(answer, &out) != nil {
		n.t.Fatalf("%v: %s%s", err, answer, loud.String())
	}
	if all := string(answer) + loud.String(); strings.Contains(all, "canary") {
		n.t.Errorf("a secret was printed: %s", all)
	}
	return out
}

func TestRowsAndSQLGoThroughAProxyThatReadsNothing(t *testing.T) {
	t.Parallel()
	n := newInternet(t)
	file := filepath.Join(t.TempDir(), "key.p8")
	if err := os.WriteFile(file, rsakey.PEM(rsakey.Key(0)), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := config.Defaults().Snowflake
	keys.Account, keys.User, keys.PrivateKeyFile, keys.Database, keys.Schema = "MyOrg-Prod", "LOADER", file, "DB", "S"
	oauth := keys
	oauth.Authenticator, oauth.PrivateKeyFile = config.OAuthCredentials, ""
	oauth.OAuth = config.OAuth{TokenURL: "https://" + loginHost + localsnowflake.OAuthTokenPath, ClientID: "me"}
	proxy := strings.Replace(n.proxy.URL, "://", "://me:p%40ss%20canary@", 1)
	trust := "SSL_CERT_FILE=" + n.authority

	// The driver repeats what fails in transport for some seconds.
	strangers := make(chan outcome, 1)
	go func() { strangers <- n.run(job{keys, proxy, true}) }()
	for name, out := range map[string]outcome{
		"snowflake.proxy, key pair": n.run(job{keys, proxy, true}, trust),
		"snowflake.proxy, OAuth":    n.run(job{oauth, proxy, true}, trust),
		"HTTPS_PROXY":               n.run(job{keys, "", true}, trust, "HTTPS_PROXY="+proxy),
	} {
		if out != (outcome{}) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	n.mu.Lock()
	seen := n.seen.String()
	n.mu.Unlock()
	for line := range strings.Lines(seen) {
		if strings.HasPrefix(line, "Authorization") || strings.HasPrefix(line, "POST") || strings.Contains(line, "eyJ") {
			t.Errorf("the proxy read %s", line)
		}
	}
	if !strings.Contains(seen, "CONNECT "+controlHost+":443") || !strings.Contains(seen, "CONNECT "+loginHost+":443") {
		t.Errorf("the proxy was asked for\n%s", seen)
	}

	// A certificate of an authority that nobody trusts gets nothing.
	out := <-strangers
	for who, got := range map[string]string{"rows": out.Rows, "SQL": out.SQL} {
		if !strings.Contains(got, "not trusted") || !strings.Contains(got, "The Test's Own") || !strings.Contains(got, "SSL_CERT_FILE") {
			t.Errorf("%s, with an unknown certificate: %q", who, got)
		}
	}
	if untrusted := account.Untrusted(io.EOF); untrusted != "" {
		t.Errorf("another error: %s", untrusted)
	}
}
